select constraint_schema, table_name, constraint_name, check_clause
from information_schema.check_constraints
where constraint_schema {which}
order by constraint_schema, table_name, constraint_name
