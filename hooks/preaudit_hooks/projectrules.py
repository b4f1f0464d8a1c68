"""The project rules of a run, and the cache of what they found.

Their answer depends on the facts of all files and on whatever modules they asked for; while neither
changes, a commit costs one look-up.
"""

from __future__ import annotations

from preaudit.core.cache import digest
from preaudit.core.finding import Finding, Related
from preaudit.core.results import keep, sound
from preaudit.core.runner import one_line

from preaudit_hooks.view import ProjectView
from preaudit_hooks.work import fault


def run_project_rules(run, infos) -> list:
    """Answer the findings of all project rules, not yet filtered or suppressed."""
    key = _key(run, infos)
    if run.cache is not None:
        record = run.cache.get("r", *key)
        found = sound(record, run.cache, "", run.project, run.whole) if record is not None else None
        if found is not None:
            return found
    for rows in run.facts.values():
        rows.sort(key=lambda row: row[0])
    asked = run.project.asked = set()
    try:
        view = ProjectView(run.project, run.settings, lambda kind: run.facts.get(kind, []))
        findings = [finding for info in infos for finding in _run(run, info, view)]
    finally:
        run.project.asked = None
    if run.cache is not None and not any(finding.code == "AUD000" for finding in findings):
        keep(run.cache, key, "", findings, asked, run.project, run.whole)
    return findings


def _key(run, infos) -> tuple:
    if run.cache is None:
        return ()
    import json

    facts = json.dumps({kind: sorted(rows, key=lambda row: row[0]) for kind, rows in run.facts.items()}, sort_keys=True)
    codes = ",".join(info.code for info in infos)
    paths = "\n".join(run.project.paths)
    return ("project", digest(f"{codes} {run.settings.fingerprint}\n{paths}\n{facts}".encode("utf-8", "surrogatepass")))


def _run(run, info, view):
    try:
        rule = info.load()
        drafts = [draft for _, check in rule.project_checks for draft in check(view) or ()]
    except Exception as error:  # preaudit: ignore[broad-except] a fault becomes a finding, and is shown
        return [fault(next(iter(run.project.paths), "."), f"check {info.code}", error)]
    found = []
    for draft in drafts:
        if run.settings.is_foreign(draft.path):
            continue
        if not info.tests and run.settings.is_test(draft.path):
            continue
        found.append(_finding(run, draft))
    return found


def _finding(run, draft) -> Finding:
    line, column, *end = draft.place
    end_line, end_column = end if end else (line, column)
    related = tuple(
        Related(item[0] or draft.path, item[1], item[2], one_line(item[3])) if isinstance(item, Related)
        else Related(item[0] or draft.path, item[1][0], item[1][1], one_line(item[2]))
        for item in draft.related
    )  # fmt: skip
    rule = draft.rule
    return Finding(
        rule.code, rule.name, draft.severity, draft.path, line, column, one_line(draft.message), end_line, end_column, draft.fix,
        related, draft.scope, run.place_key(draft.path, (line, column, end_line, end_column)),
    )  # fmt: skip
