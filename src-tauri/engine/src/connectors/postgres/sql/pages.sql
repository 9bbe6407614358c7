-- Physical pages of a table, or of its largest partition; null for one that has none of its own.
select case c.relkind
           when 'r' then pg_relation_size(c.oid)
           when 'p' then (
               select case when bool_and(leaf.relkind = 'r') then max(pg_relation_size(leaf.oid)) end
               from pg_catalog.pg_partition_tree(c.oid) tree
               join pg_catalog.pg_class leaf on leaf.oid = tree.relid
               where tree.isleaf
           )
       end / current_setting('block_size')::bigint
from pg_catalog.pg_class c
where c.oid = to_regclass($1)
