-- Columns of a table in its order; hidden ones of virtual tables are left out.
select
    name,
    type,
    "notnull",
    dflt_value,
    pk,
    hidden in (2, 3)
from pragma_table_xinfo(?1, 'main')
where hidden <> 1
order by cid
