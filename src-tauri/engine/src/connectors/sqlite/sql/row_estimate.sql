-- What `analyze` last saw: the number of rows stands first in each index's statistics.
select max(cast(stat as integer))
from main.sqlite_stat1
where tbl = ?1
