#!/usr/bin/env python3
"""Other programs that set letters, beside despatch, on the same letter and a core each, in one run.

    benches/peers/run.py --install      install what is missing, then measure
    benches/peers/run.py                measure what is there
    options: --turns N (5)   --json FILE   --only NAME,NAME

Enters: the invitation that the line makes for a made-up person. Its words are read from the tags of its PDF: headings,
paragraphs, items. Leaves: letters and pages a second of each program that sets the same blocks on A4 with margins of 25 mm at
12 points in Liberation Sans, the median of five turns, each program in its turn. Each is spaced so that its letter has as many
pages as ours. Never: counts a program whose PDF lacks a word of the letter or has other pages.

    WeasyPrint      PDF/UA-1, one process
    ReportLab       no tags, one process
    typst-py        typst in Python: PDF/A-2a with PDF/UA-1, one process
    typst           its own command: PDF/A-2a with PDF/UA-1, a process a letter
    XeLaTeX         no tags, one pass, a process a letter
    LibreOffice     PDF/UA, one process for all letters, its start included
    despatch, raw   typst in a loop with our templates: PDF/A-2a with PDF/UA-1, the same invitation
    despatch        the whole line, on one core as well: six messages of an appointment, their letters and cover notes parsed,
                    planned, typeset, checked, sealed, composed and flushed to the disk

Python's packages go into the venv of the tests' tools ($DESPATCH_TOOLS, tests/run), the others are Debian's; typst's own
command is built by cargo, which takes ten minutes and more. Letters differ in their numbers alone, in every program.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import letter as letters
import set as peers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PYTHON = os.path.join(peers.TOOLS, "bin", "python3")
CARGO = os.environ.get("CARGO", "cargo")
TEMPLATE = "/invitation/letter.typ"
PYPI = ["weasyprint==70.0", "reportlab==5.1.0", "typst==0.15.2"]
DEBIAN = ["libreoffice-writer-nogui", "texlive-xetex", "texlive-latex-recommended", "fonts-liberation", "libpango-1.0-0",
          "libpangoft2-1.0-0", "libharfbuzz-subset0", "poppler-utils"]
TYPST = "0.15.1"
# Letters of one turn, as many as take some seconds.
PEERS = {"weasyprint": 20, "reportlab": 60, "typst-py": 100, "typst": 20, "xelatex": 5, "libreoffice": 20}
NAMES = {"weasyprint": "WeasyPrint", "reportlab": "ReportLab", "typst-py": "typst-py", "typst": "typst", "xelatex": "XeLaTeX",
         "libreoffice": "LibreOffice"}
CASES = 60
SPACINGS = [1.0, 1.1, 1.2, 0.9, 1.3, 0.8, 1.4, 1.5, 1.6, 1.7, 1.8]
ONE_CORE = ["taskset", "-c", "0"]


def install():
    missing = [name for name in DEBIAN if subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", name], capture_output=True, text=True).stdout != "installed"]
    if missing:
        root = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*root, "apt-get", "update", "-qq"], check=True)
        subprocess.run([*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True)
    subprocess.run([os.path.join(ROOT, "tests", "run"), "--install-only"], check=True)
    pip = [PYTHON, "-m", "pip"]
    if subprocess.run([*pip, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        pip = ["python3", "-m", "pip", "--python", PYTHON]
    subprocess.run([*pip, "install", "--quiet", "--disable-pip-version-check", *PYPI], check=True)
    if peers.typst_command() is None:
        subprocess.run([CARGO, "install", "--locked", "--version", TYPST, "--root", peers.TOOLS, "typst-cli"], check=True)


def bench(name):
    """Builds a bench, and returns its program."""
    words = [CARGO, "bench", "--bench", name, "--no-run", "--message-format=json"]
    built = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line)["executable"] for line in built.splitlines() if '"executable":"' in line][-1]


def recorded(line, folder):
    """What the line gives its workers, the first invitation among it as a PDF."""
    subprocess.run([line, "--record", folder, "--cases", str(CASES)], check=True, stdout=subprocess.DEVNULL)
    jobs = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".jobs")]
    made = os.path.join(folder, "made")
    os.mkdir(made)
    # Those of several cases come side by side: among so many there is an invitation.
    said = subprocess.run([bench("instructions"), "write-letters", "100", jobs[0], made], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    number = next(words[0] for words in map(str.split, said.splitlines()) if words[1] == TEMPLATE)
    return jobs, os.path.join(made, f"{number}.pdf")


def lap(peer, folder, number, spacing):
    words = [*ONE_CORE, PYTHON, os.path.join(HERE, "set.py"), peer, folder, str(number), str(spacing)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it failed"])[-1])
    return json.loads(done.stdout)


def spaced(peer, folder, blocks, pages):
    """The spacing with which a program's letter has as many pages as ours, and its words."""
    for spacing in SPACINGS:
        lap(peer, folder, 1, spacing)
        pdf = os.path.join(folder, f"{peer}-0.pdf")
        lacking = letters.lacking(pdf, blocks)
        if lacking:
            raise RuntimeError(f"its PDF lacks {lacking}")
        if letters.pages_of(pdf) == pages:
            return spacing
    raise RuntimeError(f"its letter never has {pages} pages")


def raw_lap(line, jobs):
    """One turn of typst in a loop with our templates."""
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "RUST_MIN_STACK": str(64 << 20), "DESPATCH_BENCH_TEMPLATE": TEMPLATE}
    child = subprocess.Popen([*ONE_CORE, line, "raw-loop", "0", "1", "0.1", *jobs], env=environment, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == "warm\n"
    start = time.perf_counter()
    child.stdin.write("go\n")
    child.stdin.flush()
    number = int(child.stdout.readline())
    took = time.perf_counter() - start
    child.stdin.close()
    child.stdout.read()
    assert child.wait() == 0
    return {"letters": number, "seconds": took}


def of_line(line, folder, turns):
    """The whole line with one worker on one core."""
    path = os.path.join(folder, "line.json")
    words = [*ONE_CORE, line, "ratio", "--workers", "1", "--turns", str(turns), "--cases", str(CASES), "--entries", "0",
             "--json", path]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    with open(path) as file:
        return json.load(file)["ratio"]["workers"][0]["line_per_s"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("--only", type=lambda text: text.split(","))
    asked = parser.parse_args()
    if asked.install:
        install()
    folder = tempfile.mkdtemp(prefix="despatch-peers-")
    try:
        measured = measure(folder, asked)
    finally:
        shutil.rmtree(folder)
    show(measured)
    if asked.json:
        with open(asked.json, "w") as file:
            json.dump(measured, file, indent=2)


def measure(folder, asked):
    line = bench("line")
    jobs, pdf = recorded(line, folder)
    blocks, pages = letters.blocks(pdf), letters.pages_of(pdf)
    assert not letters.lacking(pdf, blocks), "the blocks are not the letter's own"
    with open(os.path.join(folder, "letter.json"), "w") as file:
        json.dump(blocks, file)
    spacings, missing = {}, {}
    for peer in asked.only or PEERS:
        try:
            spacings[peer] = spaced(peer, folder, blocks, pages)
        except (RuntimeError, OSError) as error:
            missing[peer] = str(error)
    laps = {peer: [] for peer in (*spacings, "raw")}
    for _ in range(asked.turns):
        laps["raw"].append(raw_lap(line, jobs))
        for peer, spacing in spacings.items():
            laps[peer].append(lap(peer, folder, PEERS[peer], spacing))
    median = lambda peer: statistics.median(lap["letters"] / lap["seconds"] for lap in laps[peer])
    words = sum(letters.words("\n".join(text for _, text in blocks)).values())
    return {
        "letter": {"pages": pages, "words": words}, "turns": asked.turns,
        "peers": {peer: {"per_s": median(peer), "spacing": spacings[peer]} for peer in spacings},
        "missing": missing,
        "raw": {"per_s": median("raw")}, "line": {"per_s": of_line(line, folder, asked.turns)},
    }


def show(measured):
    line, pages = measured["line"]["per_s"], measured["letter"]["pages"]
    print(f"The same letter of {pages} pages and {measured['letter']['words']} words, a core each, medians of {measured['turns']}")
    rows = [("despatch, the whole line *", line), ("despatch, raw loop", measured["raw"]["per_s"])]
    rows += [(NAMES[peer], one["per_s"]) for peer, one in measured["peers"].items()]
    for name, rate in sorted(rows, key=lambda row: -row[1]):
        print(f"  {name:28} {rate:8.1f} letters/s {1e3 / rate:9.1f} ms each   the line is {line / rate:7.1f} times as fast")
    for peer, why in measured["missing"].items():
        print(f"  {NAMES[peer]:28} not measured: {why} (--install installs it)")
    print("  * its letters are all of an appointment's, cover notes among them, sealed and on the disk")


if __name__ == "__main__":
    main()
