#!/usr/bin/env python3
"""Enters: a letter in blocks, and the name of a program that sets letters. Leaves: so many PDFs of it, and how long they took
once the program was warm. Never: leaves a block out, or measures what was not written.

    set.py PEER FOLDER NUMBER SPACING   reads FOLDER/letter.json, writes FOLDER/PEER-0.pdf and so on
"""
import html
import json
import os
import resource
import shutil
import subprocess
import sys
import time

import letter as letters

FONT = "Liberation Sans"
FACES = "/usr/share/fonts/truetype/liberation"
SIZE = 12
TOOLS = os.environ.get("DESPATCH_TOOLS", os.path.expanduser("~/.cache/despatch/tools"))


def typst_command():
    own = os.path.join(TOOLS, "bin", "typst")
    return own if os.path.exists(own) else shutil.which("typst")


def page(blocks, spacing):
    """The letter as a web page."""
    parts, in_list = [], False
    for kind, text in blocks:
        if in_list != (kind == "li"):
            parts.append("</ul>" if in_list else "<ul>")
            in_list = kind == "li"
        parts.append(f"<{kind}>{html.escape(text).replace(chr(10), '<br>')}</{kind}>")
    if in_list:
        parts.append("</ul>")
    title = html.escape(blocks[0][1].split("\n")[0])
    style = (f"@page {{ size: A4; margin: 25mm }} body {{ font: {SIZE}pt/{1.2 * spacing} '{FONT}' }}"
             f" p, ul {{ margin: 0 0 {0.6 * spacing}em }}")
    return (f"<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'><title>{title}</title>"
            f"<style>{style}</style></head><body>{''.join(parts)}</body></html>")


def weasyprint(blocks, spacing, to):
    """In one process, as PDF/UA-1."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    fonts, text = FontConfiguration(), page(blocks, spacing)
    return lambda number: HTML(string=text).write_pdf(to(number), font_config=fonts, pdf_variant="pdf/ua-1")


def reportlab(blocks, spacing, to):
    """In one process; it writes no tags."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate
    for name, face in (("Letter", "Regular"), ("Letter-Bold", "Bold")):
        pdfmetrics.registerFont(TTFont(name, os.path.join(FACES, f"LiberationSans-{face}.ttf")))
    style = lambda size, font: ParagraphStyle(str(size), fontName=font, fontSize=size, leading=size * 1.2 * spacing,
                                              spaceAfter=SIZE * 0.6 * spacing, bulletFontName="Letter")
    styles = {"p": style(SIZE, "Letter"), "h1": style(20, "Letter-Bold"), "h2": style(15, "Letter-Bold"),
              "h3": style(13, "Letter-Bold")}
    styles["li"] = ParagraphStyle("li", parent=styles["p"], leftIndent=18, bulletIndent=6)

    def make(number):
        flow = [Paragraph(html.escape(text).replace("\n", "<br/>"), styles[kind],
                          bulletText="•" if kind == "li" else None) for kind, text in blocks]
        margins = {f"{side}Margin": 25 * mm for side in ("left", "right", "top", "bottom")}
        SimpleDocTemplate(to(number), pagesize=A4, title=blocks[0][1], **margins).build(flow)
    return make


def markup(blocks, spacing, number):
    """Numbered, so that nothing is taken from memory for the second letter."""
    text = letters.typst(blocks, f"{SIZE}pt", FONT, f"{0.65 * spacing}em")
    return text + f"// letter {number}\n"


def typst_py(blocks, spacing, to):
    """typst in Python, in one process, as PDF/A-2a and PDF/UA-1."""
    import typst
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FACES])

    def make(number):
        pdf = typst.compile(markup(blocks, spacing, number).encode(), font_paths=fonts, pdf_standards=["a-2a", "ua-1"])
        with open(to(number), "wb") as file:
            file.write(pdf)
    return make


def typst(blocks, spacing, to):
    """typst's own command, a process a letter, as PDF/A-2a and PDF/UA-1."""
    def make(number):
        words = [typst_command(), "compile", "--ignore-system-fonts", "--font-path", FACES, "--pdf-standard", "a-2a,ua-1",
                 "-", to(number)]
        subprocess.run(words, input=markup(blocks, spacing, number).encode(), check=True, stderr=subprocess.DEVNULL)
    return make


def xelatex(blocks, spacing, to):
    """A process a letter, one pass; no tags."""
    special = str.maketrans({"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
                             "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"})
    headings, lines, in_list = {"h1": "section*", "h2": "subsection*", "h3": "subsubsection*"}, [], False
    for kind, text in blocks:
        text = text.translate(special).replace("\n", r"\\" + "\n" if not kind.startswith("h") else " ")
        if in_list != (kind == "li"):
            lines.append(r"\end{itemize}" if in_list else r"\begin{itemize}")
            in_list = kind == "li"
        lines += [rf"\{headings[kind]}{{{text}}}" if kind in headings else rf"\item {text}" if in_list else text, ""]
    if in_list:
        lines.append(r"\end{itemize}")
    text = "\n".join([r"\documentclass[12pt,a4paper]{article}", r"\usepackage[margin=25mm]{geometry}",
                      r"\usepackage{fontspec}", rf"\setmainfont{{{FONT}}}", r"\setlength{\parindent}{0pt}",
                      rf"\setlength{{\parskip}}{{{0.6 * spacing}em}}", rf"\linespread{{{spacing}}}", r"\pagestyle{empty}",
                      r"\sloppy", r"\begin{document}", *lines, r"\end{document}", ""])

    def make(number):
        pdf = to(number)
        source = pdf[:-4] + ".tex"
        with open(source, "w") as file:
            file.write(text)
        subprocess.run(["xelatex", "-interaction=batchmode", "-halt-on-error", os.path.basename(source)],
                       cwd=os.path.dirname(pdf), check=True, stdout=subprocess.DEVNULL)
    return make


def flat(blocks, spacing):
    """The letter as LibreOffice has it in one file."""
    styles = {"h1": ("20pt", "bold"), "h2": ("15pt", "bold"), "h3": ("13pt", "bold"), "p": ("12pt", "normal")}
    style = "".join(
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties fo:margin-bottom='
        f'"{7.2 * spacing}pt" fo:line-height="{int(100 * spacing)}%"/><style:text-properties style:font-name="L" '
        f'fo:font-size="{size}" fo:font-weight="{weight}" fo:language="en" fo:country="GB"/></style:style>'
        for name, (size, weight) in styles.items())
    parts = []
    for kind, text in blocks:
        text = html.escape(text).replace("\n", "<text:line-break/>")
        if kind.startswith("h"):
            parts.append(f'<text:h text:style-name="{kind}" text:outline-level="{kind[1]}">{text}</text:h>')
        elif kind == "li":
            parts.append(f'<text:list><text:list-item><text:p text:style-name="p">{text}</text:p></text:list-item></text:list>')
        else:
            parts.append(f'<text:p text:style-name="p">{text}</text:p>')
    names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
        ("meta", "meta")))
    title = html.escape(blocks[0][1].split("\n")[0])
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:meta><dc:title>{title}'
            f'</dc:title></office:meta><office:font-face-decls><style:font-face style:name="L" svg:font-family="{FONT}"/>'
            f'</office:font-face-decls><office:automatic-styles>{style}<style:page-layout style:name="A4">'
            f'<style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" fo:margin="25mm"/>'
            f'</style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" '
            f'style:page-layout-name="A4"/></office:master-styles><office:body><office:text>{"".join(parts)}</office:text>'
            f'</office:body></office:document>')


def libreoffice(folder, number):
    """All letters in one process, its start included, as PDF/UA."""
    options = '{"PDFUACompliance":{"type":"boolean","value":"true"},"SelectPdfVersion":{"type":"long","value":"2"}}'
    sources = [os.path.join(folder, f"libreoffice-{at}.fodt") for at in range(number)]
    profile = os.path.join(folder, "libreoffice-profile")
    subprocess.run(["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
                    f"pdf:writer_pdf_Export:{options}", "--outdir", folder, *sources],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main():
    peer, folder, number, spacing = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    with open(os.path.join(folder, "letter.json")) as file:
        blocks = [tuple(block) for block in json.load(file)]
    to = lambda at: os.path.join(folder, f"{peer}-{at}.pdf")
    if peer == "libreoffice":
        for at in range(number):
            with open(to(at)[:-4] + ".fodt", "w") as file:
                file.write(flat(blocks, spacing))
        # The first start makes a profile.
        libreoffice(folder, 1)
        run = lambda: libreoffice(folder, number)
    else:
        make = {"weasyprint": weasyprint, "reportlab": reportlab, "typst-py": typst_py, "typst": typst,
                "xelatex": xelatex}[peer](blocks, spacing, to)
        make(number)
        run = lambda: [make(at) for at in range(number)]
    before, start = cpu(), time.perf_counter()
    run()
    print(json.dumps({"letters": number, "seconds": time.perf_counter() - start, "cpu_seconds": cpu() - before}))


if __name__ == "__main__":
    main()
