-- Triggers with the text that made them.
select name, tbl_name, coalesce(sql, '')
from main.sqlite_schema
where type = 'trigger'
order by tbl_name, name
