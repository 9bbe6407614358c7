-- What each column of one table takes, looked at through domains.
with recursive domains as (
    select oid as domain, typbasetype as base, typtypmod as modifier
    from pg_catalog.pg_type
    where typtype = 'd'
    union all
    select d.domain, t.typbasetype, case when d.modifier >= 0 then d.modifier else t.typtypmod end
    from domains d
    join pg_catalog.pg_type t on t.oid = d.base
    where t.typtype = 'd'
)
select a.attname::text as name,
       base.typnamespace = 'pg_catalog'::regnamespace as built_in,
       base.typname::text as type_name,
       base.typtype = 'e' as is_enum,
       array(
           select e.enumlabel::text
           from pg_catalog.pg_enum e
           where e.enumtypid = base.oid
           order by e.enumsortorder
       ) as labels,
       exists (
           select 1 from pg_catalog.pg_constraint k where k.conrelid = a.attrelid and k.condeferrable
       ) as deferrable,
       coalesce(b.modifier, a.atttypmod) as modifier
from pg_catalog.pg_attribute a
left join (
    select d.domain, d.base, d.modifier
    from domains d
    join pg_catalog.pg_type t on t.oid = d.base
    where t.typtype <> 'd'
) b on b.domain = a.atttypid
join pg_catalog.pg_type base on base.oid = coalesce(b.base, a.atttypid)
where a.attrelid = to_regclass($1)
  and a.attnum > 0
  and not a.attisdropped
