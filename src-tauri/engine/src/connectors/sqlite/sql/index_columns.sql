-- Key columns of an index in its order; an expression has no name.
select name
from pragma_index_xinfo(?1, 'main')
where key = 1
order by seqno
