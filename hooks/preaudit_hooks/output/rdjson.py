"""Reviewdog's diagnostic format; its columns count UTF-8 bytes from 1."""

from __future__ import annotations

from preaudit_hooks.output.context import live, without_surrogates

SEVERITIES = {"critical": "ERROR", "high": "ERROR", "medium": "WARNING", "low": "INFO"}


def byte_column(path, line, column, context):
    """Answer a column in code points as one in UTF-8 bytes."""
    lines = context.lines(path)  # as they are: a masked line has other bytes
    text = lines[line - 1][: max(0, column - 1)] if 0 < line <= len(lines) else ""
    if text.isascii():
        return column
    return column + len(text.encode("utf-8", "surrogatepass")) - len(text)


def position(path, line, column, context):
    """Answer a position object."""
    return {"line": line, "column": byte_column(path, line, column, context)}


def extent(path, line, column, end_line, end_column, context):
    """Answer a range object."""
    return {
        "start": position(path, line, column, context),
        "end": position(path, end_line, end_column, context),
    }


def diagnostic(finding, context):
    """Answer one diagnostic."""
    path = finding.path
    row = {
        "message": finding.message,
        "location": {
            "path": without_surrogates(context.tracked(path)),
            "range": extent(path, finding.line, finding.column, finding.end_line, finding.end_column, context),
        },
        "severity": SEVERITIES.get(finding.severity, "WARNING"),
        "code": {"value": finding.code},
    }
    if finding.fix:
        row["suggestions"] = [
            {"range": extent(path, edit.line, edit.column, edit.end_line, edit.end_column, context), "text": edit.text}
            for edit in finding.fix.edits
        ]
    if finding.related:
        row["related_locations"] = [
            {
                "message": place.message,
                "location": {
                    "path": without_surrogates(context.tracked(place.path or path)),
                    "range": {"start": position(place.path or path, place.line, place.column, context)},
                },
            }
            for place in finding.related
        ]
    return row


def write(findings, context, stream):
    """Write one document."""
    from json import dumps

    rows = [diagnostic(finding, context) for finding in live(findings)]
    stream.write(dumps({"source": {"name": "preaudit"}, "diagnostics": rows}) + "\n")
