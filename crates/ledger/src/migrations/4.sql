-- The directory: whom the office may write to. Follows from the events of each entry.
CREATE TABLE entry (
    id     TEXT PRIMARY KEY,
    -- In lower case: one mailbox is one entry.
    email  TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX entry_domain ON entry (domain);
-- Counts up with every change of it, so that a reader sees at once whether what it has is out of date.
CREATE TABLE directory (version INTEGER NOT NULL);
INSERT INTO directory VALUES (0);
-- Each key belongs to one entry.
CREATE TABLE entry_key (
    key   TEXT PRIMARY KEY,
    entry TEXT NOT NULL REFERENCES entry (id)
);
CREATE INDEX entry_key_of ON entry_key (entry);
