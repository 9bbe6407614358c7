-- Does the column hold different texts to be one, and by which collation? Not by a deterministic one, and none where
-- its type is citext. No row for a table that is not there.
select coalesce(base.typname, t.typname) = 'citext' as is_citext,
       coalesce(c.collisdeterministic, true) as is_deterministic,
       quote_ident(n.nspname) || '.' || quote_ident(c.collname) as collation
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_type base on base.oid = nullif(t.typbasetype, 0)
left join pg_catalog.pg_collation c on c.oid = a.attcollation
left join pg_catalog.pg_namespace n on n.oid = c.collnamespace
where a.attrelid = to_regclass($1) and a.attname = $2 and not a.attisdropped
