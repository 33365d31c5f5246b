#!/usr/bin/env python3
"""Enters: tagged PDFs that despatch made. Leaves: their words in blocks (headings, paragraphs, items of lists), read from the
tags with poppler's pdfinfo, and the same blocks as a plain letter of stock typst. Never: takes a word from anywhere else, or
calls two letters the same whose words differ.

    letter.py markup FOLDER   writes N.typ beside each N.pdf
    letter.py pages FOLDER    how many pages each N.pdf and each N.stock.pdf has, once their words are compared
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

HEADINGS = {"H1": "h1", "H2": "h2", "H3": "h3", "H4": "h3", "Title": "h1"}
PARAGRAPHS = {"P", "TD", "TH", "Caption", "Note", "BlockQuote"}
BULLETS = {"•", "‣", "–", "-", "◦", ""}


def quiet(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def blocks(pdf):
    """The blocks of a tagged PDF in the order in which it is read: each its kind and its text, with "\\n" where the letter
    itself breaks a line."""
    found, text, label, before = [], [], None, None

    def end(kind):
        nonlocal label
        words = re.sub(r" *\n *", "\n", re.sub(r" +", " ", "".join(text))).strip()
        text.clear()
        if words:
            if kind == "li" and label not in BULLETS:
                kind, words = "p", f"{label} {words}"
            found.append((kind, words))
            label = None if kind == "li" or label else label

    kind, inside, in_label = "p", None, False
    for line in quiet("pdfinfo", "-struct-text", pdf).splitlines():
        depth, line = len(line) - len(line.lstrip()), line.strip()
        if line.startswith('"') and line.endswith('"') and len(line) > 1:
            piece = line[1:-1]
            if in_label:
                label = (label or "") + piece.strip()
                continue
            # Two pieces of the same run, the first without a space at its end: the letter breaks the line there.
            if before == ("text", depth) and text and not text[-1].endswith((" ", "-", "/", "@")):
                text.append("\n")
            text.append(piece)
            before = ("text", depth)
            continue
        before = None
        tag = re.match(r"(\w+)", line)
        tag = tag.group(1) if tag else ""
        if line.startswith("/") or tag in ("Span", "Link", "Strong", "Em", "Object", "Reference", "Annot", "Code"):
            continue
        # A block begins, so the one before it has ended.
        end(kind)
        in_label = tag == "Lbl"
        if in_label:
            label = None
        kind = HEADINGS.get(tag) or ("li" if tag == "LBody" or (tag in PARAGRAPHS and inside == "li") else "p")
        inside = "li" if tag in ("L", "LI", "Lbl", "LBody") else (inside if tag in PARAGRAPHS else None)
    end(kind)
    return found


def words(text):
    """The words of a text, whatever is between them, and in whichever order a program reads them."""
    return collections.Counter(re.findall(r"\w+", re.sub(r"[-\u00ad]\n", "", text)))


def words_of(pdf):
    return words(quiet("pdftotext", "-raw", pdf, "-"))


def pages_of(pdf):
    return int(re.search(r"^Pages:\s+(\d+)", quiet("pdfinfo", pdf), re.M).group(1))


def lacking(pdf, letter):
    """The words of the blocks that a PDF does not have as often."""
    return words("\n".join(text for _, text in letter)) - words_of(pdf)


def typst(letter, size="12pt", font="Despatch Sans", leading="0.65em"):
    """The blocks as anybody would write them in typst."""
    plain = lambda text: re.sub(r"([\\#$*_`<>@\[\]~=+/'\"-])", r"\\\1", text).replace("\n", " \\\n")
    numbered = lambda text: re.sub(r"^(\d+)\.", r"\1\\.", text)
    title = next((text for kind, text in letter if kind == "h1"), "A letter").split("\n")[0].replace('"', "'")
    lines = [
        f'#set document(title: "{title}")',
        '#set page(paper: "a4", margin: 25mm)',
        f'#set text(font: "{font}", size: {size}, lang: "en", region: "gb")',
        f"#set par(leading: {leading})",
    ]
    marks = {"h1": "= ", "h2": "== ", "h3": "=== ", "li": "- ", "p": ""}
    first = True
    for kind, text in letter:
        # A document's first heading is of the first level (PDF/UA-1).
        kind = "h1" if kind in ("h2", "h3") and first else kind
        first = first and not kind.startswith("h")
        if kind.startswith("h"):
            text = text.replace("\n", " ")
        lines += ["", marks[kind] + numbered(plain(text))]
    return "\n".join(lines) + "\n"


def main():
    what, folder = sys.argv[1:3]
    pdfs = [path for path in glob.glob(os.path.join(folder, "*.pdf")) if not path.endswith(".stock.pdf")]
    pdfs.sort(key=lambda path: int(os.path.basename(path).split(".")[0]))
    if what == "markup":
        for pdf in pdfs:
            with open(pdf[:-4] + ".typ", "w") as file:
                file.write(typst(blocks(pdf)))
        print(json.dumps({"letters": len(pdfs)}))
        return
    told = {"ours": [], "stock": []}
    for pdf in pdfs:
        stock, letter = pdf[:-4] + ".stock.pdf", blocks(pdf)
        for one in (pdf, stock):
            assert not lacking(one, letter), (one, lacking(one, letter))
        told["ours"].append(pages_of(pdf))
        told["stock"].append(pages_of(stock))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
