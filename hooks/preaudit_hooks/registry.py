"""The rules of both packages: those on one Python file, and those on projects and documents."""

from __future__ import annotations

from preaudit.core import registry as core

ROOTS = ("preaudit", "preaudit_hooks")


def registry():
    """Answer all rules there are; RegistryError if a rule file breaks the conventions."""
    return core.registry(*ROOTS)


__all__ = ["ROOTS", "registry"]
