select table_schema, table_name, column_name, data_type, column_type, is_nullable, column_default, extra,
    generation_expression, column_comment, collation_name, character_maximum_length, numeric_precision, numeric_scale,
    datetime_precision
from information_schema.columns
where table_schema {which}
order by table_schema, table_name, ordinal_position
