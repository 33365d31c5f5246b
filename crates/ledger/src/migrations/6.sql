-- The history of one despatch, incident or entry is asked for by its subject, and what is frozen by what happened.
CREATE INDEX IF NOT EXISTS event_subject ON event (subject, seq);
CREATE INDEX IF NOT EXISTS event_what ON event (what, seq);

-- Every text of a policy pack that a line has used, by the hash that its despatches name.
CREATE TABLE pack_text (
    hash    TEXT PRIMARY KEY,
    pack    TEXT NOT NULL,
    since   TEXT NOT NULL,
    content TEXT NOT NULL
);
