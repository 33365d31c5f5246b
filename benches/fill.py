"""Enters: the ledger of a demo office. Leaves: as many despatches on record as a bench asks for. Never: claims that the
program would write the filled rows: they are copies of its own.
"""
import sqlite3

LEFT = """json_object('event_id', 'fill-left-' || base, 'on', substr(issued_on, 1, 10), 'place', 'brook-house',
    'place_kind', 'irc', 'detained_since', '2026-01-29', 'representative', NULL,
    'fact', json_object('event', 'left_detention', 'on', substr(issued_on, 1, 10), 'how', 'released'),
    'clocks', json('[]'), 'pending_effects', json('[]'))"""


def fill(ledger, despatches, cases, waiting, over=False):
    """Copies the despatches of the demo under new numbers until there are enough. Those of the first `waiting` copies
    await review, the others have been sent and opened. With `over`, the person of each other case has left detention."""
    db = sqlite3.connect(ledger)
    db.executescript(f"""
        PRAGMA synchronous = OFF;
        BEGIN;
        CREATE TEMP TABLE model AS SELECT * FROM despatch WHERE state = 'awaiting_review';
        CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
            WHERE (i + 1) * (SELECT COUNT(*) FROM model) <= {despatches}) SELECT i, 1000 * i AS base,
            printf('FILL-%04d', i % {cases}) AS in_case, i > {waiting} AS settled FROM n
            WHERE i * (SELECT COUNT(*) FROM model) <= {despatches};
        INSERT INTO submission (number, token, file_sha256, state, superseded, case_id, event_id, issued_on, pack,
            review_key, original_sha256, recorded, notes, history)
            SELECT base + number, 'fill-' || (base + number), printf('%064x', base + number), state, 1, in_case,
            'fill-' || (base + number), issued_on, pack, review_key, original_sha256, recorded, notes, history
            FROM n JOIN submission WHERE number IN (SELECT submission FROM model);
        INSERT INTO despatch (id, submission, position, state, case_id, role, entry, pack, safety, overtaken, unheard,
            unreviewed, kind, place, prepared_by, due, record)
            SELECT (base + submission) || '-' || position, base + submission, position,
            CASE WHEN settled THEN 'sent' ELSE state END, in_case, role, entry, pack, 0, 0, 0, 0, kind, place,
            prepared_by, due, json_set(record, '$.id', (base + submission) || '-' || position, '$.case_id', in_case,
            '$.state', CASE WHEN settled THEN 'sent' ELSE state END) FROM n JOIN model;
        COMMIT;
    """)
    if over:
        # One file of each case counts, with an event of its own; the person has left since.
        db.executescript(f"""
            BEGIN;
            UPDATE submission SET superseded = 0 WHERE case_id LIKE 'FILL-%';
            INSERT INTO submission (number, token, file_sha256, state, superseded, case_id, event_id, issued_on, pack,
                review_key, original_sha256, recorded, notes, history)
                SELECT base + 999, 'fill-left-' || base, printf('%064x', base + 999), 'queued', 0, in_case,
                'fill-left-' || base, issued_on, pack, review_key, original_sha256, {LEFT}, '[]', history
                FROM (SELECT in_case, MIN(base) AS base FROM n WHERE settled GROUP BY in_case)
                JOIN submission ON submission.number = (SELECT MIN(submission) FROM model);
            INSERT INTO event (version, seq, at, actor, subject, what, detail, previous, hash)
                SELECT version, (SELECT MAX(seq) FROM event) + ROW_NUMBER() OVER (ORDER BY base, seq), at, actor,
                (base + submission) || '-' || position, what, detail, '', printf('%064x', base + seq)
                FROM n JOIN model JOIN event ON event.subject = model.id;
            -- Nobody has found out yet that nothing runs in them.
            INSERT INTO running_case (case_id) SELECT DISTINCT in_case FROM n;
            COMMIT;
        """)
    rows = db.execute("SELECT COUNT(*), COUNT(DISTINCT case_id) FROM despatch").fetchone()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return rows
