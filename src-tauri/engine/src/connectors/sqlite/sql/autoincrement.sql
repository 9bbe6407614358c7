-- The greatest number that an AUTOINCREMENT table ever gave; no row for a table that has given none.
select seq from main.sqlite_sequence where name = ?1
