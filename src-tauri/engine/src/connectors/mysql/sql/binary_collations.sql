-- Which of the binary collations that a new table may have does this server know?
select collation_name
from information_schema.collations
where collation_name in ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin', 'utf8mb4_bin')
