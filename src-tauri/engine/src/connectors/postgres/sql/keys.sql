-- Primary and unique keys, columns in the key's order.
select n.nspname::text as schema,
       c.relname::text as table,
       k.conname::text as name,
       k.contype = 'p' as is_primary,
       array(
           select a.attname::text
           from unnest(k.conkey) with ordinality as part(attnum, place)
           join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = part.attnum
           order by part.place
       ) as columns
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype in ('p', 'u')
  and not c.relispartition
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by c.oid, k.conname collate "C"
