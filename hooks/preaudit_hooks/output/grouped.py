"""Findings under the name of their file, columns aligned."""

from __future__ import annotations

from preaudit_hooks.output.context import live, printable
from preaudit_hooks.output.terminal import Paint, statistics, summary


def write(findings, context, stream):
    """Write the findings that count, a heading a file, and the closing line."""
    findings = list(findings)
    paint = Paint(context.color)
    counted = live(findings)
    files = {}
    for finding in counted:
        files.setdefault(finding.path, []).append(finding)
    for path, group in files.items():
        stream.write(f"{paint.bold(context.shown(path))}\n")
        wide = max(len(f"{finding.line}:{finding.column}") for finding in group)
        for finding in group:
            place = f"{finding.line}:{finding.column}".rjust(wide)
            code = paint.severity(finding.severity, finding.code)
            stream.write(f"  {place}  {code} {finding.severity:<8}  {printable(finding.message)}\n")
        stream.write("\n")
    if context.statistics:
        stream.write(statistics(counted, context))
    stream.write(paint.bold(summary(findings, context)) + "\n")
