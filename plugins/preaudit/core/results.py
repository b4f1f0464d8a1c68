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
    before, project.asked = project.asked, None
    try:
        dependencies = sorted([kind, name, state_of(kind, name, path, project, cache)] for kind, name in asked)
    finally:
        project.asked = before
    cache.put("r", *key, [whole, dependencies, [finding.to_row() for finding in findings]])


def sound(record, cache, path: str, project, whole: str = "") -> list | None:
    """Answer the findings of a record that `keep` made if nothing they depended on has changed, else None."""
    try:
        then, dependencies, rows = record
        if whole and then == whole:
            dependencies = [
                one for one in dependencies if one[0] in ("requirements", "ruff", "disk")
            ]  # `whole` is of Python files
        before, project.asked = project.asked, None
        try:
            for kind, name, state in dependencies:
                if state_of(kind, name, path, project, cache) != state:
                    return None
        finally:
            project.asked = before
        return [Finding.from_row(row) for row in rows]
    except (TypeError, ValueError, IndexError):
        return None
