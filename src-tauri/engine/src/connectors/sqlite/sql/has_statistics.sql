-- Has `analyze` ever run?
select exists (select 1 from main.sqlite_schema where name = 'sqlite_stat1')
