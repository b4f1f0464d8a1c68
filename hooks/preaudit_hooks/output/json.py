"""One JSON list of all findings; suppressed and baselined ones are in it and say so."""

from __future__ import annotations

from preaudit_hooks.output.context import as_object


def write(findings, context, stream):
    """Write the list, an object a line, in ASCII."""
    from json import dumps

    rows = [dumps(as_object(finding, context)) for finding in findings]
    stream.write("[" + ",".join("\n  " + row for row in rows) + ("\n" if rows else "") + "]\n")
