-- Does any table have AUTOINCREMENT?
select exists (select 1 from main.sqlite_schema where name = 'sqlite_sequence')
