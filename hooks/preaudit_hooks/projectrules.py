"""The project rules of a run, and the cache of what each of them found.

What a rule found depends on what it asked for: the facts of some kinds, names of some modules, where modules are.
While none of that changes, the rule is not even imported. Line numbers are no part of it: findings in a file in
which things only moved are moved with them.
"""

from __future__ import annotations

from preaudit.core.finding import Finding, Related
from preaudit.core.limits import TooLong, limited
from preaudit.core.reports import fault, one_line

from preaudit_hooks.kept import Kept


def run_project_rules(run, infos, chosen=None) -> list:
    """Answer the findings of all project rules, not yet filtered or suppressed.

    `chosen`: the files that a finding has to speak of to be wanted, all if None.
    """
    kept = Kept(run, chosen)
    findings, missing = [], []
    for info in infos:
        found = kept.findings(info)
        if found is None:
            missing.append(info)
        else:
            findings.extend(found)
    if missing:
        findings.extend(_run_all(run, missing, kept))
    kept.save()
    return findings


def _run_all(run, infos, kept) -> list:
    view = kept.view
    findings = []
    for info in infos:
        view.begin()
        try:
            with limited(times=6):  # a whole project, not one file
                rule = info.load()
                drafts = [draft for _, check in rule.project_checks for draft in check(view) or ()]
                drafts.extend(_each(view, rule, kept.chosen))
        except (Exception, TooLong) as error:
            view.end()
            findings.append(fault(next(iter(run.project.paths), "."), f"check {info.code}", error))
            continue
        asked = view.end()  # before the findings are made: that reads their lines
        rows = [_finding(run, draft) for draft in drafts if _is_own(run, info, draft.path)]
        if kept.chosen is None or not rule.each_checks:
            kept.keep(info, rows, asked)
        findings.extend(rows)
    return findings


def _each(view, rule, chosen):
    """Give the drafts of the checks of single files: of the chosen ones, of all if None."""
    for kind, check in rule.each_checks:
        if chosen is None:
            rows = view.facts(kind)
        else:
            rows = [(path, fact) for path in sorted(chosen) if (fact := view.fact(kind, path)) is not None]
        for path, fact in rows:
            yield from check(view, path, fact) or ()


def _is_own(run, info, path) -> bool:
    """Answer whether a finding of a rule in a file is wanted at all."""
    return not run.settings.is_foreign(path) and (info.tests or not run.settings.is_test(path))


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
        rule.code, rule.name, draft.severity, draft.path, line, column, one_line(draft.message), end_line, end_column,
        draft.fix, related, draft.scope, run.place_key(draft.path, (line, column, end_line, end_column)),
    )  # fmt: skip
