select event_object_schema, event_object_table, trigger_name, event_manipulation, action_statement
from information_schema.triggers
where event_object_schema {which}
order by event_object_schema, event_object_table, trigger_name
