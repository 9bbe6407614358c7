-- Key columns of an index in its order, with their collations; an expression has no name.
select name, coll
from pragma_index_xinfo(?1, 'main')
where key = 1
order by seqno
