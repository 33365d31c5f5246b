"""The text that a PDF itself says it holds: ActualText where there is some, else each glyph by its font's ToUnicode.

Enters: a PDF on standard input. Leaves: one line for each text object, in the order of the file. Never: guesses at
spaces or turns text round, as viewers do: scripts that run from right to left come out in the order of the page.
"""

import io
import re
import sys

import pikepdf


def characters(font):
    """Glyph codes and what they stand for."""
    table = {}
    if "/ToUnicode" not in font:
        return table
    cmap = font.ToUnicode.read_bytes().decode("latin-1")

    def text(digits):
        return bytes.fromhex(digits).decode("utf-16-be")

    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, said in re.findall(r"<(\w+)>\s*<(\w*)>", block):
            table[int(code, 16)] = text(said)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, said in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                table[int(first, 16) + step] = said and text(said)[:-1] + chr(ord(text(said)[-1]) + step)
    return table


def shown(operand, table):
    for part in operand if isinstance(operand, pikepdf.Array) else [operand]:
        if isinstance(part, pikepdf.String):
            codes = bytes(part)
            yield from (table.get(codes[at] << 8 | codes[at + 1], "\ufffd") for at in range(0, len(codes) - 1, 2))


def lines(page):
    fonts = {name: characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    properties = page.Resources.get("/Properties", {})
    table, line, marked = {}, "", []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "Tf":
            table = fonts[str(operands[0])]
        elif name in ("BDC", "BMC"):
            about = operands[1] if name == "BDC" else {}
            about = properties.get(str(about), {}) if isinstance(about, pikepdf.Name) else about
            actual = about.get("/ActualText") if about else None
            if actual is not None:
                line += str(actual)
            marked.append(actual is not None)
        elif name == "EMC":
            marked.pop()
        elif name in ("Tj", "TJ") and not any(marked):
            line += "".join(shown(operands[0], table))
        elif name == "ET":
            yield line
            line = ""


with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
    for page in pdf.pages:
        for line in lines(page):
            print(line)
