-- Indexes of a table: origin is c (create index), u (unique) or pk.
select
    l.name,
    l."unique",
    l.origin,
    s.sql
from pragma_index_list(?1, 'main') as l
left join main.sqlite_schema as s on s.type = 'index' and s.name = l.name
order by l.seq desc
