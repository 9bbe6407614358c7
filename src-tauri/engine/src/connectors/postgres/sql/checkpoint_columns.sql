(
    run text not null,
    fingerprint text not null,
    step bigint not null,
    chunk bigint not null,
    rows_read bigint not null,
    rows_written bigint not null,
    rows_rejected bigint not null,
    rows_filtered bigint not null,
    bytes bigint not null,
    committed_at timestamp with time zone not null default current_timestamp,
    primary key (run, step, chunk)
)
