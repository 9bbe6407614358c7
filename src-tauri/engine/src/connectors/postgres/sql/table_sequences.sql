-- Sequences that feed one table: identities, owned ones, and those that a default takes from. One that feeds other
-- columns too is not its own.
select a.attname::text as column,
       format('%I.%I', n.nspname, c.relname) as sequence,
       s.seqincrement as increment,
       s.seqmin as least,
       s.seqmax as greatest,
       bool_or(d.deptype in ('a', 'i')) and not exists (
           select 1
           from pg_catalog.pg_depend other
           join pg_catalog.pg_attrdef f on f.oid = other.objid
           where other.classid = 'pg_catalog.pg_attrdef'::regclass
             and other.refclassid = 'pg_catalog.pg_class'::regclass
             and other.refobjid = s.seqrelid
             and (f.adrelid <> a.attrelid or f.adnum <> a.attnum)
       ) as is_owned
from pg_catalog.pg_attribute a
join (
    select d.refobjid as table_oid, d.refobjsubid as attnum, d.objid as sequence_oid, d.deptype
    from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::regclass
      and d.refclassid = 'pg_catalog.pg_class'::regclass
      and d.refobjid = to_regclass($1)
      and d.deptype in ('a', 'i')
    union all
    select f.adrelid, f.adnum, d.refobjid, d.deptype
    from pg_catalog.pg_attrdef f
    join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid = f.oid
     and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype = 'n'
    where f.adrelid = to_regclass($1)
) d on d.table_oid = a.attrelid and d.attnum = a.attnum
join pg_catalog.pg_sequence s on s.seqrelid = d.sequence_oid
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where a.attrelid = to_regclass($1)
  and a.attnum > 0
  and not a.attisdropped
  and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
group by a.attrelid, a.attnum, a.attname, n.nspname, c.relname, s.seqrelid, s.seqincrement, s.seqmin, s.seqmax
order by a.attnum, n.nspname, c.relname
