-- Columns in their order, with the type under any domain, and whether an owned sequence feeds them.
with recursive domains as (
    select oid as domain, typbasetype as base, typtypmod as modifier
    from pg_catalog.pg_type
    where typtype = 'd'
    union all
    select d.domain, t.typbasetype, case when d.modifier >= 0 then d.modifier else t.typtypmod end
    from domains d
    join pg_catalog.pg_type t on t.oid = d.base
    where t.typtype = 'd'
),
bases as (
    select d.domain, d.base, d.modifier
    from domains d
    join pg_catalog.pg_type t on t.oid = d.base
    where t.typtype <> 'd'
)
select n.nspname::text as schema,
       c.relname::text as table,
       a.attname::text as name,
       format_type(a.atttypid, a.atttypmod) as native_type,
       format_type(base.oid, coalesce(b.modifier, a.atttypmod)) as base_type,
       bn.nspname = 'pg_catalog' as built_in,
       base.typname::text as type_name,
       base.typtype = 'e' as is_enum,
       base.oid::bigint as type_oid,
       coalesce(b.modifier, a.atttypmod) as modifier,
       not (a.attnotnull or t.typnotnull) as nullable,
       a.attidentity::text as identity,
       case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as "default",
       case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generated,
       exists (
           select 1
           from pg_catalog.pg_depend owned
           join pg_catalog.pg_depend fed
             on fed.classid = 'pg_catalog.pg_attrdef'::regclass and fed.objid = d.oid
            and fed.refclassid = 'pg_catalog.pg_class'::regclass and fed.refobjid = owned.objid
           where owned.classid = 'pg_catalog.pg_class'::regclass
             and owned.refclassid = 'pg_catalog.pg_class'::regclass
             and owned.refobjid = c.oid and owned.refobjsubid = a.attnum
             and owned.deptype = 'a'
       ) and pg_get_expr(d.adbin, d.adrelid) like 'nextval(%' as is_serial,
       col_description(c.oid, a.attnum) as comment,
       case when a.attcollation not in (t.typcollation, 0) then co.collname::text end as collation
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
left join bases b on b.domain = a.atttypid
join pg_catalog.pg_type base on base.oid = coalesce(b.base, a.atttypid)
join pg_catalog.pg_namespace bn on bn.oid = base.typnamespace
left join pg_catalog.pg_collation co on co.oid = a.attcollation
left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not c.relispartition
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by c.oid, a.attnum
