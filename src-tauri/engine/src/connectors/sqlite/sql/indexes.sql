-- Indexes of a table: origin is c (create index), u (unique) or pk.
select
    name,
    "unique",
    origin
from pragma_index_list(?1, 'main')
order by seq desc
