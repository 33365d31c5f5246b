"""Enters: the rows of the table and what was measured for them. Leaves: a chart as SVG: how much of each target is taken, what
grows with the record, and how fast other programs are. Never: says anything by colour alone.
"""
from html import escape
from math import log10

WIDTH, LEFT, RIGHT = 960, 400, 110
ROW = 26
MET, MISSED, INK, FAINT, LINE = "#1d70b8", "#b10e1e", "#0b0c0c", "#505a5f", "#b1b4b6"
CURVES = ["#1d70b8", "#b10e1e", "#00703c", "#4c2c92", "#626a6e", "#b58840", "#912b88", "#28a197", "#0b0c0c"]


def text(x, y, words, size=13, fill=INK, anchor="start", weight="normal"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def bars(told, top):
    """How much of its target each row takes: up to the line is met."""
    most, wide = 2.0, WIDTH - LEFT - RIGHT
    at = lambda share: LEFT + wide * min(share, most) / most
    parts = [text(0, top, "How much of its target each takes (up to the line is met)", 16, weight="bold")]
    y = top + 18
    bottom = y + ROW * len(told)
    for one in told:
        words = one["bar"] if len(one["bar"]) < 62 else one["bar"][:60] + "…"
        parts.append(text(LEFT - 10, y + 17, words, 12, anchor="end"))
        share = one["share"]
        if share is None:
            parts.append(text(LEFT + 6, y + 17, "not measured", 12, FAINT))
        else:
            fill = MET if share <= 1 else MISSED
            parts.append(f'<rect x="{LEFT}" y="{y + 4:.0f}" width="{at(share) - LEFT:.1f}" height="{ROW - 9}" fill="{fill}"/>')
            more = "→ " if share > most else ""
            verdict = "met" if share <= 1 else "missed"
            parts.append(text(at(share) + 6, y + 17, f"{more}{share * 100:.0f}%, {verdict}", 12))
        y += ROW
    parts.append(f'<line x1="{at(1):.0f}" x2="{at(1):.0f}" y1="{top + 14}" y2="{bottom:.0f}" stroke="{INK}" stroke-width="2"/>')
    return parts, bottom


def curves(growth, top):
    """CPU of commands by the number of messages on record."""
    parts = [text(0, top, "CPU of a command by the number of messages on record", 16, weight="bold")]
    sizes, rows = growth["sizes"], growth["rows"]
    most = max(max(one["cpu_ms"]) for one in rows.values()) * 1.1
    high, wide = 230, WIDTH - 340
    base = top + 30 + high
    x = lambda size: 70 + (wide - 70) * (log10(size) - log10(sizes[0])) / (log10(sizes[-1]) - log10(sizes[0]))
    y = lambda ms: base - high * ms / most
    for share in (0, 0.25, 0.5, 0.75, 1):
        ms = most * share
        parts.append(f'<line x1="70" x2="{wide}" y1="{y(ms):.0f}" y2="{y(ms):.0f}" stroke="{LINE}"/>')
        parts.append(text(62, y(ms) + 4, f"{ms:.0f} ms", 11, FAINT, "end"))
    for size in sizes:
        parts.append(text(x(size), base + 18, f"{size:,}", 11, FAINT, "middle"))
    # Labels beside the ends of the lines, moved apart.
    ends = sorted(((y(one["cpu_ms"][-1]), name) for name, one in rows.items()))
    labels, last = {}, top
    for place, name in ends:
        last = labels[name] = max(place, last + 15)
    for at, (name, one) in enumerate(rows.items()):
        colour = CURVES[at % len(CURVES)]
        points = " ".join(f"{x(size):.0f},{y(ms):.0f}" for size, ms in zip(sizes, one["cpu_ms"]))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(size):.0f}" cy="{y(ms):.0f}" r="3" fill="{colour}"/>'
                  for size, ms in zip(sizes, one["cpu_ms"])]
        parts.append(text(wide + 12, labels[name] + 4, f"{name} ({one['ratio']:.2f} times)", 12, colour))
    return parts, max(base + 24, last + 12)


def rates(peers, top):
    """Letters a second of each program, on a scale of powers of ten."""
    pages = peers["letter"]["pages"]
    parts = [text(0, top, f"Letters a second: the same letter of {pages} pages, a core each (scale by powers of ten)", 16, weight="bold")]
    all_ = [("despatch, the whole line", peers["line"]["per_s"]), ("despatch, the raw loop", peers["raw"]["per_s"])]
    all_ += [(name, one["per_s"]) for name, one in peers["peers"].items()]
    all_.sort(key=lambda one: -one[1])
    least, most = min(rate for _, rate in all_) / 3, all_[0][1]
    wide, y = WIDTH - LEFT - RIGHT, top + 18
    for name, rate in all_:
        length = wide * (log10(rate) - log10(least)) / (log10(most) - log10(least))
        parts.append(text(LEFT - 10, y + 17, name, 12, anchor="end"))
        fill = MET if name.startswith("despatch") else "#626a6e"
        parts.append(f'<rect x="{LEFT}" y="{y + 4:.0f}" width="{length:.1f}" height="{ROW - 9}" fill="{fill}"/>')
        parts.append(text(LEFT + length + 6, y + 17, f"{rate:.1f}", 12))
        y += ROW
    return parts, y


def svg(told, kept):
    """The chart of everything that was measured."""
    drawn, bottom = bars(told, 24)
    growth, peers = (kept.get(name, {}).get("measured") for name in ("growth", "peers"))
    if growth:
        more, bottom = curves(growth, bottom + 48)
        drawn += more
    if peers:
        more, bottom = rates(peers, bottom + 48)
        drawn += more
    height = bottom + 16
    said = "; ".join(f"{one['bar']}: {one['figure']} ({one['target']})" for one in told)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
            f'font-family="Arial, Helvetica, sans-serif" role="img" aria-labelledby="title said">\n'
            f'<title id="title">What was measured, against its targets</title>\n<desc id="said">{escape(said)}</desc>\n'
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n' + "\n".join(drawn) + "\n</svg>\n")
