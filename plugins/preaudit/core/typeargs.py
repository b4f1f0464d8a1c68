"""What type variables stand for, and what functions hand through: generic classes of the project, and their arguments.

`Box[Redis]` is an instance of Box whose arguments are known; a method of it, or of a class above it, that gives T
gives that argument. A function that returns a parameter gives what the call passes for it.
"""

from __future__ import annotations

MAX_BASES = 8
_GENERIC = frozenset({"typing.Generic", "typing.Protocol", "typing_extensions.Protocol"})
EMPTY: frozenset = frozenset()


def argument(engine, receiver, variable: str, near: str, depth: int = 0) -> frozenset:
    """Answer the values that a type variable (dotted) stands for in an instance of a project class; empty if unknown."""
    record = engine.class_record(receiver[1], near)
    if record is None or depth > MAX_BASES:
        return EMPTY
    path, _, entry = record
    names = _parameters(engine, entry, path)
    if variable in names:
        index = names.index(variable)
        return receiver[2][index] if index < len(receiver[2]) else EMPTY
    given = dict(entry.get("given", ()))
    for place, base in enumerate(entry["bases"]):
        for value in sorted(engine.values(base, path), key=repr):
            if value[0] == "c":
                args = tuple(engine.values(expr, path, receiver) for expr in given.get(place, ()))
                found = argument(engine, ("i", value[1], args), variable, path, depth + 1)
                if found:
                    return found
    return EMPTY


def _parameters(engine, entry, path) -> list:
    """Answer the dotted names of a class's type variables, in their order."""
    found: list = []
    for place, exprs in entry.get("given", ()):
        generic = any(name in _GENERIC for name in engine.callee_names(entry["bases"][place], path))
        names = [expr[1][1] for expr in exprs if expr and expr[0] == "inst" and expr[1] and expr[1][0] == "ref"]
        if generic:
            return names
        found += [name for name in names if name not in found and is_variable(engine, name, path)]
    return found


def is_variable(engine, dotted: str, near: str) -> bool:
    """Answer whether a dotted name is a type variable of the project."""
    found = engine.project.find(dotted, near)
    if found is None or len(found[1]) != 1:
        return False
    expr = engine.project.summary(found[0])["names"].get(found[1][0])
    return bool(expr) and expr[0] == "call" and "typing.TypeVar" in engine.callee_names(expr[1], found[0])


def handed_through(engine, entry, full: str, path: str, call, near: str, env, bound: bool) -> set:
    """Answer the values of the arguments that a function gives back: `return x`, or `x: T` and `-> T`.

    `call` is the ["call", ...] expression in the file `near`; `bound`: the first parameter is the receiver.
    """
    wanted = {expr[2] for expr in entry.get("ret", ()) if expr and expr[0] == "param" and expr[1] == full}
    given = entry.get("ann")
    if given and given[0] == "inst" and given[1] and given[1][0] == "ref" and is_variable(engine, given[1][1], path):
        wanted |= {name for name, expr in entry.get("params", ()) if expr and expr[0] == "param" and expr[3] == given}
    if not wanted:
        return set()
    found: set = set()
    names = [name for name, _ in entry.get("params", ())][1 if bound else 0 :]
    for name, value in zip(names, call[2]):
        if value is None:
            break  # unknown, or a star: what follows may have another place
        if name in wanted:
            found |= engine.values(value, near, env)
    keywords = call[3] if isinstance(call[3], dict) else {}
    return found.union(*(engine.values(keywords[name], near, env) for name in wanted if name in keywords))
