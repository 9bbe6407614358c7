-- Foreign keys, columns of both sides in the key's order.
select n.nspname::text as schema,
       c.relname::text as table,
       k.conname::text as name,
       array(
           select a.attname::text
           from unnest(k.conkey) with ordinality as part(attnum, place)
           join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = part.attnum
           order by part.place
       ) as columns,
       rn.nspname::text as referenced_schema,
       rc.relname::text as referenced_table,
       array(
           select a.attname::text
           from unnest(k.confkey) with ordinality as part(attnum, place)
           join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = part.attnum
           order by part.place
       ) as referenced_columns,
       k.confupdtype::text as on_update,
       k.confdeltype::text as on_delete
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class rc on rc.oid = k.confrelid
join pg_catalog.pg_namespace rn on rn.oid = rc.relnamespace
where k.contype = 'f'
  and k.conparentid = 0
  and not c.relispartition
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by c.oid, k.conname collate "C"
