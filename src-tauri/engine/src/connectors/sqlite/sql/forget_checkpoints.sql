delete from main._rowferry_checkpoint where run = ?1
