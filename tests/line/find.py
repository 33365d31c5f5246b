"""Looks for words in files, however they are wrapped.

Standard input: {"files": [...], "words": [...], "known": [...]}. Each file is searched as it is and, again and again,
as what it holds: runs of base64 and of hex, quoted-printable, deflated streams. Words are compared without regard to
capitals, in UTF-8, UTF-16 and Latin-1. What is "known" (a recipient's own name) is taken out first.
Prints one line a find: the word, the file and how it was wrapped.
"""

import base64
import binascii
import json
import quopri
import re
import sys
import zlib

DEPTH = 4
BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{16,}={0,2}")
LONG = 200
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")
ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")


def encodings(text):
    """In UTF-8, in Latin-1, and in what both orders of UTF-16 share."""
    forms = {text.lower().encode(), text.lower().encode("utf-16-le").rstrip(b"\0")}
    try:
        forms.add(text.lower().encode("latin-1"))
    except UnicodeEncodeError:
        pass
    return forms


def unwrapped(data):
    for run in BASE64.finditer(data):
        text = re.sub(rb"[\r\n=]", b"", run.group())
        text = text[: len(text) - (len(text) % 4 == 1)]
        yield "base64", base64.b64decode(text + b"=" * (-len(text) % 4))
    for run in HEX.finditer(data):
        yield "hex", binascii.unhexlify(run.group())
    for start in ZLIB.finditer(data):
        try:
            yield "deflated", zlib.decompressobj().decompress(data[start.start() :])
        except zlib.error:
            pass
    if b"=\r\n" in data or b"=\n" in data or re.search(rb"=[0-9A-F]{2}", data):
        yield "quoted-printable", quopri.decodestring(data)


def search(data, words, known, how, found):
    # In a long run of base64 chance spells short words; what it holds is searched instead.
    lower = BASE64.sub(lambda run: b"\x00" if len(run.group()) > LONG else run.group(), data).lower()
    for text in known:
        lower = lower.replace(text, b"\x00")
    for word, forms in words:
        if any(form in lower for form in forms):
            found.add((word, " in ".join(how) or "as it is"))
    if len(how) < DEPTH:
        for wrap, inner in unwrapped(data):
            if inner != data:
                search(inner, words, known, [wrap, *how], found)


asked = json.load(sys.stdin)
words = [(word, encodings(word)) for word in asked["words"]]
known = [form for text in sorted(asked["known"], key=len, reverse=True) for form in encodings(text)]
for path in asked["files"]:
    found = set()
    with open(path, "rb") as file:
        search(file.read(), words, known, [], found)
    for word, how in sorted(found):
        print(f"{word!r} in {path}, {how}")
