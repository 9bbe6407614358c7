-- Does the checkpoint table exist?
select exists (select 1 from main.sqlite_schema where type = 'table' and name = '_rowferry_checkpoint')
