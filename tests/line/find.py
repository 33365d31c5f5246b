"""Looks for words in files, however they are wrapped.

Standard input: {"files": [...], "words": [...], "known": [...]}. Each file is searched as it is and, again and again,
as what it holds: runs of base64 and of hex, quoted-printable, deflated streams with zlib's or gzip's head or in an
archive. Words are compared without regard to capitals, in UTF-8, UTF-16, UTF-32 and Latin-1. What is "known" (a
recipient's own name) is taken out first. Prints one line a find: the word, the file and how it was wrapped.

Many words in many files are first looked for all at once, by grep; only a file in which it finds one is looked into
word by word.
"""

import base64
import binascii
import json
import quopri
import re
import subprocess
import sys
import tempfile
import zlib

DEPTH = 4
# Fewer words than this are looked for one by one.
FEW = 20
BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{16,}={0,2}")
FOR_ADDRESSES = bytes.maketrans(b"-_", b"+/")
LONG = 200
HEX = re.compile(rb"[0-9a-fA-F]{16,}")
ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
GZIP = re.compile(rb"\x1f\x8b\x08")
# The head of a deflated file in an archive; its name and extra field follow.
ZIPPED = re.compile(rb"PK\x03\x04.{4}\x08\x00.{16}(..)(..)", re.DOTALL)


def encodings(text):
    """In UTF-8, in Latin-1, in both orders of UTF-16 and of UTF-32; in small letters and, where a byte alone does not
    tell capitals, in capitals and as it is."""
    forms = set()
    for way in {text.lower()} if text.isascii() else {text, text.lower(), text.upper()}:
        forms.add(way.encode())
        for wide in ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]:
            forms.add(way.encode(wide).strip(b"\0"))
        try:
            forms.add(way.encode("latin-1"))
        except UnicodeEncodeError:
            pass
    return {form.lower() for form in forms}


def inflated(data, start, bits):
    try:
        return zlib.decompressobj(bits).decompress(data[start:])
    except zlib.error:
        return b""


def is_text(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def from_base64(data):
    for run in BASE64.finditer(data):
        text = re.sub(rb"[\r\n=]", b"", run.group())
        text = text[: len(text) - (len(text) % 4 == 1)]
        yield base64.b64decode(text + b"=" * (-len(text) % 4))


def unwrapped(data):
    for inner in from_base64(data):
        yield "base64", inner
    if is_text(data):
        for inner in from_base64(data.translate(FOR_ADDRESSES)):
            yield "base64 for addresses", inner
    for run in HEX.finditer(data):
        digits = run.group()
        yield "hex", binascii.unhexlify(digits[: len(digits) // 2 * 2])
        yield "hex", binascii.unhexlify(digits[1 : 1 + (len(digits) - 1) // 2 * 2])
    for start in ZLIB.finditer(data):
        yield "deflated", inflated(data, start.start(), 15)
    for start in GZIP.finditer(data):
        yield "gzip", inflated(data, start.start(), 31)
    for head in ZIPPED.finditer(data):
        behind = head.end() + sum(int.from_bytes(field, "little") for field in head.groups())
        yield "an archive", inflated(data, behind, -15)
    if is_text(data) and re.search(rb"=\r?\n|=[0-9A-F]{2}", data):
        yield "quoted-printable", quopri.decodestring(data)


def pieces(data, known, how=(), seen=None):
    """What is to be searched, in small letters, with how it was wrapped; what two wrappings hold alike comes once."""
    seen = set() if seen is None else seen
    if data in seen:
        return
    seen.add(data)
    # In a long run of base64 chance spells short words; what it holds is searched instead.
    lower = BASE64.sub(lambda run: b"\x00" if len(run.group()) > LONG else run.group(), data).lower()
    for text in known:
        lower = lower.replace(text, b"\x00")
    yield lower, how
    if len(how) < DEPTH:
        for wrap, inner in unwrapped(data):
            if inner:
                yield from pieces(inner, known, (wrap, *how), seen)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def suspects(files, words, known):
    """The files in which there is one of the words: all of them where there are few words to look for."""
    if len(words) < FEW:
        return files
    # To grep a line break would end the word.
    unbroken = bytes.maketrans(b"\n", b"\v")
    found = []
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(form.translate(unbroken) for _, forms in words for form in forms))
        patterns.flush()
        for path in files:
            grep = subprocess.Popen(
                ["grep", "-a", "-q", "-F", "-f", patterns.name], stdin=subprocess.PIPE, env={"LC_ALL": "C"}
            )
            try:
                for piece, _ in pieces(read(path), known):
                    grep.stdin.write(piece.translate(unbroken) + b"\n")
                grep.stdin.close()
            except BrokenPipeError:
                pass
            if grep.wait() == 0:
                found.append(path)
    return found


asked = json.load(sys.stdin)
words = [(word, encodings(word)) for word in asked["words"]]
known = [form for text in sorted(asked["known"], key=len, reverse=True) for form in encodings(text)]
for path in suspects(asked["files"], words, known):
    found = set()
    for piece, how in pieces(read(path), known):
        for word, forms in words:
            if any(form in piece for form in forms):
                found.add((word, " in ".join(how) or "as it is"))
    for word, how in sorted(found):
        print(f"{word!r} in {path}, {how}")
