insert into main._rowferry_checkpoint (run, fingerprint, step, chunk, read, written, rejected, filtered, bytes)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
