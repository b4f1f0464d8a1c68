"""Findings of one file, kept with everything they depended on."""

from __future__ import annotations

from preaudit.core.cache import digest
from preaudit.core.files import disk_state
from preaudit.core.finding import Finding

# The parts of a summary (core/summary.py) that are tables, of which one can depend on single names, or on all.
TABLES = frozenset({"names", "functions", "classes"})
WHOLE = "*"


def state_of(kind: str, name: str, path: str, project, cache) -> str:
    """Answer the present state of one thing a result can depend on, as a short text."""
    if kind == "summary":
        return cache.content_hash(name)
    if kind == "module":
        found = project.find(name, path)
        return found[0] if found is not None else ""
    if kind == "own":
        return " ".join(project.roots_of(name))
    if kind == "folder":
        return str(project.is_folder(name))
    if kind == "outside":
        state = project.outside(name) if name else sorted(project.outside_names())
        return digest(repr(state).encode("utf-8", "surrogatepass"))
    if kind == "requirements":
        return project.requirements_state()
    if kind == "disk":
        return disk_state(project.root, name)
    if kind == "ruff":
        return digest(project.ruff.state().encode("utf-8", "surrogatepass"))
    return ""


def keep(cache, key: tuple, path: str, findings: list, asked: set, project, whole: str = "") -> None:
    """Keep the findings of a file under a key together with the state of what was asked for.

    `whole` names the state of the whole project: while that is the same, nothing needs to be compared.
    """
    dependencies = states(asked, path, project, cache)
    cache.put("r", *key, [whole, dependencies, [finding.to_row() for finding in findings]])


def states(asked, path: str, project, cache) -> list:
    """Answer [kind, name, present state] of all that a result of one file asked for, sorted."""
    before, project.asked = project.asked, None
    try:
        return sorted([kind, name, state_of(kind, name, path, project, cache)] for kind, name in asked)
    finally:
        project.asked = before


def unchanged(dependencies: list, path: str, project, cache, known: dict | None = None) -> bool:
    """Answer whether what `states` told still holds; `known` remembers, within one run, what no file changes."""
    known = {} if known is None else known
    before, project.asked = project.asked, None
    try:
        for kind, name, state in dependencies:
            key = (kind, name, path if kind == "module" else "")
            found = known.get(key)
            if found is None:
                found = known[key] = state_of(kind, name, path, project, cache)
            if found != state:
                return False
    finally:
        project.asked = before
    return True


def sound(record, cache, path: str, project, whole: str = "") -> list | None:
    """Answer the findings of a record that `keep` made if nothing they depended on has changed, else None."""
    try:
        then, dependencies, rows = record
        if whole and then == whole:
            dependencies = [
                one for one in dependencies if one[0] in ("requirements", "ruff", "disk")
            ]  # `whole` is of Python files
        if not unchanged(dependencies, path, project, cache):
            return None
        return [Finding.from_row(row) for row in rows]
    except (TypeError, ValueError, IndexError):
        return None
