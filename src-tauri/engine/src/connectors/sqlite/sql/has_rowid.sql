-- Is this a table whose rows have a rowid? No row when it does not exist.
select type = 'table' and not wr
from pragma_table_list
where schema = 'main' and name = ?1 collate nocase
