-- Version 2 of the workspace: names of versions, the history of edits, schemas as a mapping was last seen against them.

-- A version without a name was kept by an automatic save.
alter table project_version add column name text;

-- What changed since the named version before it, as counts.
alter table project_version add column changes text;

-- The version that was written to the project's file, and a checksum of that file.
alter table project add column written text;

create table edit_history (
    project text primary key references project (id),
    -- The version that the edits done lead to.
    version integer not null,
    -- How many of the edits are done; the others were undone.
    done integer not null
) strict;

create table edit (
    project text not null references edit_history (project),
    place integer not null,
    entry text not null,
    primary key (project, place)
) strict;

create table seen_catalog (
    project text not null references project (id),
    side text not null,
    seen_at text not null,
    catalog text not null,
    primary key (project, side)
) strict;
