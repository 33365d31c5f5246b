-- The review key to which a sealed case file was sealed, by its fingerprint; where it is not there, the office's first.
ALTER TABLE claim ADD COLUMN review_key TEXT;

-- Cases of which nothing may be removed, and those whose erasure one person has asked for. Follow from the events.
CREATE TABLE litigation_hold (
    case_id TEXT PRIMARY KEY,
    by      TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   TEXT NOT NULL
);
CREATE TABLE erasure (
    case_id TEXT PRIMARY KEY,
    by      TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   TEXT NOT NULL
);

-- Sealed files whose removal is on record, relative to the office; one that is pending may be there still.
CREATE TABLE removed (
    file    TEXT PRIMARY KEY,
    pending INTEGER NOT NULL
);

-- That this ledger comes from a backup and nobody has settled yet what was sent since, and what that is asked of.
CREATE TABLE restoration (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    by    TEXT NOT NULL,
    since TEXT NOT NULL,
    taken TEXT NOT NULL
);
CREATE TABLE unreconciled (despatch TEXT PRIMARY KEY);
