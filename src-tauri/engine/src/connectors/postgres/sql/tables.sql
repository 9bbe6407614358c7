-- Tables and views with their comments and estimates. Partitions count with their parent.
select n.nspname::text as schema,
       c.relname::text as name,
       c.relkind in ('v', 'm') as is_view,
       obj_description(c.oid, 'pg_class') as comment,
       case when c.relkind = 'p' then parts.rows
            when c.relkind = 'r' and c.reltuples >= 0 and (c.reltuples > 0 or c.relpages > 0) then c.reltuples::bigint
       end as row_estimate,
       case when c.relkind = 'p' then parts.bytes
            when c.relkind in ('r', 'm') then pg_table_size(c.oid)
       end as byte_estimate
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join lateral (
    select case when bool_and(leaf.reltuples >= 0) then sum(leaf.reltuples)::bigint end as rows,
           sum(pg_table_size(leaf.oid))::bigint as bytes
    from pg_catalog.pg_partition_tree(c.oid) tree
    join pg_catalog.pg_class leaf on leaf.oid = tree.relid
    where tree.isleaf and leaf.relkind = 'r'
) parts on c.relkind = 'p'
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not c.relispartition
  and c.relpersistence <> 't'
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by n.nspname collate "C", c.relname collate "C"
