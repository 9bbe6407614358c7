-- How large a table is, its partitions together, without a look at its rows: pages of the largest part (null where one
-- has none of its own) and of all, and what the server believed of rows and pages when it last looked.
with parts as (
    select leaf.oid, leaf.relkind, greatest(leaf.reltuples, 0)::float8 as rows, leaf.relpages,
           case when leaf.relkind in ('r', 'm')
                then pg_relation_size(leaf.oid) / current_setting('block_size')::bigint end as pages
    from pg_catalog.pg_class c
    cross join lateral (
        select c.oid where c.relkind <> 'p'
        union all
        select tree.relid from pg_catalog.pg_partition_tree(c.oid) tree where c.relkind = 'p' and tree.isleaf
    ) leaves
    join pg_catalog.pg_class leaf on leaf.oid = leaves.oid
    where c.oid = to_regclass($1)
)
select to_regclass($1) is not null as there,
       case when bool_and(pages is not null) then max(pages) end::bigint as largest,
       coalesce(sum(pages), 0)::bigint as pages,
       sum(rows) filter (where relpages > 0) as believed_rows,
       (sum(relpages) filter (where relpages > 0 and rows > 0))::bigint as believed_pages
from parts
