create table if not exists main._rowferry_checkpoint (
    run text not null,
    fingerprint text not null,
    step integer not null,
    chunk integer not null,
    read integer not null,
    written integer not null,
    rejected integer not null,
    filtered integer not null,
    bytes integer not null,
    primary key (run, step, chunk)
) without rowid
