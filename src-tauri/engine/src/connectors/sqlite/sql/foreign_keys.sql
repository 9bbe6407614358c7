-- Columns of a table's foreign keys, key by key in the order in which they were declared.
select
    id,
    "table",
    "from",
    "to",
    on_update,
    on_delete
from pragma_foreign_key_list(?1, 'main')
order by id desc, seq
