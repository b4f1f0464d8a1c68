"""Checkstyle XML, as Jenkins, reviewdog and others read it."""

from __future__ import annotations

from preaudit_hooks.output.context import live
from preaudit_hooks.output.xml import attribute

SEVERITIES = {"critical": "error", "high": "error", "medium": "warning", "low": "info"}


def write(findings, context, stream):
    """Write the document, a `file` element a file."""
    files = {}
    for finding in live(findings):
        files.setdefault(finding.path, []).append(finding)
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n<checkstyle version="4.3">\n')
    for path, group in files.items():
        stream.write(f'  <file name="{attribute(context.relative(path))}">\n')
        for finding in group:
            stream.write(
                f'    <error line="{finding.line}" column="{finding.column}" '
                f'severity="{SEVERITIES.get(finding.severity, "warning")}" '
                f'message="{attribute(finding.message)}" source="preaudit.{finding.code}"/>\n'
            )
        stream.write("  </file>\n")
    stream.write("</checkstyle>\n")
