drop table main._rowferry_checkpoint
