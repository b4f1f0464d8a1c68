"""One line a finding, `path:line:column: CODE message`, as flake8 prints it."""

from __future__ import annotations

from preaudit_hooks.output.context import live, printable
from preaudit_hooks.output.terminal import Paint, statistics


def line(finding, context, paint):
    """Answer the line that all text formats and all doors have in common."""
    place = f"{paint.bold(context.shown(finding.path))}:{finding.line}:{finding.column}:"
    return f"{place} {paint.severity(finding.severity, finding.code)} {printable(finding.message)}"


def write(findings, context, stream):
    """Write the findings that count, a line each."""
    paint = Paint(context.color)
    counted = live(findings)
    for finding in counted:
        stream.write(line(finding, context, paint) + "\n")
    if context.statistics:
        stream.write(statistics(counted, context))
