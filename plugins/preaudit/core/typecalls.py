"""The calls whose result follows from their arguments: iterators, tasks, threads, exit stacks, copies.

`typenames.SPECIAL_CALLS` says which; a kind is the function of this module that answers it.
"""

from __future__ import annotations

from preaudit.core.typenames import ASYNC_MANAGER, AWAITABLE, AWAITABLES, MANAGER, SPECIAL_CALLS

ITERATOR = "typing.Iterator"
_COLLECTED = {"sorted": "builtins.list", "reversed": ITERATOR, "iter": ITERATOR, "filter": ITERATOR}


def special(engine, name: str, expr, near: str, env) -> set:
    """Answer the values of a call of the dotted `name`, empty if it is none of these calls or nothing is known."""
    found = SPECIAL_CALLS.get(name)
    if found is None or expr is None:
        return set()
    kind, index = found
    arguments = expr[2]
    if kind == "related" and not arguments and isinstance(expr[3], dict) and "to" in expr[3]:
        arguments = [expr[3]["to"]]
    if kind == "bound":
        # a type variable stands for what bounds it
        return set(engine.values(expr[3].get("bound"), near, env)) if isinstance(expr[3], dict) else set()
    if len(arguments) <= index:
        return set()
    return set(_KINDS[kind](engine, name, arguments, index, near, env) or ())


def _same(engine, name, arguments, index, near, env):
    return engine.values(arguments[index], near, env)


def _manager(engine, name, arguments, index, near, env):
    values = engine.values(arguments[index], near, env)
    return values and {("i", MANAGER, (values,)), ("i", ASYNC_MANAGER, (values,))}


def _called(engine, arguments, index, near, env):
    return frozenset(
        v for value in engine.values(arguments[index], near, env) for v in engine.call(value, None, near, env)
    )


def _awaitable_call(engine, name, arguments, index, near, env):
    return {("i", AWAITABLE, (_called(engine, arguments, index, near, env),))}


def _awaited(engine, name, arguments, index, near, env):
    values = engine.values(arguments[index], near, env)
    return {inner for v in values if v[0] == "i" and v[1] in AWAITABLES and v[2] for inner in v[2][-1]}


def _task(engine, name, arguments, index, near, env):
    return {("i", "asyncio.Task", (frozenset(_awaited(engine, name, arguments, index, near, env)),))}


def _gather(engine, name, arguments, index, near, env):
    parts = tuple(
        frozenset(_awaited(engine, name, arguments, place, near, env)) for place in range(len(arguments))
    )  # fmt: skip
    return {("i", AWAITABLE, (frozenset({("tup", parts)}),))}


def _partial(engine, name, arguments, index, near, env):
    return {("partial", value) for value in engine.values(arguments[index], near, env)}


def _related(engine, name, arguments, index, near, env):
    target = arguments[index]
    if target[0] == "const" and isinstance(target[1], str):
        # by its name: the model around the field, or one of the same module; "app.Model" is looked up by Django alone
        if target[1] == "self":
            return {("i", env[1], ())} if env and env[0] in ("i", "c") else None
        values = (
            engine.resolve(f"{engine.project.module_name(near)}.{target[1]}", near) if target[1].isidentifier() else ()
        )
    else:
        values = engine.values(target, near, env)
    return {("i", value[1], ()) for value in values if value[0] == "c"}


def _enter(engine, name, arguments, index, near, env):
    return engine.entered(arguments[index], near, env)


def _aenter(engine, name, arguments, index, near, env):
    return {("i", AWAITABLE, (frozenset(engine.entered(arguments[index], near, env, "aenter", "__aenter__")),))}


def _elements(engine, arguments, index, near, env):
    return frozenset(engine.elements(arguments[index], near, env))


def _collect(engine, name, arguments, index, near, env):
    kind = _COLLECTED.get(name.rpartition(".")[2], name)
    return {("i", kind, (_elements(engine, arguments, index, near, env),))}


def _next(engine, name, arguments, index, near, env):
    return _elements(engine, arguments, index, near, env)


def _enumerate(engine, name, arguments, index, near, env):
    pair = (frozenset({("i", "builtins.int", ())}), _elements(engine, arguments, index, near, env))
    return {("i", ITERATOR, (frozenset({("tup", pair)}),))}


def _zip(engine, name, arguments, index, near, env):
    parts = tuple(_elements(engine, arguments, place, near, env) for place in range(len(arguments)))
    return {("i", ITERATOR, (frozenset({("tup", parts)}),))}


def _submit(engine, name, arguments, index, near, env):
    return {("i", "concurrent.futures.Future", (_called(engine, arguments, index, near, env),))}


def _map(engine, name, arguments, index, near, env):
    return {("i", ITERATOR, (_called(engine, arguments, index, near, env),))}


_KINDS = {
    "same": _same, "manager": _manager, "awaitable-call": _awaitable_call, "awaited": _awaited, "task": _task,
    "gather": _gather, "partial": _partial, "related": _related, "enter": _enter, "aenter": _aenter, "collect": _collect, "next": _next,
    "enumerate": _enumerate, "zip": _zip, "map": _map,
    "submit": _submit,
}  # fmt: skip
