"""What libraries are and do: plain tables, one module per top-level package, loaded on first use.

A table module `knowledge/<top-level package>.py` may define

`DISTRIBUTION`   the name to install for the comparison with the real package ("" for the standard library)
`CANONICAL`      {other public dotted name: canonical dotted name}, for classes and functions alike
`CLASSES`        {canonical class: {
                     "bases": (canonical classes, ...),
                     "init": effect of the constructor, "free" where left out,
                     "default": spec of every public method that is not listed; unknown where left out,
                     "methods": {name: spec}, "attrs": {name: spec},
                     "enter": type of `with x as y` ("self" where left out), "aenter": the same for `async with`,
                     "iter": type of the elements, "iter_effect": spec of iterating, "item": type of `x[...]`,
                     "await": type of `await x`, "call": spec of `x(...)`,
                     "getattr": type of any other public attribute (`client.database` of pymongo)}}
`FUNCTIONS`      {dotted function: spec}
`VALUES`         {dotted module attribute: type}, e.g. "flask.request": "flask.Request"
`INSTEAD`        {dotted name or prefix ending in ".": the awaitable replacement}; the longest match wins
`TIMEOUTS`       {dotted function, method or class: (keyword, position or None, default seconds or None)}
`UNCHECKED`      {name: reason} what the comparison with the real package leaves out, with the reason
`AWAITABLE`      {name or prefix ending in ".": reason} what makes an awaitable without being a coroutine
                 function, or is a coroutine function and is not to be called as one

A spec is `[async] EFFECT [-> TYPE]`. Effects: free (returns at once), lazy (builds something, the I/O
comes later), subprocess, redis, network, database, file, metadata, wait (sleeps or waits for another
thread), cpu, unknown. `async` means the call makes an awaitable; EFFECT is then normally `free`, and
TYPE is what awaiting gives. TYPE is a dotted canonical name, `self` (the receiver's own class),
`a | b`, or has arguments: `list[redis.Redis]`, `contextmanager[X]` (with gives X), `asynccontextmanager[X]`,
`iterator[X]`, `asynciterator[X]`, `type[X]` (the class itself). `@0` is an instance of the class given as argument 0,
`elem` and `value` the first and the last argument of the receiver's own type: `query` gives `Query[@0]`, whose
`first` gives `elem`; `dict.values` gives `iterator[value]`.
"""

from __future__ import annotations

import os
from collections import namedtuple
from functools import lru_cache
from importlib import import_module

BLOCKING = frozenset(("subprocess", "redis", "network", "database", "file", "metadata", "wait", "cpu"))
EFFECTS = BLOCKING | {"free", "lazy", "unknown"}

Spec = namedtuple("Spec", "effect is_async returns")
Spec.__doc__ = "What calling a thing does, whether it makes an awaitable, and the type it gives ('' if unknown)."

_tables: dict = {}
_available: frozenset | None = None
_extra: dict = {}
_specs: dict = {}


def parse_spec(text: str) -> Spec:
    """Answer the spec that a table's text means; ValueError if the text is none."""
    spec = _specs.get(text)
    if spec is None:
        head, _, returns = text.partition("->")
        words = head.split()
        is_async = bool(words) and words[0] == "async"
        if is_async:
            words = words[1:]
        if len(words) > 1 or (words and words[0] not in EFFECTS) or not (words or is_async or returns):
            raise ValueError(f"not a spec: {text!r}")
        spec = _specs[text] = Spec(words[0] if words else "free", is_async, returns.strip())
    return spec


def table(top: str):
    """Answer the table module of a top-level package, or None if there is none."""
    global _available
    if top in _tables:
        return _tables[top]
    if _available is None:
        _available = frozenset(
            entry[:-3] for entry in os.listdir(os.path.dirname(__file__)) if entry.endswith(".py")
        )  # fmt: skip
    module = import_module(f"{__name__}.{top}") if top in _available and not top.startswith("_") else None
    _tables[top] = module
    return module


@lru_cache(maxsize=16_384)
def _entry(dotted: str, section: str):
    module = table(dotted.partition(".")[0])
    return None if module is None else getattr(module, section, {}).get(dotted)


def canonical(dotted: str) -> str:
    """Answer the canonical name of a class or function: `redis.client.Redis` is `redis.Redis`."""
    return _entry(dotted, "CANONICAL") or dotted


def is_class(dotted: str) -> bool:
    """Answer whether a canonical dotted name is a class of a table (or of the user's own)."""
    return _entry(dotted, "CLASSES") is not None or dotted in _extra.get("classes", ())


def class_entry(dotted: str) -> dict:
    """Answer the table entry of a canonical class, {} if there is none."""
    return _entry(dotted, "CLASSES") or {}


def bases(dotted: str) -> tuple:
    """Answer the direct bases that the table gives for a canonical class."""
    return tuple(class_entry(dotted).get("bases", ()))


def ancestors(dotted: str) -> list:
    """Answer a canonical class and all its known bases, nearest first, each once."""
    seen, queue = [], [dotted]
    while queue:
        name = queue.pop(0)
        if name not in seen:
            seen.append(name)
            queue.extend(canonical(base) for base in bases(name))
    return seen


def function(dotted: str) -> Spec | None:
    """Answer the spec of a function by its dotted name; None if no table knows it."""
    dotted = canonical(dotted)
    text = _extra.get("specs", {}).get(dotted) or _entry(dotted, "FUNCTIONS")
    return parse_spec(text) if text else None


def value(dotted: str) -> str:
    """Answer the type of a module attribute such as `flask.request`; '' if unknown."""
    return _entry(dotted, "VALUES") or ""


def member(class_name: str, name: str) -> tuple | None:
    """Answer ("method" or "attr", Spec, class that has it) of a class's member, None if unknown."""
    for owner in ancestors(class_name):
        text = _extra.get("specs", {}).get(f"{owner}.{name}")
        if text:
            return ("method", parse_spec(text), owner)
        entry = class_entry(owner)
        text = entry.get("methods", {}).get(name)
        if text:
            return ("method", parse_spec(text), owner)
        text = entry.get("attrs", {}).get(name)
        if text:
            return ("attr", parse_spec(text), owner)
    if not name.startswith("_"):
        for owner in ancestors(class_name):
            text = class_entry(owner).get("default")
            if text:
                return ("method", parse_spec(text), owner)
            text = class_entry(owner).get("getattr")
            if text:
                return ("attr", Spec("free", False, text), owner)
    return None


def instead(dotted: str) -> str:
    """Answer the awaitable replacement for a blocking name, '' if the table names none."""
    module = table(dotted.partition(".")[0])
    own = _extra.get("instead", {})
    found = getattr(module, "INSTEAD", {}) if module else {}
    best = ""
    for name in (*found, *own):
        if (dotted == name or (name.endswith(".") and dotted.startswith(name))
                or dotted.startswith(name + ".")) and len(name) > len(best):  # fmt: skip
            best = name
    return own.get(best) or found.get(best, "")


def timeout(dotted: str) -> tuple | None:
    """Answer (keyword, position or None, default seconds or None) for a call that can wait."""
    return _entry(dotted, "TIMEOUTS")


def extend(entries: dict) -> None:
    """Take the user's own entries, {dotted name: spec}, in place of those taken before.

    ValueError names the first entry that is no spec.
    """
    specs, classes = {}, set()
    for dotted, text in entries.items():
        parse_spec(text)
        specs[dotted] = text
        owner = dotted.rpartition(".")[0]
        if owner.rpartition(".")[2][:1].isupper():
            classes.add(owner)
    _extra.clear()
    _extra.update(specs=specs, classes=classes)
