create table project (
    id text primary key,
    name text not null,
    path text not null,
    opened_at text not null,
    listed integer not null default 1
) strict;

create table project_version (
    project text not null references project (id),
    version integer not null,
    saved_at text not null,
    document text not null,
    primary key (project, version)
) strict;

create table run (
    id text primary key,
    project text not null,
    started_at text not null,
    record text not null
) strict;

create index run_by_project on run (project, started_at);

-- The ranges of a table's chunks, fixed when its load begins, so that a resume cuts it alike.
create table chunk (
    run text not null references run (id),
    step integer not null,
    chunk integer not null,
    range text not null,
    primary key (run, step, chunk)
) strict;

create table ledger (
    run text not null references run (id),
    step integer not null,
    chunk integer not null,
    read integer not null,
    written integer not null,
    rejected integer not null,
    filtered integer not null,
    bytes integer not null,
    seconds real not null,
    committed_at text not null,
    primary key (run, step, chunk)
) strict;

create table audit (
    at text not null,
    who text not null,
    run text,
    what text not null
) strict;
