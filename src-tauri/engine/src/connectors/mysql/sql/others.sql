select routine_schema as of_schema, lower(routine_type) as kind, routine_name as name, null as of_table
from information_schema.routines
where routine_schema {which}
union all
select event_schema, 'event', event_name, null
from information_schema.events
where event_schema {which}
union all
select table_schema, 'partition', partition_name, table_name
from information_schema.partitions
where table_schema {which} and partition_name is not null
order by 1, 2, 4, 3
