-- Check constraints of tables.
select n.nspname::text as schema,
       c.relname::text as table,
       k.conname::text as name,
       pg_get_expr(k.conbin, k.conrelid) as expression
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype = 'c'
  and not c.relispartition
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by c.oid, k.conname collate "C"
