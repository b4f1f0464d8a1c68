"""What each file contributes to the project, one kind of fact a module.

A module `facts/<kind>.py` defines `KIND`, and one or both of

    WORDS = (...)            a Python file is asked only if its text holds one of them (all files if empty)
    def collect(ctx): ...    -> something JSON can hold, or None

    DOCUMENTS = (...)        document kinds
    def collect_document(document): ...

What it answers depends on that one file alone; references to other modules stay symbolic expressions.
"""

from __future__ import annotations

import os
from importlib import import_module

FAULTS = "!"
_names: tuple = ()
_kinds: dict | None = None


def names() -> tuple:
    """Answer the names of the modules of this folder that hold collectors, sorted, without importing one."""
    global _names
    if not _names:
        listed = sorted(name[:-3] for name in os.listdir(os.path.dirname(__file__)) if name.endswith(".py"))
        _names = tuple(name for name in listed if not name.startswith("_"))
    return _names


def kinds() -> dict:
    """Answer {kind: module} of all kinds of facts, in a stable order."""
    global _kinds
    if _kinds is None:
        modules = [import_module(f"{__name__}.{name}") for name in names()]
        _kinds = {module.KIND: module for module in modules if hasattr(module, "KIND")}
    return _kinds


def of_python(ctx) -> dict:
    """Answer {kind: fact} of a Python file under check; what collectors raised, as texts, under FAULTS."""
    found = {}
    for kind, module in kinds().items():
        collect = getattr(module, "collect", None)
        if collect is None:
            continue
        words = getattr(module, "WORDS", ())
        if words and not any(word in ctx.text for word in words):
            continue
        try:
            fact = collect(ctx)
        except Exception as error:
            found.setdefault(FAULTS, []).append(f"facts {kind} failed inside ({error.__class__.__name__}: {error})")
            continue
        if fact:
            found[kind] = fact
    return found


def of_document(document) -> dict:
    """Answer {kind: fact} of another file."""
    found = {}
    for kind, module in kinds().items():
        if document.kind in getattr(module, "DOCUMENTS", ()):
            try:
                fact = module.collect_document(document)
            except Exception as error:
                found.setdefault(FAULTS, []).append(f"facts {kind} failed inside ({error.__class__.__name__}: {error})")
                continue
            if fact:
                found[kind] = fact
    return found


def state() -> str:
    """Answer what tells one set of collectors from another: the cache keeps facts under it."""
    return ",".join(names())
