"""What absolute imports can mean where a service is started in a folder of its own, whatever packages lie around it.

Derived, file by file (see `derived` of view.py): an import of a library changes nothing for the rules that ask.
"""

from __future__ import annotations

PARTS = "imports"


def beside(project) -> dict:
    """Answer {path: the files that its imports can mean with a folder around it on the import path}."""
    return project.derived("beside")


def make(project, _=""):
    """Answer the same, from the facts of a project view."""
    return {path: _targets(project, path, rows) for path, rows in project.facts(PARTS)}


def part(project, path, made=None):
    """Answer the part of one file."""
    return sorted(made.get(path, ()) if made is not None else _targets(project, path, project.fact(PARTS, path) or ()))


def _targets(project, path, rows) -> set:
    python = project.python
    return {target for row in rows for target in _meant(python, path, row[3], row[4])}


def _meant(python, path, module, names):
    """Give the files that an absolute import can mean where a folder around the importing file is on the import path."""
    folder = path.rpartition("/")[0]
    while folder:
        base = f"{folder}/{module.replace('.', '/')}"
        for end in (base, *(f"{base}/{name}" for name, _, _ in names)):
            for file in (f"{end}.py", f"{end}/__init__.py"):
                if file in python:
                    yield file
        folder = folder.rpartition("/")[0]
