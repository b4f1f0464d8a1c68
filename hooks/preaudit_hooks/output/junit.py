"""JUnit XML: one suite a file, one failed case a finding; a clean run holds one case that passed."""

from __future__ import annotations

from preaudit_hooks.output.context import live
from preaudit_hooks.output.xml import attribute


def write(findings, context, stream):
    """Write the document; files that could not be read are errors of a suite of their own."""
    files = {}
    for finding in live(findings):
        files.setdefault(finding.path, []).append(finding)
    total = sum(len(group) for group in files.values())
    errors = len(context.errors)
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write(
        f'<testsuites name="preaudit" tests="{max(1, total + errors)}" failures="{total}" errors="{errors}">\n'
    )
    for path, group in files.items():
        name = attribute(context.relative(path))
        stream.write(f'  <testsuite name="{name}" tests="{len(group)}" failures="{len(group)}" errors="0">\n')
        for finding in group:
            place = f"{context.relative(finding.path)}:{finding.line}:{finding.column}"
            stream.write(
                f'    <testcase name="preaudit.{finding.code}" classname="{name}" file="{name}" '
                f'line="{finding.line}" column="{finding.column}">\n'
                f'      <failure type="{attribute(finding.severity)}" message="{attribute(finding.message)}">'
                f"{attribute(f'{place}: {finding.code} {finding.message}')}</failure>\n    </testcase>\n"
            )
        stream.write("  </testsuite>\n")
    if errors:
        stream.write(f'  <testsuite name="preaudit" tests="{errors}" failures="0" errors="{errors}">\n')
        for path, message in context.errors:
            name = attribute(context.relative(path))
            stream.write(
                f'    <testcase name="preaudit.read" classname="{name}">\n'
                f'      <error message="{attribute(message)}"/>\n    </testcase>\n'
            )
        stream.write("  </testsuite>\n")
    if not total and not errors:
        stream.write('  <testsuite name="preaudit" tests="1" failures="0" errors="0">\n')
        stream.write('    <testcase name="no findings" classname="preaudit"/>\n  </testsuite>\n')
    stream.write("</testsuites>\n")
