#!/usr/bin/env python3
"""Enters: the program. Leaves: how long `audit verify` takes over a million events. Never: claims that the program would
write the copied rows: they are the events of one message of its own, from its making to the removal of its file, under
new ids and in one chain of valid hashes.

    cargo build --release && benches/audit.py target/release/despatch [EVENTS] [--json FILE]

The bound is 20 s for a million events (docs/performance.md).
"""
import hashlib
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

TODAY, LATER = "2026-04-01", "2026-04-20"
REVIEWER = "beatrix-lund"
TURNS = 5


def despatch(program, office, *words, day=TODAY, codes=(0,)):
    done = subprocess.run([program, "--office", office, "--today", day, *words], capture_output=True, text=True)
    assert done.returncode in codes, (words, done.returncode, done.stdout[-300:], done.stderr[-600:])
    return done.stdout


def one_life(program, office):
    """Sends one message and has its file removed; returns its id."""
    listed = json.loads(despatch(program, office, "--json", "outbox", "list", "--limit", "1000"))["despatches"]
    for one in [one["id"] for one in listed if one["state"] == "awaiting_review"]:
        despatch(program, office, "--as", REVIEWER, "outbox", "approve", one, codes=(0, 1))
        said = despatch(program, office, "send", "--once", codes=(0, 1))
        if f"{one} " in said:
            break
    despatch(program, office, "--as", REVIEWER, "outbox", "received", one)
    with open(os.path.join(office, "despatch.toml"), "a") as settings:
        settings.write("\n[retention]\nsent = 1\n")
    despatch(program, office, "--as", REVIEWER, "purge", "--do", day=LATER)
    return one


def copy(ledger, model, events):
    """Appends the events of the model under new ids until there are enough, and the rows that follow from them."""
    db = sqlite3.connect(ledger)
    db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")
    life = db.execute("SELECT version, at, actor, what, detail FROM event WHERE subject = ? ORDER BY seq", [model]).fetchall()
    seq, previous = db.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    columns = [row[1] for row in db.execute("PRAGMA table_info(despatch)")]
    row = dict(zip(columns, db.execute("SELECT * FROM despatch WHERE id = ?", [model]).fetchone()))
    removed = [file for file, in db.execute("SELECT file FROM removed WHERE file LIKE ?", [f"%/{model}.%"])]
    submission = model.split("-")[0]
    number, appended, rows, files = 0, [], [], []
    while seq < events:
        own = f"{submission}-{10_000 + number}"
        renamed = lambda text: text.replace(f'"id":"{model}"', f'"id":"{own}"').replace(f"/{model}.", f"/{own}.")
        for version, at, actor, what, detail in life:
            seq += 1
            detail = renamed(detail)
            text = json.dumps([previous, version, seq, at, actor, own, what, detail], separators=(",", ":"), ensure_ascii=False)
            known = hashlib.sha256(text.encode()).hexdigest()
            appended.append((version, seq, at, actor, own, what, detail, previous, known))
            previous = known
        own_row = {"id": own, "position": 10_000 + number, "record": renamed(row["record"])}
        rows.append([own_row.get(name, row[name]) for name in columns])
        files += [(file.replace(f"/{model}.", f"/{own}."), 0) for file in removed]
        number += 1
        if len(appended) > 20_000 or seq >= events:
            db.executemany("INSERT INTO event (version, seq, at, actor, subject, what, detail, previous, hash) VALUES "
                           "(?, ?, ?, ?, ?, ?, ?, ?, ?)", appended)
            db.executemany(f"INSERT INTO despatch ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows)
            db.executemany("INSERT INTO removed (file, pending) VALUES (?, ?)", files)
            db.commit()
            appended, rows, files = [], [], []
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return seq, number, [what for _, _, _, what, _ in life]


def main():
    numbers = [int(word) for word in sys.argv[2:] if word.isdigit()]
    program, events, laps = os.path.abspath(sys.argv[1]), numbers[0] if numbers else 1_000_000, []
    folder = tempfile.mkdtemp(prefix="despatch-audit-")
    try:
        office = os.path.join(folder, "office")
        subprocess.run([program, "--today", TODAY, "demo", "--dir", office, "--once"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        model = one_life(program, office)
        despatch(program, office, "audit", "verify", day=LATER)
        seq, messages, life = copy(os.path.join(office, "outbox/ledger.db"), model, events)
        print(f"{seq} events, of {messages} messages each: {', '.join(life)}")
        if os.environ.get("KEEP"):
            shutil.copytree(office, os.environ["KEEP"])
        for _ in range(TURNS):
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            said = despatch(program, office, "audit", "verify", day=LATER)
            wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            laps.append({"seconds": wall, "cpu_seconds": cpu, "most_mb": after.ru_maxrss / 1024})
            print(f"audit verify: {wall:.1f} s, {cpu:.1f} s of CPU, {after.ru_maxrss // 1024} MB at most; {said.splitlines()[0]}")
        if "--json" in sys.argv:
            median = statistics.median(lap["seconds"] for lap in laps)
            with open(sys.argv[sys.argv.index("--json") + 1], "w") as file:
                json.dump({"events": seq, "messages": messages, "seconds": median, "laps": laps}, file, indent=2)
    finally:
        shutil.rmtree(folder)


main()
