#!/usr/bin/env python3
"""Enters: the program. Leaves: how long commands take with 1,000, 10,000 and 100,000 messages on record, as a table.
Never: claims that the program would write the filled rows: they are copies of its own.

    cargo build --release && benches/growth.py target/release/despatch [--json FILE]

Each office has the same 20 messages that wait; all others have been sent and opened, and their cases are over. The last
column is 100,000 against 1,000, of the CPU time, which says more than the clock on a machine that others use too.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from fill import fill

SIZES = [1_000, 10_000, 100_000]
TURNS = 7
TODAY = "2026-04-01"
COMMANDS = [
    ("send, nothing due", ["send", "--once"]),
    ("a page of the outbox", ["outbox", "list"]),
    ("its last page", ["outbox", "list", "--page", "LAST"]),
    ("what is sent", ["outbox", "list", "--state", "sent"]),
    ("deadlines", ["deadlines"]),
    ("overview", ["overview"]),
    ("find by reference", ["find", "FILL-0007"]),
    ("a run without a case", ["run", "--once"]),
]
PER_PAGE = 50
CASE = {
    "schema": "despatch-case/1", "case_id": "GROWTH-NUMBER", "home_office_reference": "X80NUMBER",
    "event_id": "growth-NUMBER", "event": {"type": "release_decided", "decided_on": TODAY},
    "prepared_by": "imran-castellan",
    "person": {"name": "Drita Hoxhallari", "date_of_birth": "1989-11-23", "nationality": "Albanian",
               "language": "Albanian", "interpreter_needed": True},
    "detention": {"place": "yarls-wood", "since": "2026-01-29"},
    "caseworker": {"entry": "caseworker-marisol", "reference": "CW/4/0177"}, "attachments": [],
}


def timed(program, office, words):
    """The time and the CPU time of a command, in milliseconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([program, "--office", office, "--today", TODAY, *words], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    # 1: something waits for a person, as in the demo.
    assert done.returncode in (0, 1), (words, done.returncode, done.stderr[-400:])
    return wall * 1e3, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def letter(program, office, number):
    """A run that takes in one case more."""
    path = os.path.join(office, "inbox", f"growth-{number}")
    with open(path + ".part", "w") as file:
        file.write(json.dumps(CASE).replace("NUMBER", f"{number:05}"))
    os.rename(path + ".part", path + ".json")
    return timed(program, office, ["run", "--once"])


class Office:
    """A folder, and how many messages are on record in it."""

    def __init__(self, folder, rows):
        self.folder, self.rows = folder, rows

    def pages(self, words):
        return [str(self.rows // PER_PAGE) if word == "LAST" else word for word in words]


def office_with(size, first, folder):
    """A copy of the first office with so many messages."""
    shutil.copytree(first, folder, symlinks=True)
    rows, cases = fill(os.path.join(folder, "outbox/ledger.db"), size, cases=size // 20, waiting=0, over=True)
    print(f"{rows} messages of {cases} cases on record", file=sys.stderr)
    return Office(folder, rows)


def in_turn(table, name, offices, measured):
    """One turn in each office after the other, so that what else the machine does slows all sizes alike; the first turn
    warms up and is not kept."""
    turns = [[measured(office, turn) for office in offices] for turn in range(TURNS + 1)]
    table[name] = [[turn[at] for turn in turns[1:]] for at in range(len(offices))]


def main():
    program = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="despatch-growth-")
    table = {}
    try:
        first = os.path.join(folder, "demo")
        subprocess.run([program, "--today", TODAY, "demo", "--dir", first, "--once"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # It waits for its attachment, for good.
        os.remove(os.path.join(first, "inbox", "07-attachment-missing.json"))
        offices = [office_with(size, first, os.path.join(folder, f"office-{size}")) for size in SIZES]
        for name, words in COMMANDS:
            in_turn(table, name, offices, lambda office, _: timed(program, office.folder, office.pages(words)))
        in_turn(table, "a run with one case", offices, lambda office, turn: letter(program, office.folder, turn))
    finally:
        shutil.rmtree(folder)
    median = lambda laps, at: statistics.median(lap[at] for lap in laps)
    if "--json" in sys.argv:
        rows = {name: {"ms": [median(laps, 0) for laps in sizes], "cpu_ms": [median(laps, 1) for laps in sizes],
                       "ratio": median(sizes[-1], 1) / median(sizes[0], 1)} for name, sizes in table.items()}
        with open(sys.argv[sys.argv.index("--json") + 1], "w") as file:
            json.dump({"sizes": SIZES, "turns": TURNS, "rows": rows}, file, indent=2)
    print(f"{'':24}" + "".join(f"{size:>18,}" for size in SIZES) + "     ratio")
    print(f"{'':24}" + "".join(f"{'ms':>9}{'CPU ms':>9}" for _ in SIZES))
    for name, sizes in table.items():
        cells = "".join(f"{median(laps, 0):9.1f}{median(laps, 1):9.1f}" for laps in sizes)
        print(f"{name:24}{cells}{median(sizes[-1], 1) / median(sizes[0], 1):10.2f}")


main()
