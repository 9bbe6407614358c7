-- Triggers that somebody made on tables, with their state: O fires as usual, R in replication, A always, D never.
select n.nspname::text as schema,
       c.relname::text as table,
       t.tgname::text as name,
       (t.tgtype & 4) <> 0 as on_insert,
       (t.tgtype & 8) <> 0 as on_delete,
       t.tgenabled::text as state,
       pg_get_triggerdef(t.oid) as definition
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal
  and not c.relispartition
  and c.relkind in ('r', 'p', 'f')
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by n.nspname collate "C", c.relname collate "C", t.tgname collate "C"
