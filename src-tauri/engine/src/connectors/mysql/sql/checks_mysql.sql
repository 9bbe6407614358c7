select t.table_schema, t.table_name, c.constraint_name, c.check_clause
from information_schema.check_constraints c
join information_schema.table_constraints t
    on t.constraint_schema = c.constraint_schema and t.constraint_name = c.constraint_name
        and t.constraint_type = 'CHECK'
where c.constraint_schema {which}
order by t.table_schema, t.table_name, c.constraint_name
