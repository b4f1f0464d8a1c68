"""The event loop is run from within, or on something that is no awaitable

## What it does
Reports `asyncio.run(...)` and `loop.run_until_complete(...)` in a coroutine, where a loop is running already, and
those that are given something that cannot be awaited: a function that was not called, the result of a plain
function, a constant. `asyncio.run` wants a coroutine, so a future of `asyncio.gather` is reported too.

## Why it matters
Each of them raises as soon as it is reached: RuntimeError on a running loop, ValueError or TypeError on what is no
coroutine. Such lines stand in error paths and start-up code that tests seldom reach.

## Bad
```python
import asyncio


async def load():
    return 1


async def handler():
    return asyncio.run(load())  # AUD311


def main():
    asyncio.run(load)  # AUD311
    asyncio.run(asyncio.gather(load(), load()))  # AUD311
```

## Good
```python
import asyncio


async def load():
    return 1


async def both():
    return await asyncio.gather(load(), load())


async def handler():
    return await load() + await asyncio.to_thread(lambda: asyncio.run(load()))


def main():
    asyncio.run(both())
```

## Fixed
In a coroutine, `await` it. Elsewhere call the coroutine function, and put `gather` into a coroutine of its own.

## Options
None.

## Limits
Files that use nest_asyncio are not judged. What an argument is counts only where its type is known. That
each of these raises is executed in tests/oracles/test_event_loop.py.

## Origin
A gap that reviews of asynchronous code name again and again; no audit reference.
"""

import ast

from preaudit.core.blocking import RUNS_LOOP
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD311",
    name="event-loop-misuse",
    severity="high",
    scope="types",
    words=("asyncio", "run_until_complete"),
    message="{what}",
    since="0.1.0",
)

_FUTURES = ("asyncio.gather", "asyncio.shield", "asyncio.wrap_future", "asyncio.ensure_future", "asyncio.wait")
_PLAIN = ("builtins.", "datetime.")


@RULE.on(ast.Call)
def check(node, ctx):
    """Report a loop that is run inside a loop, or on no awaitable."""
    spelled = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if spelled not in ("run", "run_until_complete", "run_forever"):
        return
    names = ctx.targets(node)
    if not names and spelled == "run_until_complete":
        # no other object has a method of this name
        names = frozenset({"asyncio.AbstractEventLoop.run_until_complete"})
    if not names or not names <= RUNS_LOOP or "nest_asyncio" in ctx.text:
        return
    name = min(names)
    if ctx.on_loop(node):
        what = f"{name} on the running loop raises RuntimeError; await the coroutine instead"
        yield RULE.at(node, what=what)
        return
    if node.args and spelled != "run_forever":
        found = _no_awaitable(node.args[0], name, ctx)
        if found:
            yield RULE.at(node, what=f"{name} is given {found}, and raises; call it with a coroutine")


def _no_awaitable(argument, name, ctx) -> str:
    """Answer what an argument is if it certainly cannot be run, '' otherwise."""
    if isinstance(argument, ast.Constant):
        return "a constant"
    if isinstance(argument, ast.Call):
        called = ctx.targets(argument)
        if name == "asyncio.run" and called and called <= set(_FUTURES):
            return f"a future of {min(called)} and no coroutine" if min(called) != "asyncio.wait" else ""
        return _plain_result(argument, called, ctx)
    if isinstance(argument, (ast.Name, ast.Attribute)):
        values = ctx.values(argument)
        functions = [value for value in values if value[0] in ("f", "m")]
        if values and len(functions) == len(values):
            records = [ctx.types_engine.function_record(ctx.types_engine.value_name(v), ctx.path) for v in values]
            if all(record is not None and not ctx.types_engine.is_property(
                    ctx.types_engine.value_name(v), ctx.path) for record, v in zip(records, values)):  # fmt: skip
                return "a function that was not called"
    return ""


def _plain_result(call, called, ctx) -> str:
    """Answer words for the result of a plain function of the project that certainly makes no awaitable."""
    engine = ctx.types_engine
    for value in ctx.values(call.func):
        name = engine.value_name(value)
        record = engine.function_record(name, ctx.path) if value[0] in ("f", "m") else None
        if record is None or record[2].get("async") or engine.decorators(name, ctx.path):
            return ""
    types = ctx.types(call)
    if called and types and all(t.startswith(_PLAIN) for t in types):
        return f"the result of {min(called)}, which is no coroutine function"
    return ""
