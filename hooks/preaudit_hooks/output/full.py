"""For people at a terminal: the source line, a caret, related places, and what to write instead."""

from __future__ import annotations

from preaudit_hooks.output.context import RANK, live, printable
from preaudit_hooks.output.terminal import TAB, Paint, statistics, summary, width_of


def halves(message):
    """Answer a message as (what is wrong, what to write instead); the second is '' where it has no `; `."""
    wrong, _, instead = message.rpartition("; ")
    return (wrong, instead) if wrong else (instead, "")


def cut(text, start, end, room):
    """Answer (text, start, end) of a line, cut around the marked part so that it fits in `room` characters."""
    if len(text) <= room:
        return text, start, min(end, len(text))
    first = max(0, min(start - room // 3, len(text) - room))
    piece = text[first : first + room]
    start, end = start - first, min(end - first, room)
    if first:
        piece, start, end = "..." + piece[3:], max(start, 3), max(end, 4)
    if first + room < len(text):
        piece = piece[:-3] + "..."
    return piece, start, end


def marked(text, column, end_column, room):
    """Answer a source line as shown and its caret line; columns from 1, the end exclusive.

    A character that does not print takes one cell as a middle dot would, so that columns stay true.
    """
    start = max(0, min(column - 1, len(text)))
    end = max(start + 1, end_column - 1)
    text, start, end = cut(text, start, end, room)

    def shown(part):
        return "".join(c if c.isprintable() else TAB if c == "\t" else "?" for c in part)

    before, middle, after = shown(text[:start]), shown(text[start:end]), shown(text[end:])
    caret = " " * width_of(before) + "^" * max(1, width_of(middle))
    return (before + middle + after).rstrip(), caret


def snippet(path, line, column, end_line, end_column, context, paint, gutter):
    """Answer the framed source lines of a place, [] where the source cannot be read."""
    text = context.line(path, line)
    if not text.strip():
        return []
    room = max(40, context.width - gutter - 4)
    end = end_column if end_line == line else len(text) + 1
    source, caret = marked(text, column, end, room)
    bar = paint.blue("|")
    edge = " " * gutter
    lines = [f"{edge} {bar}", f"{paint.blue(str(line).rjust(gutter))} {bar} {source}"]
    return [*lines, f"{edge} {bar} {paint.code('1;31', caret)}"]


def block(finding, context, paint):
    """Answer the lines that show one finding."""
    wrong, instead = halves(printable(finding.message))
    code = paint.severity(finding.severity, finding.code)
    place = f"{paint.bold(context.shown(finding.path))}:{finding.line}:{finding.column}:"
    gutter = max(len(str(finding.line)), 2)
    edge = " " * gutter
    lines = [f"{place} {code} {paint.bold(wrong)} {paint.dim(f'[{finding.name}, {finding.severity}]')}"]
    lines += snippet(
        finding.path, finding.line, finding.column, finding.end_line, finding.end_column, context, paint, gutter
    )
    equals = paint.blue("=")
    if instead:
        lines.append(f"{edge} {equals} {paint.green('instead:')} {instead}")
    for related in finding.related:
        where = f"{context.shown(related.path or finding.path)}:{related.line}:{related.column}"
        lines.append(f"{edge} {equals} related: {where}: {printable(related.message)}")
        text = context.line(related.path or finding.path, related.line)
        if text.strip():
            source, _ = marked(text.strip(), 1, 1, max(40, context.width - gutter - 6))
            lines.append(f"{edge}   {paint.dim('| ' + source)}")
    if finding.fix:
        lines.append(f"{edge} {equals} {paint.green('fix:')} {printable(finding.fix.title)} (--fix applies it)")
    return lines


def write(findings, context, stream):
    """Write the findings that count, a block each, and the closing line."""
    findings = list(findings)
    paint = Paint(context.color)
    counted = live(findings)
    for finding in counted:
        stream.write("\n".join(block(finding, context, paint)) + "\n\n")
    if context.statistics:
        stream.write(statistics(counted, context))
    stream.write(paint.bold(summary(findings, context)) + "\n")
    if counted:
        worst = max(counted, key=lambda finding: RANK.get(finding.severity, 0))
        stream.write(paint.dim(f"preaudit explain {worst.code} tells more about a code") + "\n")
