"""Workflow commands of GitHub Actions: annotations at the changed lines.

The escapes are those of @actions/core (lib/command.js): `%`, CR and LF in data, also `:` and `,` in properties.
"""

from __future__ import annotations

from preaudit_hooks.output.context import live, printable, worst_first

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}


def data(text):
    """Answer text escaped for the part behind `::`."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text):
    """Answer text escaped for a property."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def write(findings, context, stream):
    """Write a command a finding, the worst first: GitHub shows the first ten of each level of a step."""
    for finding in worst_first(live(findings)):
        properties = [
            f"file={value(context.tracked(finding.path))}",
            f"line={finding.line}",
            f"endLine={finding.end_line}",
            f"col={finding.column}",
        ]
        # GitHub refuses an end column where the annotation spans several lines.
        if finding.end_line == finding.line:
            properties.append(f"endColumn={max(finding.end_column - 1, finding.column)}")
        properties.append(f"title={value(f'{finding.code} {finding.name}')}")
        level = LEVELS.get(finding.severity, "warning")
        stream.write(f"::{level} {','.join(properties)}::{data(finding.message)}\n")
