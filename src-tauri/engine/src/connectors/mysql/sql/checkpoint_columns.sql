(
    run varchar(190) not null,
    fingerprint varchar(190) not null,
    step bigint not null,
    chunk bigint not null,
    rows_read bigint not null,
    rows_written bigint not null,
    rows_rejected bigint not null,
    rows_filtered bigint not null,
    bytes bigint not null,
    committed_at timestamp not null default current_timestamp,
    primary key (run, step, chunk)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin
