-- Times are milliseconds since 1970 (UTC); working time is in ticks of 100 ns.

CREATE TABLE runs (
    key       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    status    TEXT NOT NULL,
    spec      TEXT NOT NULL,
    seed      INTEGER NOT NULL,          -- 64 bits, read as unsigned
    created   INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    parent    TEXT,                      -- not a reference: the parent may be deleted
    evaluator TEXT,
    result    TEXT,
    failure   TEXT
) STRICT;

CREATE TABLE run_tags (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (run, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_fingerprints (
    run            INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    ordinal        INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    journal_length INTEGER NOT NULL,
    fingerprint    TEXT NOT NULL,
    PRIMARY KEY (run, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
    hash       TEXT NOT NULL PRIMARY KEY,
    size       INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    wanted     INTEGER NOT NULL          -- when it was put last
) STRICT, WITHOUT ROWID;

CREATE TABLE run_inputs (
    run  INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL REFERENCES artifacts (hash),
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_inputs_by_hash ON run_inputs (hash);

-- What changes with every append, apart from the long texts of a run: one small row, updated by the statement that checks the fence.
CREATE TABLE leases (
    run            INTEGER PRIMARY KEY REFERENCES runs (key) ON DELETE CASCADE,
    fence          INTEGER NOT NULL DEFAULT 0,
    owner          TEXT,
    expires        INTEGER NOT NULL DEFAULT 0,
    journal_length INTEGER NOT NULL DEFAULT 0,
    worked         INTEGER NOT NULL DEFAULT 0,
    heartbeat      INTEGER NOT NULL DEFAULT 0
) STRICT;
