"""One JSON object a line; the objects of the `json` format."""

from __future__ import annotations

from preaudit_hooks.output.context import as_object


def write(findings, context, stream):
    """Write an object a line, in ASCII."""
    from json import dumps

    for finding in findings:
        stream.write(dumps(as_object(finding, context)) + "\n")
