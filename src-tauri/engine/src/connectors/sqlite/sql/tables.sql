-- Tables and views of the main schema, with the text that made them.
select
    l.name,
    l.type,
    coalesce(s.sql, ''),
    l.wr
from pragma_table_list as l
join main.sqlite_schema as s on s.name = l.name and s.type in ('table', 'view')
where l.schema = 'main'
    and l.type in ('table', 'view', 'virtual')
    and l.name not like 'sqlite\_%' escape '\'
    and l.name <> '_rowferry_checkpoint'
    and l.name not like '\_rowferry\_before\_%' escape '\'
order by l.name
