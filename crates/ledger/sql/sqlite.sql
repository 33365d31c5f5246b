-- The ledger in SQLite: postgres.sql has the same tables, columns and indexes. Text, bigint and bytes alone.

-- Which schema this is.
CREATE TABLE schema_version (version INTEGER NOT NULL);

-- What happened, in order, each row bound to the one before it. Never updated, never deleted.
CREATE TABLE event (
    -- Of the form in which `detail` is written.
    version  INTEGER NOT NULL,
    seq      INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    actor    TEXT NOT NULL,
    subject  TEXT NOT NULL,
    what     TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
);
-- The history of one despatch, incident or entry is asked for by its subject, and what is frozen by what happened.
CREATE INDEX event_subject ON event (subject, seq);
CREATE INDEX event_what ON event (what, seq);

-- The end of the record after each batch of the line, signed (checkpoints.rs). Written with the batch, never changed.
CREATE TABLE checkpoint (
    seq       INTEGER PRIMARY KEY,
    hash      TEXT NOT NULL,
    at        TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- One row for each case file that was taken from the inbox. Follows from the events.
CREATE TABLE submission (
    number      INTEGER PRIMARY KEY,
    token       TEXT NOT NULL UNIQUE,
    file_sha256 TEXT NOT NULL,
    state       TEXT NOT NULL,
    superseded  INTEGER NOT NULL DEFAULT 0,
    -- From here on: once it is queued.
    case_id     TEXT,
    event_id    TEXT,
    issued_on   TEXT,
    pack        TEXT,
    -- The week whose place for a second opinion it took.
    week        TEXT,
    -- The review key to which the case file was sealed, by its fingerprint.
    review_key  TEXT,
    -- The hash of the sealed case file.
    original_sha256 TEXT,
    -- What it puts on record (closed words, dates and ids), its notes for the casework system, and the history by which
    -- it was planned.
    recorded    TEXT,
    notes       TEXT,
    history     TEXT,
    -- How many of its notes nobody has copied into the casework system yet.
    open_notes  INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX submission_bytes_once ON submission (file_sha256) WHERE state = 'queued';
CREATE UNIQUE INDEX submission_event_once ON submission (event_id) WHERE state = 'queued' AND superseded = 0;
CREATE INDEX submission_case ON submission (case_id);
CREATE INDEX submission_week ON submission (week) WHERE week IS NOT NULL;
CREATE INDEX submission_open ON submission (number) WHERE state = 'claimed';

-- One row for each message to one recipient. Follows from the events. The columns repeat what of the record is asked
-- for, so that a question reads the rows that answer it.
CREATE TABLE despatch (
    id           TEXT PRIMARY KEY,
    submission   INTEGER NOT NULL REFERENCES submission (number),
    position     INTEGER NOT NULL,
    state        TEXT NOT NULL,
    next_attempt TEXT,
    case_id      TEXT NOT NULL,
    role         TEXT NOT NULL,
    -- The entry of the directory that it goes to.
    entry        TEXT,
    pack         TEXT NOT NULL,
    -- Whether it is a copy for a healthcare team.
    safety       INTEGER NOT NULL,
    -- Whether an event of the case came in while a sender had it in hand.
    overtaken    INTEGER NOT NULL,
    -- Whether it went, or may have, and its recipient has not said that it could be opened.
    unheard      INTEGER NOT NULL,
    -- Whether one person alone let it go and nobody has reviewed that.
    unreviewed   INTEGER NOT NULL,
    kind         TEXT,
    -- The place whose body it goes to.
    place        TEXT,
    prepared_by  TEXT,
    -- The day by which it is due, else the end of time: what has no deadline comes last.
    due          TEXT,
    record       TEXT NOT NULL
);
CREATE UNIQUE INDEX despatch_place ON despatch (submission, position);
CREATE INDEX despatch_state ON despatch (state, submission, position, role);
CREATE INDEX despatch_role ON despatch (role, submission, position);
CREATE INDEX despatch_case ON despatch (case_id, submission, position);
CREATE INDEX despatch_entry ON despatch (entry, state);
CREATE INDEX despatch_safety ON despatch (state) WHERE safety = 1;
CREATE INDEX despatch_overtaken ON despatch (state) WHERE overtaken = 1;
CREATE INDEX despatch_unheard ON despatch (submission, position) WHERE unheard = 1;
CREATE INDEX despatch_unreviewed ON despatch (submission, position) WHERE unreviewed = 1;

-- Which packs two members of staff have adopted, and which were withdrawn. Follows from the events.
-- An adoption holds until a second person has confirmed the next one, so both may stand here.
CREATE TABLE adoption (
    pack         TEXT NOT NULL,
    proposed_by  TEXT NOT NULL,
    confirmed_by TEXT,
    reason       TEXT NOT NULL,
    first_day    TEXT NOT NULL,
    last_day     TEXT NOT NULL,
    -- The hash of the pack's text, to which alone it applies.
    pack_sha256  TEXT
);
CREATE UNIQUE INDEX adoption_open ON adoption (pack) WHERE confirmed_by IS NULL;
CREATE UNIQUE INDEX adoption_made ON adoption (pack) WHERE confirmed_by IS NOT NULL;
CREATE TABLE withdrawal (
    pack   TEXT PRIMARY KEY,
    by     TEXT NOT NULL,
    reason TEXT NOT NULL,
    day    TEXT NOT NULL
);

-- Every version of a kind's templates and every text of a pack that a line has used, by the hash that its despatches
-- name.
CREATE TABLE template (
    hash    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    since   TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE pack_text (
    hash    TEXT PRIMARY KEY,
    pack    TEXT NOT NULL,
    since   TEXT NOT NULL,
    content TEXT NOT NULL
);

-- The directory: whom the office may write to. Follows from the events of each entry.
CREATE TABLE entry (
    id     TEXT PRIMARY KEY,
    -- In lower case: one mailbox is one entry.
    email  TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX entry_domain ON entry (domain);
-- Each key belongs to one entry.
CREATE TABLE entry_key (
    key   TEXT PRIMARY KEY,
    entry TEXT NOT NULL REFERENCES entry (id)
);
CREATE INDEX entry_key_of ON entry_key (entry);
-- Counts up with every change of it, so that a reader sees at once whether what it has is out of date.
CREATE TABLE directory (version INTEGER NOT NULL);
INSERT INTO directory (version) VALUES (0);

-- Whom the open cases are about, as keyed hashes (the key is in the office's keys/, not here), so that another person's
-- document is recognised. A row of kind 'closed' says that what came before of its case counts no longer.
CREATE TABLE identity (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    kind    TEXT NOT NULL,
    pseudonym    BLOB NOT NULL
);
CREATE INDEX identity_case ON identity (case_id);
-- What in the attachments of a case file may be a reference, as keyed hashes: when a case with such a reference comes in
-- later, what has not gone yet is held. Goes with the identity of the case.
CREATE TABLE cross_reference (
    pseudonym  BLOB NOT NULL,
    submission INTEGER NOT NULL REFERENCES submission (number),
    PRIMARY KEY (pseudonym, submission)
);
CREATE INDEX cross_reference_submission ON cross_reference (submission);

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
CREATE INDEX removed_pending ON removed (file) WHERE pending = 1;

-- That this ledger comes from a backup and nobody has settled yet what was sent since, and what that is asked of.
CREATE TABLE restoration (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    by    TEXT NOT NULL,
    since TEXT NOT NULL,
    taken TEXT NOT NULL
);
CREATE TABLE unreconciled (despatch TEXT PRIMARY KEY);

-- Who may use the pages: one account for each member of staff who has one. Follows from the events, but for `hash`, which
-- proves a passphrase (argon2id, as a PHC string) and stands in no event.
CREATE TABLE user_account (
    staff        TEXT PRIMARY KEY,
    roles        TEXT NOT NULL,
    disabled     INTEGER NOT NULL,
    must_change  INTEGER NOT NULL,
    since        TEXT NOT NULL,
    -- The refused sign-ins since the last one that was let in.
    failures     INTEGER NOT NULL,
    last_failure TEXT,
    signed_in    TEXT,
    hash         TEXT
);
