#!/usr/bin/env python3
"""Enters: the program. Leaves: how fast its pages answer ten people, with 100,000 messages of 1,000 cases on record.
Never: claims that the program would write the filled rows: they are copies of its own.

    cargo build --release && benches/pages.py target/release/despatch [--json FILE]

The bounds are printed beside the figures; nothing fails by them.
"""
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from fill import fill

DESPATCHES = 100_000
CASES = 1_000
PEOPLE = 10
ROUNDS = 12
TODAY = "2026-04-01"
PASSPHRASE = "made up for the demonstration"
REVIEWERS = ["beatrix-lund", "tomasz-achebe"]


class Browser:
    """Somebody who is signed in."""

    def __init__(self, port, reviewer=REVIEWERS[0]):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookie = ""
        self.post("/sign-in", {"name": reviewer, "passphrase": PASSPHRASE})
        self.token = re.search(r'name="token" value="([0-9a-f]+)"', self.get("/passphrase")[1]).group(1)

    def answer(self):
        response = self.connection.getresponse()
        body = response.read()
        cookie = response.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        return response.status, body.decode("utf-8", "replace"), response

    def get(self, path):
        self.connection.request("GET", path, headers={"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"})
        return self.answer()

    def post(self, path, fields):
        body = urllib.parse.urlencode(fields)
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}", "Sec-Fetch-Site": "same-origin",
                   "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", path, body=body, headers=headers)
        return self.answer()


def memory(pid):
    """The resident memory of a process and those below it, each in MB, in shared pages counted once."""
    below = [int(child) for child in open(f"/proc/{pid}/task/{pid}/children").read().split()]
    for task in os.listdir(f"/proc/{pid}/task"):
        below += [int(child) for child in open(f"/proc/{pid}/task/{task}/children").read().split()]
    sizes = {}
    for one in {pid, *below}:
        try:
            pss = re.search(r"^Pss:\s+(\d+)", open(f"/proc/{one}/smaps_rollup").read(), re.M)
            words = open(f"/proc/{one}/cmdline").read().split("\0")
            sizes[f"{words[1] if len(words) > 1 and words[1].endswith('worker') else 'service'} {one}"] = int(pss.group(1)) // 1024
        except (OSError, AttributeError):
            pass
    return sizes


def main():
    program = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="despatch-pages-")
    office = os.path.join(folder, "office")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([program, "--today", TODAY, "demo", "--dir", office, "--once"], check=True, **quiet)
    print("%d messages of %d cases on record" % fill(os.path.join(office, "outbox/ledger.db"), DESPATCHES, CASES, waiting=150))
    service = subprocess.Popen([program, "--office", office, "--today", TODAY, "serve", "--listen", "127.0.0.1:0"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    port = None
    for line in service.stderr:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found:
            port = int(found.group(1))
            break
    threading.Thread(target=service.stderr.read, daemon=True).start()
    time.sleep(1)
    try:
        first = Browser(port)
        page = first.get("/review?case=DEMO")[1]
        ids = [one for one in dict.fromkeys(re.findall(r'href="/review/([0-9]+-[0-9]+)"', page))]
        message = ids[0]
        for one in ids:
            status, _, _ = first.post(f"/review/{one}/open", {"token": first.token})
            body = first.get(f"/review/{one}/documents/1")[1]
            if status == 303 and body.count("/documents/") > 4:
                message = one
                break
        subjects = {
            "list (p95 under 100 ms)": [f"/review?page={page}" for page in range(1, 6)],
            "list, filtered (p95 under 100 ms)": ["/review?deadline=week", "/review?state=sent&page=7", "/review?role=doctor"],
            "search by reference (under 100 ms)": ["/review?case=FILL-0500", "/review?case=FILL-09", "/review?case=DEMO"],
            "message (under 300 ms)": [f"/review/{message}"],
            "its document with pages (under 300 ms)": [f"/review/{message}/documents/1"],
            "a page as a picture": [f"/review/{message}/documents/1/pages/1"],
        }
        times = {subject: [] for subject in subjects}
        alone = {subject: [] for subject in subjects}
        for subject, paths in subjects.items():
            for turn in range(ROUNDS):
                start = time.perf_counter()
                status, _, _ = first.get(paths[turn % len(paths)])
                alone[subject].append((time.perf_counter() - start) * 1e3)
                assert status == 200, (subject, status)
        lock = threading.Lock()

        def browse(number):
            browser = Browser(port, REVIEWERS[number % 2])
            for turn in range(ROUNDS):
                for subject, paths in subjects.items():
                    path = paths[(turn + number) % len(paths)]
                    start = time.perf_counter()
                    status, _, _ = browser.get(path)
                    took = (time.perf_counter() - start) * 1e3
                    assert status == 200, (path, status)
                    with lock:
                        times[subject].append(took)
                    # Somebody reads between two pages.
                    time.sleep(0.5)

        people = [threading.Thread(target=browse, args=(number,)) for number in range(PEOPLE)]
        for one in people:
            one.start()
        for one in people:
            one.join()
        print(f"{'':45} one person alone      {PEOPLE} people at once")
        print(f"{'':45} median   p95 (ms)     median   p95 (ms)")
        p95 = lambda values: sorted(values)[int(len(values) * 0.95)]
        for subject in subjects:
            one, all_ = alone[subject], times[subject]
            print(f"{subject:45} {statistics.median(one):6.1f} {p95(one):7.1f}      {statistics.median(all_):6.1f} {p95(all_):7.1f}")
        sizes = memory(service.pid)
        if "--json" in sys.argv:
            told = lambda values: {"median_ms": statistics.median(values), "p95_ms": p95(values)}
            with open(sys.argv[sys.argv.index("--json") + 1], "w") as file:
                json.dump({"messages": DESPATCHES, "people": PEOPLE, "memory_mb": sizes, "pages": {
                    subject: {"alone": told(alone[subject]), "together": told(times[subject])} for subject in subjects
                }}, file, indent=2)
        print(f"memory (under 200 MB): {sum(sizes.values())} MB:", ", ".join(f"{name} {size}" for name, size in sizes.items()))
    finally:
        service.kill()
        service.wait()
        subprocess.run(["rm", "-rf", folder], check=True)


main()
