select table_schema, table_name, index_name, non_unique, column_name, sub_part, collation, index_type
from information_schema.statistics
where table_schema {which}
order by table_schema, table_name, index_name, seq_in_index
