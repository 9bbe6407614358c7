-- Is any run's checkpoint left?
select exists (select 1 from main._rowferry_checkpoint)
