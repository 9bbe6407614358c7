-- Enumerations by name, with their labels in their own order; not extensions' own.
select n.nspname::text as schema, t.typname::text as name,
       array(
           select e.enumlabel::text
           from pg_catalog.pg_enum e
           where e.enumtypid = t.oid
           order by e.enumsortorder
       ) as labels
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e'
  and not exists (
      select 1
      from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
  )
  and ($1::text is null or n.nspname = $1)
order by n.nspname collate "C", t.typname collate "C"
