"""The audit report as one HTML file: no script, nothing loaded from anywhere, readable in light, dark and on paper."""

from __future__ import annotations

import re
from html import escape
from time import gmtime, strftime

from preaudit_hooks.commands.audit import ORDER
from preaudit_hooks.output.context import printable
from preaudit_hooks.output.terminal import plural

COLORS = {"critical": "#b3132b", "high": "#c2520f", "medium": "#9a7400", "low": "#3f76a6"}
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 860, 280, 46, 46, 14, 14

STYLE = """
:root { color-scheme: light dark; --text: #1c2024; --faint: #60646c; --line: #d9dde3; --paper: #ffffff; --box: #f5f6f8 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --faint: #9ba1a8; --line: #3a3f45; --paper: #16181b; --box: #1f2226 } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--paper); margin: 0 auto;
  padding: 1.5rem; max-width: 62rem }
h1 { margin: 0 0 .25rem; font-size: 1.75rem } h2 { margin: 2.25rem 0 .75rem; border-bottom: 1px solid var(--line) }
h3 { margin: 1.75rem 0 .5rem; text-transform: capitalize } h4 { margin: 1.25rem 0 .4rem; font-size: 1rem }
.faint { color: var(--faint) } .cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 }
.card { flex: 1 1 8rem; background: var(--box); border-left: .35rem solid var(--line); padding: .6rem .9rem }
.card b { display: block; font-size: 1.7rem; line-height: 1.2 }
table { border-collapse: collapse; width: 100%; font-size: .92rem } .scroll { overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line) }
td.place { white-space: nowrap } td.number, th.number { text-align: right }
code, pre { font-family: ui-monospace, monospace; font-size: .88em } td.place code { overflow-wrap: anywhere }
pre { background: var(--box); padding: .7rem .9rem; overflow-x: auto }
.tag { color: #fff; padding: 0 .45rem; border-radius: .6rem; font-size: .8rem; white-space: nowrap }
.state-new { font-weight: 600 } svg { max-width: 100%; height: auto } svg text { fill: var(--faint); font-size: 12px }
details > summary { cursor: pointer } @media print { details > * { display: block } body { max-width: none } }
"""


def text_of(text):
    """Answer text escaped for HTML, nothing in it that does not print."""
    return escape(printable(text))


def page(audit):
    """Answer the whole document."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text_of(audit.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        f"<h1>{text_of(audit.title)}</h1>",
        f'<p class="faint">{audit.date}, preaudit {escape(audit.context.version)}. {text_of(audit.headline())}.</p>',
        cards(audit),
        chart(audit),
        areas(audit),
        findings(audit),
        tracker(audit),
        rest(audit),
        "</body>\n</html>\n",
    ]
    return "\n".join(part for part in parts if part)


def cards(audit):
    """Answer the counts by severity."""
    boxes = []
    for severity, count in audit.counts().items():
        boxes.append(f'<div class="card" style="border-color:{COLORS[severity]}"><b>{count}</b>{severity}</div>')
    if audit.since:
        fresh = sum(1 for finding in audit.findings if audit.state(finding) == "new")
        since = text_of(audit.since)
        boxes.append(f'<div class="card"><b>{len(audit.fixed)}</b>fixed since {since}</div>')
        boxes.append(f'<div class="card"><b>{fresh}</b>new since {since}</div>')
    return f'<section class="cards" aria-label="Findings by severity">{"".join(boxes)}</section>'


def chart(audit):
    """Answer the trend: findings by severity, stacked, over the sampled revisions, as SVG."""
    points = audit.points
    if len(points) < 2:
        return ""
    totals = [sum(counts.values()) for _, _, counts in points]
    top = scale(max(totals))
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP

    def x(number):
        return LEFT + inner_width * number / (len(points) - 1)

    def y(value):
        return TOP + inner_height * (1 - value / top)

    parts = []
    for step in range(5):
        value = top * step / 4
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="var(--line)"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        )
    below = [0] * len(points)
    for severity in ORDER:
        above = [low + counts[severity] for low, (_, _, counts) in zip(below, points)]
        upper = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in enumerate(above))
        lower = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in reversed(list(enumerate(below))))
        parts.append(f'<polygon points="{upper} {lower}" fill="{COLORS[severity]}" fill-opacity=".85"/>')
        below = above
    every = max(1, (len(points) - 1) // 5)
    for number, (commit, seconds, counts) in enumerate(points):
        day = strftime("%Y-%m-%d", gmtime(seconds))
        name = commit[:10] or "now"
        said = ", ".join(f"{counts[severity]} {severity}" for severity in ORDER)
        parts.append(
            f'<g><title>{day} {escape(name)}: {said}</title><rect x="{x(number) - 8:.1f}" y="{TOP}" width="16" '
            f'height="{inner_height}" fill="transparent"/></g>'
        )
        last = number == len(points) - 1
        if last or (number % every == 0 and len(points) - 1 - number >= every):
            anchor = "end" if last else "start" if not number else "middle"
            for line, said in enumerate((day, escape(name))):
                place = f'x="{x(number):.1f}" y="{HEIGHT - BOTTOM + 18 + 16 * line}"'
                parts.append(f'<text {place} text-anchor="{anchor}">{said}</text>')
    legend = " ".join(f'<span class="tag" style="background:{COLORS[name]}">{name}</span>' for name in ORDER)
    label = f"Findings over {len(points)} revisions, from {totals[0]} to {totals[-1]}"
    return (
        f'<h2>Trend</h2>\n<p>{legend}</p>\n<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def scale(value):
    """Answer the end of an axis: a round number divisible by four, not below the value."""
    power = 1
    while True:
        for factor in (4, 8, 12, 20):
            if factor * power >= value:
                return factor * power
        power *= 10


def table(head, rows):
    """Answer a table; cells are HTML already, a head that begins with `#` is a column of numbers."""
    cells = "".join(
        f'<th class="number">{name[1:]}</th>' if name.startswith("#") else f"<th>{name}</th>" for name in head
    )
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>'


def areas(audit):
    """Answer the counts by area."""
    rows = []
    for area, codes in audit.by_area():
        number = sum(len(found) for _, _, found in codes)
        names = ", ".join(f'<a href="#{name}">{name}</a>' for _, name, _ in codes)
        rows.append((f"<td>{area}</td>", f'<td class="number">{number}</td>', f"<td>{names}</td>"))
    return "<h2>Summary</h2>" + table(("Area", "#Findings", "Codes"), rows) if rows else ""


def findings(audit):
    """Answer the findings by area and code."""
    parts = ["<h2>Findings</h2>"]
    if not audit.findings:
        parts.append("<p>None.</p>")
    for area, codes in audit.by_area():
        parts.append(f"<h3>{area}</h3>")
        for info, name, found in codes:
            severity = found[0].severity
            parts.append(
                f'<h4 id="{escape(name)}">{escape(name)} {escape(found[0].name)} '
                f'<span class="tag" style="background:{COLORS[severity]}">{severity}</span> '
                f'<span class="faint">{plural(len(found), "place")}</span></h4>'
            )
            impact, fix, example = audit.sections(info)
            parts += [prose(impact, "Impact"), prose(fix, "Fix"), prose(example, "")]
            parts.append(places(found, audit))
    return "\n".join(part for part in parts if part)


def places(found, audit):
    """Answer the table of the places of one code."""
    rows = []
    for finding in found:
        message = text_of(finding.message)
        for related in finding.related:
            where = text_of(f"{audit.context.shown(related.path or finding.path)}:{related.line}")
            message += f"<br><code>{where}</code>: {text_of(related.message)}"
        state = audit.state(finding)
        where = text_of(f"{audit.context.shown(finding.path)}:{finding.line}")
        cell = f'<td class="state-{state}">{state}</td>'
        rows.append((f'<td class="place"><code>{where}</code></td>', f"<td>{message}</td>", cell))
    return table(("Place", "Finding", "State"), rows)


def prose(markdown, label):
    """Answer the paragraphs, lists and fences of a rule's page as HTML."""
    if not markdown:
        return ""
    parts = []
    begin = f"<b>{label}.</b> " if label else ""
    for number, piece in enumerate(re.split(r"^```.*$", markdown, flags=re.MULTILINE)):
        if number % 2:
            parts.append(f"<pre>{escape(piece.strip(chr(10)))}</pre>")
            continue
        for paragraph in re.split(r"\n\s*\n", piece.strip()):
            if paragraph.strip():
                parts.append(f"<p>{begin}{inline(paragraph)}</p>")
                begin = ""
    return "\n".join(parts)


def inline(text):
    """Answer a paragraph with its inline code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{escape(part)}</code>" if number % 2 else escape(part) for number, part in enumerate(parts))


def tracker(audit):
    """Answer what was fixed since the revision; what is new is marked in the findings."""
    if not audit.since:
        return ""
    fresh = sum(1 for finding in audit.findings if audit.state(finding) == "new")
    said = f"{len(audit.fixed)} fixed, {len(audit.findings) - fresh} open, {fresh} new."
    parts = [f"<h2>Tracker since <code>{text_of(audit.since)}</code></h2><p>{said}</p>"]
    if audit.fixed:
        rows = [
            (
                f"<td>{escape(finding.code)}</td>",
                f'<td class="place"><code>{text_of(audit.context.shown(finding.path))}</code></td>',
                f"<td>{text_of(finding.message)}</td>",
            )
            for finding in audit.fixed
        ]
        parts.append("<h3>Fixed</h3>" + table(("Code", "Place", "Finding"), rows))
    return "\n".join(parts)


def rest(audit):
    """Answer what was suppressed and what could not be read."""
    parts = []
    if audit.suppressed:
        rows = []
        for finding in audit.suppressed:
            where = text_of(f"{audit.context.shown(finding.path)}:{finding.line}")
            reason = "" if finding.suppressed == "-" else text_of(finding.suppressed)
            rows.append(
                (f'<td class="place"><code>{where}</code></td>', f"<td>{finding.code}</td>", f"<td>{reason}</td>")
            )
        parts.append("<h2>Suppressed</h2>" + table(("Place", "Code", "Reason"), rows))
    if audit.errors:
        items = "".join(
            f"<li><code>{text_of(audit.context.shown(path))}</code>: {text_of(message)}</li>"
            for path, message in audit.errors
        )
        parts.append(f"<h2>Not checked</h2><ul>{items}</ul>")
    return "\n".join(parts)
