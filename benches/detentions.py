#!/usr/bin/env python3
"""Enters: the program. Leaves: how long `deadlines` takes with up to 1,000 open detentions on record, each with a year of
history, and its memory, as a table. Never: claims that the program would write the filled rows: they are copies of its own.

    cargo build --release && benches/detentions.py target/release/despatch [SIZE...]

One detention goes through the program itself: its beginning, the reviews of the first days, twelve monthly ones, and the
written reasons after each. Its rows are then copied under other case numbers, with its messages sent and acknowledged. Of
none is anything kept yet: the first `deadlines` reads every case, and is measured by itself.
"""
import datetime
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = [int(size) for size in sys.argv[2:]] or [1, 100, 1_000]
TURNS = 7
FIRST = datetime.date(2026, 1, 12)
TODAY = FIRST + datetime.timedelta(days=12 * 28 + 2)
MODEL = "MODEL-0001"


def case(number, on, event):
    return {
        "schema": "despatch-case/1", "case_id": MODEL, "home_office_reference": "X7000001",
        "event_id": f"model-{number}", "event": event, "prepared_by": "imran-castellan",
        "person": {"name": "Sefton Marrable", "date_of_birth": "1990-05-17", "nationality": "Eritrean",
                   "language": "Tigrinya", "interpreter_needed": True},
        "detention": {"place": "brook-house", "since": str(FIRST)},
        "caseworker": {"entry": "caseworker-marisol"}, "attachments": [],
        "despite_history": "The reviews were authorised on paper, in another record.",
    }


def history():
    """The events of a year, each with its day."""
    yield FIRST, {"type": "detention_began", "detained_at": f"{FIRST}T10:00+00:00", "origin": "community",
                  "team": "non_fno", "power": "paragraph 16(2)", "age": "adult", "reasons_served_on": str(FIRST)}
    stages = [("24h", 1), ("7d", 7), ("14d", 14)] + [(f"m{n}", 28 * n) for n in range(1, 13)]
    for stage, days in stages:
        on = FIRST + datetime.timedelta(days=days)
        yield on, {"type": "review_completed", "stage": stage, "done_on": str(on),
                   "removability": "A travel document was asked for.",
                   "factors": [], "level": "none", "outcome": "maintain", "reasons": "You stay in detention."}
        if stage.startswith("m"):
            # Winter time and summer time have noon at different offsets.
            zone = "+01:00" if datetime.date(2026, 3, 29) <= on < datetime.date(2026, 10, 25) else "+00:00"
            yield on, {"type": "written_reasons_served", "served_at": f"{on}T12:00{zone}", "form": "is_151f",
                       "by": "An officer", "explained": True, "refused": False}


def run(program, office, today, *words, ok=(0, 1)):
    done = subprocess.run([program, "--office", office, "--today", str(today), *words], capture_output=True, text=True)
    assert done.returncode in ok, (words, done.returncode, done.stdout[-800:], done.stderr[-800:])
    return done.stdout


def make(program, folder):
    """An office with one detention of a year, each review authorised by a member of staff."""
    office = os.path.join(folder, "model")
    subprocess.run([program, "--today", str(FIRST), "demo", "--dir", office, "--once"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.remove(os.path.join(office, "inbox", "07-attachment-missing.json"))
    settings = os.path.join(office, "despatch.toml")
    with open(settings) as file:
        text = file.read().replace('grade = "SEO"', 'grade = "G5"')
    with open(settings, "w") as file:
        file.write(text)
    pack = ["policy", "adopt", "gi-v3-reviews"]
    run(program, office, FIRST, "--as", "beatrix-lund", *pack, "--reason", "a bench", "--until", "2028-01-01", ok=(0,))
    run(program, office, FIRST, "--as", "tomasz-achebe", *pack, ok=(0,))
    for number, (on, event) in enumerate(history()):
        path = os.path.join(office, "inbox", f"model-{number:02}")
        with open(path + ".part", "w") as file:
            json.dump(case(number, on, event), file)
        os.rename(path + ".part", path + ".json")
        said = run(program, office, on, "run", "--once")
        assert "1 queued" in said, (event, said)
        if event["type"] == "review_completed":
            waits = json.loads(run(program, office, on, "--json", "deadlines", "--case", MODEL))["board"]["unauthorised"]
            run(program, office, on, "--as", "tomasz-achebe", "authorise", str(waits[0]["case_file"]), ok=(0,))
    return office


def fill(ledger, cases):
    """Copies the model's rows until there are so many cases, and sends its messages."""
    db = sqlite3.connect(ledger)
    db.executescript(f"""
        PRAGMA synchronous = OFF;
        BEGIN;
        UPDATE despatch SET state = 'sent', unheard = 0, record = json_set(record, '$.state', 'sent',
            '$.holds', json('[]'), '$.sent_on', issued_on, '$.receipt', json_object('by', 'tomasz-achebe',
            'on', issued_on, 'opened', json('true'), 'how', 'told the office'))
            FROM (SELECT number, issued_on FROM submission) AS own
            WHERE case_id = '{MODEL}' AND own.number = submission;
        UPDATE running_case SET digest = NULL;
        CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {cases})
            SELECT i, 1000 * i AS base, printf('FILL-%04d', i) AS in_case FROM n WHERE i < {cases};
        INSERT INTO submission (number, token, file_sha256, state, superseded, case_id, event_id, issued_on, pack, week,
            review_key, original_sha256, recorded, notes, history, open_notes)
            SELECT base + number, 'fill-' || (base + number), printf('%064x', base + number), state, superseded, in_case,
            'fill-' || (base + number), issued_on, pack, week, review_key, original_sha256,
            json_set(recorded, '$.event_id', 'fill-' || (base + number)), notes, history, open_notes
            FROM n JOIN submission WHERE case_id = '{MODEL}';
        INSERT INTO despatch (id, submission, position, state, case_id, role, entry, pack, safety, overtaken, unheard,
            unreviewed, kind, place, prepared_by, due, record)
            SELECT (base + submission) || '-' || position, base + submission, position, state, in_case, role, entry,
            pack, safety, overtaken, unheard, unreviewed, kind, place, prepared_by, due,
            json_set(record, '$.id', (base + submission) || '-' || position, '$.case_id', in_case,
            '$.event_id', 'fill-' || (base + submission))
            FROM n JOIN despatch WHERE case_id = '{MODEL}';
        INSERT INTO running_case (case_id) SELECT in_case FROM n;
        COMMIT;
    """)
    rows = db.execute("SELECT COUNT(*), COUNT(DISTINCT case_id) FROM submission").fetchone()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return rows


def timed(program, office):
    """The time and the CPU time of `deadlines` in milliseconds, and its memory in MiB."""
    words = ["/usr/bin/env", "time", "-f", "%M", program, "--office", office, "--today", str(TODAY), "deadlines"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode in (0, 1), done.stderr[-400:]
    memory = int(done.stderr.split()[-1]) / 1024
    return wall * 1e3, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3, memory


def main():
    program = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="despatch-detentions-")
    try:
        model = make(program, folder)
        head = f"{'open detentions':>16}{'case files':>12}{'first, ms':>11}{'MiB':>7}"
        print(f"{head}{'then, ms':>10}{'CPU ms':>9}{'MiB':>7}")
        for size in SIZES:
            office = os.path.join(folder, f"office-{size}")
            shutil.copytree(model, office, symlinks=True)
            rows, _ = fill(os.path.join(office, "outbox/ledger.db"), size)
            first, _, most = timed(program, office)
            laps = [timed(program, office) for _ in range(TURNS)]
            wall, cpu, memory = (statistics.median(lap[at] for lap in laps) for at in range(3))
            print(f"{size:>16,}{rows:>12,}{first:>11.1f}{most:>7.1f}{wall:>10.1f}{cpu:>9.1f}{memory:>7.1f}")
            shutil.rmtree(office)
    finally:
        shutil.rmtree(folder)


main()
