
-- The case files that were made of one sheet, and which row each was. Follow from the events. The text is the same for
-- both engines. A ledger that an earlier program made gets these when it is opened.
CREATE TABLE batch (
    name  TEXT PRIMARY KEY,
    -- The event of every row; empty where each case file names its own.
    event TEXT NOT NULL,
    by    TEXT NOT NULL,
    at    TEXT NOT NULL,
    -- The hash of the sheet that was begun last.
    sheet TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX batch_at ON batch (at, name);
CREATE TABLE batch_row (
    batch       TEXT NOT NULL,
    case_sha256 TEXT NOT NULL,
    number      BIGINT NOT NULL,
    -- The last sheet that had it.
    sheet       TEXT NOT NULL,
    PRIMARY KEY (batch, case_sha256)
);
CREATE INDEX batch_row_file ON batch_row (case_sha256);
-- What became of the file of a row, queued or not.
CREATE INDEX submission_file ON submission (file_sha256);
