-- Indexes that carry no constraint. Those over expressions or over a part of the rows have no columns here.
select n.nspname::text as schema,
       c.relname::text as table,
       ic.relname::text as name,
       i.indisunique as is_unique,
       case when i.indpred is not null or 0 = any (i.indkey::int2[]) then '{}'::text[] else array(
           select a.attname::text
           from unnest(i.indkey::int2[]) with ordinality as part(attnum, place)
           join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.attnum
           where part.place <= i.indnkeyatts
           order by part.place
       ) end as columns,
       pg_get_indexdef(i.indexrelid) as definition
from pg_catalog.pg_index i
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not c.relispartition
  and c.relkind in ('r', 'p', 'm')
  and not exists (
      select 1 from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
  )
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by c.oid, ic.relname collate "C"
