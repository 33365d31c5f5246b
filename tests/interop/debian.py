"""Debian's age, which reads a passphrase from a terminal only: each of its processes gets one."""
import os
import pty
import subprocess

from sizes import FOLDER, RECIPIENT, WORDS, has_words, sizes


def at_a_terminal(*words):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(words[0], words)
    said = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
        # "Enter passphrase:" and, when it seals, "Confirm passphrase:".
        if b"passphrase" in said and said.rstrip().endswith(b":"):
            os.write(terminal, WORDS.encode() + b"\n")
            said = b""
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, (words, said)


for n in sizes():
    plain = str(FOLDER / f"plain-{n}")
    at = {name: str(FOLDER / name.format(n)) for name in
          ("despatch-key-{}.age", "despatch-words-{}.age", "opened-key-{}", "opened-words-{}", "debian-key-{}.age",
           "debian-words-{}.age")}
    key = str(FOLDER / "key.txt")
    subprocess.run(["age", "-d", "-i", key, "-o", at["opened-key-{}"], at["despatch-key-{}.age"]], check=True)
    subprocess.run(["age", "-r", RECIPIENT, "-o", at["debian-key-{}.age"], plain], check=True)
    opened = ["opened-key-{}"]
    if has_words(n):
        at_a_terminal("age", "-d", "-o", at["opened-words-{}"], at["despatch-words-{}.age"])
        at_a_terminal("age", "-p", "-o", at["debian-words-{}.age"], plain)
        opened.append("opened-words-{}")
    # age writes nothing for nothing: an empty document has no file.
    for name in opened:
        open(at[name], "ab").close()
