-- Jobs on hardware: written before the request leaves, and kept when their run is deleted, for they are what was paid. Amounts are decimal texts.
CREATE TABLE submissions (
    key        TEXT NOT NULL PRIMARY KEY,    -- the idempotency key
    run        TEXT NOT NULL,
    member     INTEGER NOT NULL,
    step       INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    part       INTEGER NOT NULL,
    number     INTEGER NOT NULL,             -- the submissions of one part, in their order, from 0
    backend    TEXT NOT NULL,
    digest     TEXT NOT NULL,
    circuits   TEXT NOT NULL,                -- which circuits of the part, as a JSON list
    shots      INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    job        TEXT,
    reserved   TEXT,                         -- the most it can cost; null where nothing bounds it
    cost       TEXT,
    currency   TEXT,
    basis      INTEGER NOT NULL,
    intended   INTEGER NOT NULL,             -- times in milliseconds
    sent       INTEGER NOT NULL,             -- when a request may have left last
    submitted  INTEGER,
    finished   INTEGER,
    queued     INTEGER,                      -- how long it waited
    reason     TEXT,
    results    BLOB,                         -- what each circuit gave, as JSON
    UNIQUE (run, member, step, slot, part, number)
) STRICT;
