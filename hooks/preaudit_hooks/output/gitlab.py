"""GitLab's code quality report: a JSON array; GitLab folds equal fingerprints, so they must differ."""

from __future__ import annotations

from preaudit_hooks.output.context import live, without_surrogates

SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def write(findings, context, stream):
    """Write the array, without a BOM, in ASCII."""
    from json import dumps

    seen = {}
    rows = []
    for finding in live(findings):
        fingerprint = finding.fingerprint or f"{finding.code}:{finding.path}:{finding.scope}:{finding.key}"
        count = seen[fingerprint] = seen.get(fingerprint, 0) + 1
        if count > 1:
            fingerprint = f"{fingerprint}:{count}"
        row = {
            "description": f"{finding.code} {finding.message}",
            "check_name": finding.name,
            "fingerprint": without_surrogates(fingerprint),
            "severity": SEVERITIES.get(finding.severity, "major"),
            "location": {
                "path": without_surrogates(context.tracked(finding.path)),
                "lines": {"begin": finding.line, "end": max(finding.line, finding.end_line)},
            },
        }
        rows.append(dumps(row))
    stream.write("[" + ",".join("\n  " + row for row in rows) + ("\n" if rows else "") + "]\n")
