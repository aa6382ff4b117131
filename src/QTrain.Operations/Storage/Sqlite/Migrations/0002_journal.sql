-- The two tables that grow have no reference to their run, which would be looked up for every row: the fence is checked once for all.
-- Clustered by path: replay reads it front to back, and no question can be answered twice.
CREATE TABLE journal (
    run      INTEGER NOT NULL,
    lane     INTEGER NOT NULL,
    member   INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    slot     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    sequence INTEGER NOT NULL,           -- order of appending, from 1
    kind     INTEGER NOT NULL,
    question BLOB NOT NULL,
    answer   BLOB NOT NULL,
    PRIMARY KEY (run, lane, member, step, slot, name)
) STRICT, WITHOUT ROWID;

-- A number that is not one is null here; the digest keeps every bit.
CREATE TABLE steps (
    run            INTEGER NOT NULL,
    member         INTEGER NOT NULL,
    step           INTEGER NOT NULL,
    loss           REAL,
    standard_error REAL,
    best_loss      REAL,
    gradient_norm  REAL,
    evaluations    INTEGER NOT NULL,
    shots          INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    digest         INTEGER NOT NULL,
    PRIMARY KEY (run, member, step)
) STRICT, WITHOUT ROWID;
