select table_schema, table_name, table_type, table_rows, data_length, table_comment
from information_schema.tables
where table_schema {which}
order by table_schema, table_name
