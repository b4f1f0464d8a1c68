"""What each file contributes to the project, one kind of fact a module.

A module `facts/<kind>.py` defines `KIND`, and one or both of

    WORDS = (...)            a Python file is asked only if its text holds one of them (all files if empty)
    def collect(ctx): ...    -> something JSON can hold, or None

    DOCUMENTS = (...)        document kinds
    def collect_document(document): ...

What it answers depends on that one file; references to other modules stay symbolic expressions, for what it asks of
another module (the type of an imported name) is noted, and the fact is made again when that one changes. Places come
from `ctx.place(node)`, and a line number that does not is given as `ctx.line(number)`: a fact that only moved is then
known to be the same (core/place.py).
"""

from __future__ import annotations

import os
from importlib import import_module

from preaudit.core.place import Line

FAULTS = "!"
_names: tuple = ()
_kinds: dict | None = None
_rows: dict | None = None


def names() -> tuple:
    """Answer the names of the modules of this folder that hold collectors, sorted, without importing one."""
    global _names
    if not _names:
        listed = sorted(name[:-3] for name in os.listdir(os.path.dirname(__file__)) if name.endswith(".py"))
        _names = tuple(name for name in listed if not name.startswith("_"))
    return _names


def kinds() -> dict:
    """Answer {kind: module} of all kinds of facts, in a stable order; imports them all."""
    global _kinds
    if _kinds is None:
        modules = [import_module(f"{__name__}.{name}") for name in names()]
        _kinds = {module.KIND: module for module in modules if hasattr(module, "KIND")}
    return _kinds


def row_of(name: str) -> tuple:
    """Answer (kind or '', words or None where it reads no Python, document kinds) of a collector's module."""
    module = import_module(f"{__name__}.{name}")
    words = tuple(getattr(module, "WORDS", ())) if hasattr(module, "collect") else None
    return (getattr(module, "KIND", ""), words, tuple(getattr(module, "DOCUMENTS", ())))


def _table() -> dict:
    """Answer {module name: its row}, from the generated index where that fits the file, else by importing it."""
    global _rows
    if _rows is None:
        from preaudit_hooks.fact_index import FACTS as kept

        folder = os.path.dirname(__file__)
        made = {}
        for name in names():
            size, row = kept.get(name, (-1, ()))
            fits = size == os.path.getsize(os.path.join(folder, f"{name}.py"))
            made[name] = row if fits else row_of(name)
        _rows = made
    return _rows


def of_python(ctx) -> dict:
    """Answer {kind: fact} of a Python file under check; what collectors raised, as texts, under FAULTS."""
    found: dict = {}
    ctx.line = Line
    for name, (kind, words, _) in _table().items():
        if kind and words is not None and (not words or any(map(ctx.holds, words))):
            _ask(found, kind, lambda name=name: import_module(f"{__name__}.{name}").collect(ctx))
    return found


def of_document(document) -> dict:
    """Answer {kind: fact} of another file; what collectors raised, as texts, under FAULTS."""
    found: dict = {}
    for name, (kind, _, documents) in _table().items():
        if kind and document.kind in documents:
            _ask(found, kind, lambda name=name: import_module(f"{__name__}.{name}").collect_document(document))
    return found


def _ask(found: dict, kind: str, collect) -> None:
    try:
        fact = collect()
    except Exception as error:
        found.setdefault(FAULTS, []).append(f"facts {kind} failed inside ({error.__class__.__name__}: {error})")
        return
    if fact:
        found[kind] = fact


def state() -> str:
    """Answer what tells one set of collectors from another: the cache keeps facts under it."""
    return ",".join(names())
