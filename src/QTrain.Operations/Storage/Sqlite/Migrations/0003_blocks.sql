-- Free records and steps come by the hundred thousand a second: those of one transaction that follow all that are there
-- already lie in blocks, in the order of their paths. Single ones, named ones and late ones stay rows of the tables before.
CREATE TABLE journal_blocks (
    run       INTEGER NOT NULL,
    lane      INTEGER NOT NULL,
    member    INTEGER NOT NULL,
    step      INTEGER NOT NULL,          -- of the first record
    slot      INTEGER NOT NULL,
    last_step INTEGER NOT NULL,          -- of the last
    last_slot INTEGER NOT NULL,
    body      BLOB NOT NULL,             -- see JournalBlock
    PRIMARY KEY (run, lane, member, step, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE step_blocks (
    run       INTEGER NOT NULL,
    member    INTEGER NOT NULL,
    step      INTEGER NOT NULL,          -- the first
    last_step INTEGER NOT NULL,
    body      BLOB NOT NULL,             -- see StepBlock
    PRIMARY KEY (run, member, step)
) STRICT, WITHOUT ROWID;
