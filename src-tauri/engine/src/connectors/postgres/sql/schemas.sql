-- The schemas that hold somebody's data; $1 narrows to one.
select nspname::text as name
from pg_catalog.pg_namespace
where nspname not like 'pg\_%'
  and nspname <> 'information_schema'
  and ($1::text is null or nspname = $1)
order by nspname collate "C"
