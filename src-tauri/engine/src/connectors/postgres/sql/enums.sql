-- Labels of every enumeration, in their own order.
select enumtypid::bigint as type_oid,
       array_agg(enumlabel::text order by enumsortorder) as labels
from pg_catalog.pg_enum
group by enumtypid
