-- The text that made each index; one that SQLite made for a key has none.
select
    name,
    sql
from main.sqlite_schema
where type = 'index' and sql is not null
