#!/usr/bin/env python3
"""Enters: the program, built for release, and which parts to measure. Leaves: one table of what was measured against the
targets, printed and in docs/performance.md, with docs/performance.json and docs/performance.svg.
Never: calls a target met that was not measured, or drops a figure because it is missed.

    cargo bench                                   all parts but `build`
    cargo bench --bench table -- line check       these parts; the other rows stay as they were measured last
    cargo bench --bench table -- --show           only print, and write the page and the chart anew
"""
import datetime
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import chart

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CARGO = os.environ.get("CARGO", "cargo")
DOCS = os.path.join(ROOT, "docs")
JSON, SVG, PAGE = (os.path.join(DOCS, f"performance.{ending}") for ending in ("json", "svg", "md"))
BEGIN, END = "<!-- measured: written by cargo bench -->", "<!-- end of what was measured -->"
TODAY = "2026-11-23"
TURNS = 7
# Of the bench that runs this: ring is built anew where another package's are seen, and everything that uses it.
OF_THIS_BENCH = ("CARGO_PKG_", "CARGO_MANIFEST_")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(OF_THIS_BENCH)}


class NotMeasured(Exception):
    """Why a part has no figure on this machine."""


def run(*words, **more):
    print("==>", " ".join(os.path.relpath(word, ROOT) if word.startswith(ROOT) else word for word in words), flush=True)
    done = subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, **more)
    if done.returncode:
        raise NotMeasured(f"`{os.path.basename(words[0])} {' '.join(words[1:4])}` failed")
    return done


def with_json(*words):
    """Runs a bench that writes JSON, and returns that."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        run(*words, "--json", file.name)
        return json.load(open(file.name))


def cargo_bench(name, *words):
    return with_json(CARGO, "bench", "--bench", name, "--", *words)


# The parts: what each measures, as it is kept in docs/performance.json.

def line(_):
    return cargo_bench("line", "ratio", "--workers", "2")["ratio"]


def instructions(_):
    if not shutil.which("valgrind"):
        raise NotMeasured("there is no valgrind (Debian's package)")
    return cargo_bench("instructions")


def peers(_):
    for tool in ("taskset", "pdfinfo", "pdftotext"):
        if not shutil.which(tool):
            raise NotMeasured(f"there is no {tool}")
    return with_json(sys.executable, os.path.join(HERE, "peers", "run.py"))


def drop(_):
    return cargo_bench("line", "drop")["drop"]


def start(_):
    return cargo_bench("line", "start")["start"]


def memory(_):
    return cargo_bench("memory")


def growth(program):
    return with_json(sys.executable, os.path.join(HERE, "growth.py"), program)


def check(program):
    """CPU of `check`, in an office that has the program's templates alone."""
    with tempfile.TemporaryDirectory(prefix="despatch-check-") as folder:
        office = os.path.join(folder, "office")
        run(program, "--today", TODAY, "demo", "--dir", office, "--once", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        laps = []
        for _ in range(TURNS):
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            done = subprocess.run([program, "--office", office, "--today", TODAY, "check"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            # 1: something is to be seen to, as in the demo.
            assert done.returncode in (0, 1), done.returncode
            laps.append({"cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                         "seconds": time.perf_counter() - began})
    return {"laps": laps, **{key: statistics.median(lap[key] for lap in laps) for key in laps[0]}}


def sending(_):
    return cargo_bench("sending")


def audit(program):
    return with_json(sys.executable, os.path.join(HERE, "audit.py"), program)


def size(program):
    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "despatch")
        run("strip", "-o", stripped, program)
        return {"bytes": os.path.getsize(stripped), "unstripped_bytes": os.path.getsize(program)}


def crates(_):
    """The crates that are compiled for the program: normal and build dependencies, ours too, each version once."""
    words = (CARGO, "tree", "--locked", "-p", "despatch", "-e", "normal,build", "--prefix", "none", "--no-dedupe", "-f", "{p}")
    tree = run(*words, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {"crates": len({re.sub(r" \(.*", "", one) for one in tree if one})}


def build(_):
    """A clean build, into a folder of its own: some minutes, on cores that should be idle."""
    with tempfile.TemporaryDirectory(prefix="despatch-build-", dir=os.environ.get("DESPATCH_BENCH_DISK")) as folder:
        run(CARGO, "fetch", "--locked")
        began = time.perf_counter()
        run(CARGO, "build", "--release", "--locked", "--offline", "--target-dir", folder)
        return {"seconds": time.perf_counter() - began, "cores": os.cpu_count(), "load_before": os.getloadavg()}


PARTS = {part.__name__: part for part in
         (line, instructions, peers, drop, start, memory, growth, check, sending, audit, size, crates, build)}
ASKED_FOR = ["build"]


# The rows: each with its part, its target, and how far from that a figure is.

def at_most(value, bound):
    return value / bound


def at_least(value, bound):
    return bound / value


def all_of(*shares):
    return max(shares)


def grown(measured):
    return max(measured["rows"][name]["ratio"] for name in GROWING)


GROWING = {"a run with one case": "a letter", "a page of the outbox": "a page of 50 of the list",
           "send, nothing due": "`send` with nothing due", "deadlines": "`deadlines`"}


def two_workers(measured):
    return next(one for one in measured["workers"] if one["workers"] == 2)


def against_weasyprint(measured):
    if "weasyprint" not in measured["peers"]:
        raise NotMeasured("WeasyPrint is not installed (`benches/peers/run.py --install`)")
    return measured["line"]["per_s"] / measured["peers"]["weasyprint"]["per_s"]


def sizes_of_memory(measured):
    few, many = (one["most_mb"] for one in measured["runs"])
    return few, many, many / few


def fastest(measured):
    return max(measured["connections"], key=lambda one: one["per_s"])


def ratio_text(measured):
    two = two_workers(measured)
    return f"{two['ratio']:.2f} (least {two['least']:.2f}; {two['line_per_s']:.0f} of {two['raw_per_s']:.0f} letters/s)"


def floor_text(measured):
    floor = measured["floor"]
    ours, theirs = floor["pages"]
    return (f"{floor['same_words']:.2f} times (a page of ours {floor['raw_page'] / 1e6:.1f} M, the same words "
            f"{floor['raw_page'] / floor['same_words'] / 1e6:.1f} M; against a page of theirs, of which they take {theirs:.0f} for "
            f"{ours:.0f}, {floor['ratio']:.2f} times)")


def growth_text(measured):
    return "; ".join(f"{label} {measured['rows'][name]['ratio']:.2f}" for name, label in GROWING.items())


def peers_text(measured):
    against = against_weasyprint(measured)
    return (f"{against:.1f} times ({measured['line']['per_s']:.0f} against {measured['peers']['weasyprint']['per_s']:.1f} "
            f"letters/s; the raw loop {measured['raw']['per_s']:.0f})")


def memory_text(measured):
    few, many, more = sizes_of_memory(measured)
    return f"{many:.0f} MB; {(more - 1) * 100:+.0f}% from {few:.0f} MB"


# Bar, target, part, what was measured in words, and the share of the target that it takes: up to 1 is met.
ROWS = [
    ("the line against the raw typst loop, same jobs, 2 workers", "at least 0.85", "line", ratio_text,
     lambda m: at_least(two_workers(m)["ratio"], 0.85)),
    ("instructions a letter, the whole line against the raw loop", "at most 1.2 times", "instructions",
     lambda m: f"{m['line']['ratio']:.2f} times (main {m['line']['main'] / 1e6:.1f} M, worker {m['line']['worker'] / 1e6:.1f} M, raw {m['raw'] / 1e6:.1f} M)",
     lambda m: at_most(m["line"]["ratio"], 1.2)),
    ("the floor: instructions a page of the raw loop against the same words as a plain letter of stock typst", "at most 1.5 times", "instructions",
     floor_text, lambda m: at_most(m["floor"]["same_words"], 1.5)),
    ("the line against WeasyPrint PDF/UA alone, a core each", "at least 20 times", "peers", peers_text,
     lambda m: at_least(against_weasyprint(m), 20)),
    ("from drop to reviewable, idle office, six despatches", "p50 at most 60 ms, p99 at most 250 ms", "drop",
     lambda m: f"p50 {m['p50_ms']:.0f} ms, p99 {m['p99_ms']:.0f} ms, of {m['times']}",
     lambda m: all_of(at_most(m["p50_ms"], 60), at_most(m["p99_ms"], 250))),
    ("from a cold start to the first letter queued", "at most 300 ms", "start",
     lambda m: f"{m['p50_ms']:.0f} ms (median of {m['times']}, most {m['most_ms']:.0f} ms)",
     lambda m: at_most(m["p50_ms"], 300)),
    ("memory of all processes, 20,000 letters; and from 2,000 letters on", "at most 256 MB; at most 10% more", "memory",
     memory_text, lambda m: all_of(at_most(sizes_of_memory(m)[1], 256), at_most(sizes_of_memory(m)[2], 1.1))),
    ("cost with 100,000 messages on record against 1,000", "at most 1.1 times each", "growth", growth_text,
     lambda m: at_most(grown(m), 1.1)),
    ("`check` of an office without templates of its own", "at most 1 s of CPU", "check",
     lambda m: f"{m['cpu_seconds']:.2f} s of CPU", lambda m: at_most(m["cpu_seconds"], 1)),
    ("sending messages of 60 kB to a relay on loopback that accepts at once", "at least 500 a second", "sending",
     lambda m: f"{fastest(m)['per_s']:.0f} a second over {fastest(m)['connections']} connections ({fastest(m)['cpu_ms']:.2f} ms of CPU each; the relay alone takes {fastest(m)['relay_alone_per_s']:.0f})",
     lambda m: at_least(fastest(m)["per_s"], 500)),
    ("`audit verify` of 1,000,000 events", "at most 20 s", "audit", lambda m: f"{m['seconds']:.1f} s",
     lambda m: at_most(m["seconds"] * 1e6 / m["events"], 20)),
    ("the program, stripped", "at most 60 MB", "size", lambda m: f"{m['bytes'] / 1e6:.1f} MB", lambda m: at_most(m["bytes"] / 1e6, 60)),
    ("a clean build on 2 idle cores", "at most 7 minutes", "build",
     lambda m: f"{m['seconds'] / 60:.1f} minutes on {m['cores']} cores (load {m['load_before'][0]:.1f} before)",
     lambda m: at_most(m["seconds"], 420)),
    ("crates", "at most 450", "crates", lambda m: str(m["crates"]), lambda m: at_most(m["crates"], 450)),
]


def rows(kept):
    """Each row with what was measured, whether that meets the target (None: it was not measured), and its share of it."""
    told = []
    for bar, target, part, text, share in ROWS:
        one = kept["parts"].get(part, {"missing": "not measured yet"})
        try:
            if "measured" not in one:
                raise NotMeasured(one["missing"])
            figure, taken = text(one["measured"]), share(one["measured"])
            met = "yes" if taken <= 1 else f"no, {(taken - 1) * 100:.0f}% off"
            told.append({"bar": bar, "target": target, "figure": figure, "share": taken, "met": met, "on": one["on"],
                         "commit": one["commit"]})
        except NotMeasured as why:
            told.append({"bar": bar, "target": target, "figure": f"not measured: {why}", "share": None, "met": "–", "on": "",
                         "commit": ""})
    return told


def table(told):
    lines = ["| bar | target | measured | met | when, at which commit |", "|---|---|---|---|---|"]
    return "\n".join(lines + [f"| {one['bar']} | {one['target']} | {one['figure']} | {one['met']} | {one['on']} {one['commit']} |"
                              for one in told])


def curve(kept):
    """What grows with the record, in ms of CPU."""
    measured = kept["parts"].get("growth", {}).get("measured")
    if not measured:
        return ""
    heads = " | ".join(f"{size:,}" for size in measured["sizes"])
    lines = [f"| ms of CPU with so many messages on record | {heads} | ratio |", "|---|" + "---|" * (len(measured["sizes"]) + 1)]
    for name, one in measured["rows"].items():
        lines.append(f"| {name} | " + " | ".join(f"{ms:.0f}" for ms in one["cpu_ms"]) + f" | {one['ratio']:.2f} |")
    return "\n".join(lines)


def others(kept):
    """The same letter set by other programs."""
    measured = kept["parts"].get("peers", {}).get("measured")
    if not measured:
        return ""
    line, letter = measured["line"]["per_s"], measured["letter"]
    rates = {"despatch, the whole line": line, "despatch, the raw loop": measured["raw"]["per_s"]}
    rates |= {name: one["per_s"] for name, one in measured["peers"].items()}
    lines = [f"| a letter of {letter['pages']} pages and {letter['words']} words, a core each | letters/s | ms each | the line is faster by |",
             "|---|---|---|---|"]
    lines += [f"| {name} | {rate:.1f} | {1e3 / rate:.1f} | {line / rate:.1f} times |"
              for name, rate in sorted(rates.items(), key=lambda one: -one[1])]
    lines += [f"| {name} | not measured: {why} | | |" for name, why in measured["missing"].items()]
    return "\n".join(lines)


def write(kept):
    told = rows(kept)
    with open(JSON, "w") as file:
        json.dump(kept, file, indent=2, sort_keys=True)
        file.write("\n")
    with open(SVG, "w") as file:
        file.write(chart.svg(told, kept["parts"]))
    with open(PAGE) as file:
        page = file.read()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    machine = kept["machine"]
    parts = [f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB of memory.", table(told), curve(kept), others(kept)]
    with open(PAGE, "w") as file:
        file.write(before + BEGIN + "\n\n" + "\n\n".join(part for part in parts if part) + "\n\n" + END + after)
    return told


def machine():
    about = open("/proc/cpuinfo").read()
    memory = re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read())
    name = re.search(r"model name\s*:\s*(.+)", about)
    return {"cores": os.cpu_count(), "processor": name.group(1).strip() if name else "an unnamed processor",
            "memory_gb": round(int(memory.group(1)) / 1e6)}


def commit():
    said = subprocess.run(["git", "rev-parse", "--short=8", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "-uno", "--", ":!docs"], cwd=ROOT, capture_output=True, text=True).stdout
    return said + ("+" if changed.strip() else "")


def main():
    program, words = os.path.abspath(sys.argv[1]), sys.argv[2:]
    unknown = [word for word in words if word not in PARTS and word != "--show"]
    if unknown:
        sys.exit(f"{unknown[0]} is none of {', '.join(PARTS)}")
    wanted = words or [name for name in PARTS if name not in ASKED_FOR]
    try:
        kept = json.load(open(JSON))
    except FileNotFoundError:
        kept = {"parts": {}}
    kept["machine"] = machine()
    for name in [one for one in wanted if one in PARTS]:
        about = {"on": datetime.date.today().isoformat(), "commit": commit()}
        try:
            kept["parts"][name] = {"measured": PARTS[name](program), **about}
        except NotMeasured as why:
            print(f"{name}: not measured: {why}")
            kept["parts"][name] = {"missing": str(why), **about}
        told = write(kept)
    if "--show" in words:
        told = write(kept)
    for one in told:
        print(f"{one['met']:14} {one['bar']}\n{'':14} {one['target']}: {one['figure']}")


main()
