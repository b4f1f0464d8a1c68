"""SARIF 2.1.0, as GitHub code scanning, editors and the schema want it.

GitHub takes 25,000 results of a run and refuses more; so the worst come first and the rest are counted in a
notification. It wants text of at most 1,024 characters, names of 255, 20 tags a rule, no empty string.
"""

from __future__ import annotations

from preaudit_hooks.output.context import is_live, printable, without_surrogates, worst_first

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
LONGEST_TEXT = 1_024
MOST_PLACES = 100  # of a result; GitHub shows no more
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
PROBLEMS = {"critical": "error", "high": "error", "medium": "warning", "low": "recommendation"}


def uri(path):
    """Answer a path as a relative URI reference: bytes percent-encoded, no scheme to be read into it."""
    from os import fsencode
    from urllib.parse import quote

    try:
        data = fsencode(path)
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    return quote(data, safe="/-._~")


def clipped(text, most=LONGEST_TEXT):
    """Answer text that is not empty and not too long."""
    text = without_surrogates(text).strip() or "-"
    return text if len(text) <= most else text[: most - 3] + "..."


def region(line, column, end_line, end_column):
    """Answer a region; numbers from 1, the end column exclusive."""
    line, column = max(1, line), max(1, column)
    end_line = max(line, end_line)
    end_column = max(1, end_column)
    if end_line == line:
        end_column = max(column, end_column)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def location(path, place, context):
    """Answer a physical location."""
    return {"physicalLocation": {"artifactLocation": {"uri": uri(context.tracked(path))}, "region": region(*place)}}


def rule_object(code, name, severity, info):
    """Answer the description of a rule; `info` is its RuleInfo, or None for a code nobody declared."""
    summary = clipped(info.title if info and info.title else name or code)
    page = (info.documentation().strip() if info else "") or summary
    tags = [tag for tag in (info.area if info else "", severity) if tag]
    tags += [f"audit/{audit.replace(' ', '-')}" for audit in (info.audits if info else ())]
    return {
        "id": code,
        "name": clipped(name or code, 255),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": clipped(page.split("## Why", 1)[0].replace("## What it does", "").strip())},
        "help": {"text": without_surrogates(page) or summary, "markdown": without_surrogates(page) or summary},
        "defaultConfiguration": {"level": LEVELS.get(severity, "warning"), "enabled": info.default if info else True},
        "properties": {
            "tags": tags[:20],
            "precision": "high" if info is None or info.default else "medium",
            "problem.severity": PROBLEMS.get(severity, "warning"),
            "preaudit/severity": severity,
            "preaudit/fixable": bool(info and info.fixable),
        },
    }


def result(finding, index, context):
    """Answer one result."""
    row = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS.get(finding.severity, "warning"),
        "message": {"text": clipped(finding.message)},
        "locations": [
            location(finding.path, (finding.line, finding.column, finding.end_line, finding.end_column), context)
        ],
    }
    if finding.scope:
        row["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": clipped(finding.scope)}]
    if finding.fingerprint:
        row["partialFingerprints"] = {
            "preaudit/v1": finding.fingerprint,
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
        }
    if finding.related:
        row["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": clipped(place.message)},
                **location(place.path or finding.path, (place.line, place.column, place.line, place.column), context),
            }
            for number, place in enumerate(finding.related[:MOST_PLACES], 1)
        ]
    if finding.fix:
        row["fixes"] = [fix_object(finding, context)]
    if finding.suppressed:
        row["suppressions"] = [{"kind": "inSource"}]
        if finding.suppressed != "-":
            row["suppressions"][0]["justification"] = clipped(finding.suppressed)
    elif finding.baselined:
        row["suppressions"] = [{"kind": "external", "justification": "in the baseline"}]
    return row


def fix_object(finding, context):
    """Answer a fix; all its replacements are in the finding's file."""
    replacements = []
    for edit in finding.fix.edits:
        replacement = {"deletedRegion": region(edit.line, edit.column, edit.end_line, edit.end_column)}
        if edit.text:
            replacement["insertedContent"] = {"text": without_surrogates(edit.text)}
        replacements.append(replacement)
    change = {"artifactLocation": {"uri": uri(context.tracked(finding.path))}, "replacements": replacements}
    return {"description": {"text": clipped(finding.fix.title)}, "artifactChanges": [change]}


def document(findings, context):
    """Answer the whole log as plain objects."""
    findings = worst_first(findings)
    findings.sort(key=lambda finding: not is_live(finding))
    left_out = len(findings) - MOST_RESULTS
    findings = findings[:MOST_RESULTS]
    rules, indexes = [], {}
    for finding in sorted(findings, key=lambda finding: finding.code):
        if finding.code not in indexes:
            info = context.rules.get(finding.code)
            severity = info.severity if info else finding.severity
            indexes[finding.code] = len(rules)
            rules.append(rule_object(finding.code, finding.name, severity, info))
    notes = [
        {
            "level": "error",
            "message": {"text": clipped(printable(message))},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(context.tracked(path))}}}],
        }
        for path, message in context.errors
    ]
    if left_out > 0:
        text = f"{left_out} results of lower severity left out: a run may hold {MOST_RESULTS}"
        notes.append({"level": "warning", "message": {"text": text}})
    invocation = {"executionSuccessful": not context.errors}
    if notes:
        invocation["toolExecutionNotifications"] = notes
    run = {
        "tool": {"driver": {"name": "preaudit", "semanticVersion": context.version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [result(finding, indexes[finding.code], context) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def write(findings, context, stream):
    """Write the log, in ASCII."""
    from json import dumps

    stream.write(dumps(document(findings, context), indent=1) + "\n")
