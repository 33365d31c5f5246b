-- Whom the open cases are about, as keyed hashes (the key is in the office's keys/, not here), so that another person's
-- document is recognised. A row of kind 'closed' says that what came before of its case counts no longer.
CREATE TABLE identity (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    kind    TEXT NOT NULL,
    mark    BLOB NOT NULL
);
CREATE INDEX identity_case ON identity (case_id);
