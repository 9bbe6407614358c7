-- Checkpoints of one run.
select run, fingerprint, step, chunk, read, written, rejected, filtered, bytes
from main._rowferry_checkpoint
where run = ?1
order by step, chunk
