"""Which of some libraries a project imports outside its tests.

Derived, so that an import of anything else changes nothing for the rules that ask.
"""

from __future__ import annotations


def imported(project, packages) -> set:
    """Answer the dotted names of the modules that are imported outside tests and belong to these top-level packages."""
    return project.derived("imported", " ".join(sorted(packages)))


def make(project, packages):
    """Answer the modules of these packages, parted by blanks, that the files of a project view import."""
    wanted = frozenset(packages.split())
    return {
        row[3] for path, rows in project.facts("imports") if not project.is_test(path)
        for row in rows if row[3].partition(".")[0] in wanted
    }  # fmt: skip


def shape(modules):
    """Answer all that there is to say of what `make` answered."""
    return sorted(modules)
