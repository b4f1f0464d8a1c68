"""A coroutine is made and never awaited

## What it does
Reports a call of a project coroutine, or of an async client's method, whose result is dropped, or used as if it
were the value: compared, tested, iterated over, formatted, an attribute of it taken.

## Why it matters
The call only makes a coroutine object; nothing runs. The write never happens, the check `if client.exists(key)`
is always true, and all that shows it is a warning on standard error when the object is collected.

## Bad
```python
import redis.asyncio

cache = redis.asyncio.Redis(host="cache")


async def notify(user_id: str):
    return user_id


async def leave(user_id: str):
    cache.delete(user_id)  # AUD309
    if cache.exists(user_id):  # AUD309
        notify(user_id)  # AUD309
```

## Good
```python
import asyncio

import redis.asyncio

cache = redis.asyncio.Redis(host="cache")


async def notify(user_id: str):
    return user_id


async def leave(user_id: str):
    await cache.delete(user_id)
    if await cache.exists(user_id):
        await asyncio.gather(notify(user_id), cache.incr("left"))


def later(user_id: str):
    return notify(user_id)
```

## Fixed
Put `await` before the call; in plain code that has no loop, `asyncio.run(...)`.

## Options
None.

## Limits
A coroutine that is passed on, returned or stored is not followed: whoever gets it may await it. A function whose
decorator is unknown is not judged, because the decorator may run the coroutine.

## Origin
A gap that reviews of asynchronous code name again and again; no audit reference.
"""

from preaudit.core import coroutines
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD309",
    name="coroutine-never-awaited",
    severity="critical",
    scope="types",
    message="{name}() makes a coroutine that is {what} and never runs; write `await` before the call",
    since="0.1.0",
)


# Methods of builtins and loggers, by far the most calls there are; no library names a coroutine function so.
_NEVER_ASYNC = frozenset({
    "append", "extend", "items", "keys", "values", "join", "format", "strip", "lstrip", "rstrip", "split", "startswith",
    "endswith", "lower", "upper", "replace", "encode", "decode", "isoformat", "strftime", "setdefault", "debug", "info",
    "warning", "error", "exception", "critical", "group", "groups", "getLogger", "add_argument", "title", "splitlines",
})  # fmt: skip


@RULE.on_calls(lambda spelled: spelled[:1] != "." or spelled[1:] not in _NEVER_ASYNC)
def check(node, ctx):
    """Report a call that makes a coroutine which nothing can await."""
    if getattr(node.func, "id", "") in ctx.names.builtins or not coroutines.may_be_misused(ctx, node):
        return
    name = coroutines.makes_coroutine(ctx, node)
    what = name and coroutines.misuse(ctx, node)
    if what:
        yield RULE.at(node, name=name, what=what)
