"""The project rules of a run, and the cache of what each of them found.

What a rule found depends on the facts of the kinds it asked for, and on whatever modules were asked for while the
project rules ran. While neither changes, the rule is not even imported.
"""

from __future__ import annotations

import json

from preaudit.core.cache import digest
from preaudit.core.finding import Finding, Related
from preaudit.core.reports import fault, one_line
from preaudit.core.results import state_of


def run_project_rules(run, infos) -> list:
    """Answer the findings of all project rules, not yet filtered or suppressed."""
    kept = _Kept(run)
    findings, missing = [], []
    for info in infos:
        found = kept.findings(info)
        if found is None:
            missing.append(info)
        else:
            findings.extend(found)
    if missing:
        findings.extend(_run_all(run, missing, kept))
    return findings


def _run_all(run, infos, kept) -> list:
    from preaudit_hooks.view import ProjectView

    asked = run.project.asked = set()
    view = ProjectView(run.project, run.settings, run.facts.of)
    made = []
    try:
        for info in infos:
            view.begin()
            rows = _run(run, info, view)
            made.append((info, rows, view.end()))
    finally:
        run.project.asked = None
    kept.keep(made, asked)
    return [finding for _, rows, _ in made for finding in rows]


class _Kept:
    """What the project rules found in earlier runs, as far as it still holds."""

    def __init__(self, run):
        self.run, self.cache = run, run.cache
        self._states: dict = {}
        self._unions: dict = {}

    def _key(self, info) -> tuple:
        return ("project", info.code, digest(f"{self.run.settings.fingerprint}".encode())[:12])

    def state(self, kind: str, name: str) -> str:
        """Answer the present state of what a rule can depend on."""
        key = (kind, name)
        if key not in self._states:
            if kind == "facts":
                found = self.run.facts.state(name)
            elif kind == "paths":
                found = digest("\n".join(self.run.project.paths).encode("utf-8", "surrogatepass"))
            else:
                found = state_of(kind, name, "", self.run.project, self.cache)
            self._states[key] = found
        return self._states[key]

    def _holds(self, dependencies) -> bool:
        return all(self.state(kind, name) == state for kind, name, state in dependencies)

    def findings(self, info) -> list | None:
        """Answer what a rule found if it still holds, else None."""
        if self.cache is None:
            return None
        record = self.cache.get("p", *self._key(info))
        try:
            own, union, rows = record
            if not self._holds(own):
                return None
            if union not in self._unions:
                shared = self.cache.get("u", union)
                self._unions[union] = shared is not None and self._holds(shared)
            return [Finding.from_row(row) for row in rows] if self._unions[union] else None
        except (TypeError, ValueError, IndexError):
            return None

    def keep(self, made, asked) -> None:
        """Keep what rules found: each with the facts it asked for, all with the modules that any of them asked for.

        Rules share models and the memory of the type engine, so which of them asked for a module cannot be told.
        """
        if self.cache is None:
            return
        before, self.run.project.asked = self.run.project.asked, None
        try:
            shared = sorted([kind, name, self.state(kind, name)] for kind, name in asked)
            union = digest(json.dumps(shared).encode("utf-8", "surrogatepass"))
            self.cache.put("u", union, shared)
            for info, rows, kinds in made:
                if any(row.code == "AUD000" for row in rows):
                    continue
                own = sorted([kind, name, self.state(kind, name)] for kind, name in kinds)
                if all(kind != "facts" or self.run.facts.is_whole(name) for kind, name in kinds):
                    self.cache.put("p", *self._key(info), [own, union, [row.to_row() for row in rows]])
        finally:
            self.run.project.asked = before


def _run(run, info, view):
    try:
        rule = info.load()
        drafts = [draft for _, check in rule.project_checks for draft in check(view) or ()]
    except Exception as error:
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
        rule.code, rule.name, draft.severity, draft.path, line, column, one_line(draft.message), end_line, end_column,
        draft.fix, related, draft.scope, run.place_key(draft.path, (line, column, end_line, end_column)),
    )  # fmt: skip
