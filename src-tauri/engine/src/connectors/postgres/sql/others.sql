-- What no migration carries: functions, types, rules, policies, partitions, exclusion constraints and what keys say
-- beyond their columns; not extensions' own.
select n.nspname::text as schema, found.kind, found.name, found.table
from (
    select p.pronamespace as namespace,
           case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
           p.proname::text as name,
           null::text as table,
           'pg_catalog.pg_proc'::regclass as of_class,
           p.oid as object
    from pg_catalog.pg_proc p
    union all
    select t.typnamespace, case t.typtype when 'd' then 'domain' else 'type' end, t.typname::text, null,
           'pg_catalog.pg_type'::regclass, t.oid
    from pg_catalog.pg_type t
    left join pg_catalog.pg_class c on c.oid = t.typrelid
    where t.typtype in ('d', 'e', 'r') or (t.typtype = 'c' and c.relkind = 'c')
    union all
    select c.relnamespace, 'rule', r.rulename::text, c.relname::text, 'pg_catalog.pg_rewrite'::regclass, r.oid
    from pg_catalog.pg_rewrite r
    join pg_catalog.pg_class c on c.oid = r.ev_class
    where r.rulename <> '_RETURN'
    union all
    select c.relnamespace, 'policy', p.polname::text, c.relname::text, 'pg_catalog.pg_policy'::regclass, p.oid
    from pg_catalog.pg_policy p
    join pg_catalog.pg_class c on c.oid = p.polrelid
    union all
    select parent.relnamespace, 'partition', c.relname::text, parent.relname::text, 'pg_catalog.pg_class'::regclass,
           c.oid
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    join pg_catalog.pg_class parent on parent.oid = i.inhparent
    where c.relkind in ('r', 'p', 'f')
    union all
    select c.relnamespace, 'exclusion constraint', k.conname::text, c.relname::text,
           'pg_catalog.pg_constraint'::regclass, k.oid
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    where k.contype = 'x'
    union all
    select c.relnamespace,
           case when k.condeferrable then 'key deferral' else 'full-match rule' end,
           k.conname::text, c.relname::text, 'pg_catalog.pg_constraint'::regclass, k.oid
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    where k.contype in ('p', 'u', 'f') and (k.condeferrable or k.confmatchtype = 'f')
    union all
    -- Only PostgreSQL 15 and newer have the column.
    select c.relnamespace, 'null-equality rule', c.relname::text, t.relname::text,
           'pg_catalog.pg_class'::regclass, c.oid
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_class t on t.oid = i.indrelid
    where (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean
) found
join pg_catalog.pg_namespace n on n.oid = found.namespace
where not exists (
      select 1
      from pg_catalog.pg_depend d
      where d.classid = found.of_class and d.objid = found.object and d.deptype = 'e'
  )
  and n.nspname not like 'pg\_%'
  and n.nspname <> 'information_schema'
  and ($1::text is null or n.nspname = $1)
order by n.nspname collate "C", found.kind, found.table collate "C", found.name collate "C"
