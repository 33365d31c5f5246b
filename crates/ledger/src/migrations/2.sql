-- What each event puts on record (closed words, dates and ids), the history by which it was planned, its pack, its
-- notes for the casework system, and the week whose place for a second opinion it took.
ALTER TABLE claim ADD COLUMN recorded TEXT;
ALTER TABLE claim ADD COLUMN history TEXT;
ALTER TABLE claim ADD COLUMN pack TEXT;
ALTER TABLE claim ADD COLUMN notes TEXT;
ALTER TABLE claim ADD COLUMN week TEXT;
CREATE INDEX claim_case ON claim (case_id);
CREATE INDEX claim_week ON claim (week) WHERE week IS NOT NULL;

-- Which packs two members of staff have adopted, and which were withdrawn. Follows from the events.
-- An adoption holds until a second person has confirmed the next one, so both may stand here.
CREATE TABLE adoption (
    pack         TEXT NOT NULL,
    proposed_by  TEXT NOT NULL,
    confirmed_by TEXT,
    reason       TEXT NOT NULL,
    first_day    TEXT NOT NULL,
    last_day     TEXT NOT NULL
);
CREATE UNIQUE INDEX adoption_open ON adoption (pack) WHERE confirmed_by IS NULL;
CREATE UNIQUE INDEX adoption_made ON adoption (pack) WHERE confirmed_by IS NOT NULL;
CREATE TABLE withdrawal (
    pack   TEXT PRIMARY KEY,
    by     TEXT NOT NULL,
    reason TEXT NOT NULL,
    day    TEXT NOT NULL
);

-- Despatches that were made before packs were kept with them were made under the one pack that there was.
UPDATE despatch SET record = json_set(record, '$.pack', 'hoso-2022-09-12', '$.planned.safety', json('false'),
                                      '$.planned.hold', NULL);
UPDATE claim SET pack = 'hoso-2022-09-12' WHERE state = 'queued';
