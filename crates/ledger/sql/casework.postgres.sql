-- What people ask of the record while they work: who owns, sees and covers what, and the indexes of their searches.
-- A ledger that an earlier program made gets these when it is opened.

-- Whom a case is about, as keyed hashes like those of `identity`, for whoever searches for it. Kept as long as its files
-- are, closed or not. Follows from no event, because it must be forgotten.
CREATE TABLE case_mark (
    case_id TEXT NOT NULL,
    kind    TEXT NOT NULL,
    mark    BYTEA NOT NULL,
    PRIMARY KEY (case_id, kind, mark)
);
CREATE INDEX case_mark_of ON case_mark (kind, mark);

-- Who owns a case, whose cases are restricted to whom, and who works in whose place. Follow from the events.
CREATE TABLE case_owner (
    case_id TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,
    since   TEXT NOT NULL,
    by      TEXT NOT NULL,
    word    TEXT NOT NULL
);
CREATE INDEX case_owner_of ON case_owner (owner);
CREATE TABLE restriction (
    case_id TEXT PRIMARY KEY,
    by      TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   TEXT NOT NULL
);
CREATE TABLE restriction_reader (
    case_id TEXT NOT NULL,
    staff   TEXT NOT NULL,
    PRIMARY KEY (case_id, staff)
);
CREATE TABLE cover (
    staff      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    first_day  TEXT NOT NULL,
    last_day   TEXT NOT NULL,
    covered_by TEXT,
    by         TEXT NOT NULL,
    PRIMARY KEY (staff, kind, first_day)
);

-- How many of a kind there were in a period and by whom, and what one person or everybody did in it.
CREATE INDEX event_counted ON event (what, at, actor);
CREATE INDEX event_actor ON event (actor, at);
CREATE INDEX event_at ON event (at);
CREATE INDEX submission_notes ON submission (number) WHERE open_notes > 0;
CREATE INDEX identity_mark ON identity (kind, pseudonym);
