-- What happened, in order, each row bound to the one before it. Never updated, never deleted.
CREATE TABLE event (
    seq      INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    actor    TEXT NOT NULL,
    subject  TEXT NOT NULL,
    what     TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
);

-- One row for each case file that was taken from the inbox. Follows from the events.
CREATE TABLE claim (
    number      INTEGER PRIMARY KEY,
    token       TEXT NOT NULL UNIQUE,
    file_sha256 TEXT NOT NULL,
    state       TEXT NOT NULL,
    case_id     TEXT,
    event_id    TEXT,
    issued_on   TEXT,
    superseded  INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX claim_bytes_once ON claim (file_sha256) WHERE state = 'queued';
CREATE UNIQUE INDEX claim_event_once ON claim (event_id) WHERE state = 'queued' AND superseded = 0;

-- One row for each message to one recipient. Follows from the events.
CREATE TABLE despatch (
    id           TEXT PRIMARY KEY,
    claim        INTEGER NOT NULL REFERENCES claim (number),
    position     INTEGER NOT NULL,
    state        TEXT NOT NULL,
    next_attempt TEXT,
    record       TEXT NOT NULL
);
CREATE INDEX despatch_state ON despatch (state);
CREATE INDEX despatch_claim ON despatch (claim, position);
