"""A Redis client that waits for ever

## What it does
Reports a Redis client or pool that is constructed without `socket_timeout` where the project's redis-py is older
than 8 or unknown, an explicit `socket_timeout=None`, and a blocking command (`blpop`, `brpop`, `xread(block=)`,
...) that waits longer than its own client's socket timeout.

## Why it matters
Before redis-py 8 there is no default timeout: when the server or the network stops answering, every request and
every worker that touches Redis hangs until it is killed. A blocking command that waits longer than the socket
timeout fails with a timeout error each time the list is empty.

## Bad
```python
import redis

cache = redis.Redis(host="cache", max_connections=10)  # AUD202
jobs = redis.Redis(host="jobs", socket_timeout=5)


def next_job():
    return jobs.brpop("jobs", timeout=30)  # AUD202
```

## Good
```python
import redis

cache = redis.Redis(host="cache", max_connections=10, socket_timeout=5)
jobs = redis.Redis.from_url("redis://jobs:6379/0?socket_timeout=35")


def next_job():
    return jobs.brpop("jobs", timeout=30)
```

## Fixed
No automatic fix: how long an answer may take is a decision.

## Options
None.

## Limits
The version is read from requirements files, pyproject, setup files and locks. redis-py 8 and newer wait five
seconds by default (tests/oracles/test_redis_defaults.py). Silent where `**kwargs` may hold the timeout, for a
client with a pool of somebody else's or one that is given its arguments after (`connection_kwargs`), in scripts and
commands that run and end, and for a listener that is meant to wait.

## Origin
Audit A, HIGH-6: one Redis failover stopped all web workers.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import Severity
from preaudit.core.lifetimes import in_one_shot_script, loops_for_ever
from preaudit.core.redis_clients import LIBRARIES, constructions, given, library, url_options
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, function_of, statement_of
from preaudit.core.values import constants

RULE = Rule(
    code="AUD202",
    name="redis-without-timeout",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="types",
    imports=LIBRARIES,
    audits=("A HIGH-6",),
    message="{client} waits for ever when the server does not answer{why}; pass socket_timeout= in seconds",
)
_LONGER = "{call} waits {wait}, longer than its client's socket_timeout of {limit:g} s, and fails when nothing comes; {instead}"
DEFAULT = 5  # seconds, of redis-py 8 and newer
# Command: (position of its wait without the receiver, keyword, seconds per unit)
_BLOCKING = {
    "blpop": (1, "timeout", 1), "brpop": (1, "timeout", 1), "brpoplpush": (2, "timeout", 1), "blmove": (2, "timeout", 1),
    "bzpopmin": (1, "timeout", 1), "bzpopmax": (1, "timeout", 1), "blmpop": (0, "timeout", 1), "bzmpop": (0, "timeout", 1),
    "xread": (2, "block", 0.001), "xreadgroup": (4, "block", 0.001),
}  # fmt: skip


@RULE.on(ast.Module)
def check(node, ctx):
    """Report clients without a timeout, and waits longer than the timeout."""
    holders: dict = {}
    for made in constructions(ctx):
        if made.kind == "client" and given(ctx, made, "connection_pool") is not None:
            continue
        limit = given(ctx, made, "socket_timeout")
        if limit is None:
            if not _defaulted(ctx, made) and not _set_later(ctx, made.call):
                if not in_one_shot_script(ctx, made.call) and not loops_for_ever(made.call):
                    yield RULE.at(made.call, client=made.shown, why=_why(ctx, made))
                continue
            seconds = DEFAULT
        elif limit is True:
            found = url_options(ctx, made).get("socket_timeout")
            seconds = _number(found[0]) if found else None
        else:
            values = constants(ctx.exprs.of(limit), ctx.path, ctx.project)
            if values == [None]:
                if not in_one_shot_script(ctx, made.call) and not loops_for_ever(made.call):
                    yield RULE.at(made.call, client=made.shown, why=" because socket_timeout is None")
                continue
            seconds = values[0] if len(values) == 1 and isinstance(values[0], (int, float)) else None
        if seconds:
            _hold(made.call, seconds, holders)
    if holders:
        yield from _long_waits(ctx, holders)


def _defaulted(ctx, made) -> bool:
    """Answer whether the library itself sets a timeout: redis-py from 8 on."""
    if library(made, ctx) != "redis":
        return False
    bounds = ctx.project.requirements.version_bounds("redis")
    return bounds is not None and bounds.at_least(8)


def _set_later(ctx, call) -> bool:
    """Answer whether the function sets the pool's arguments after: `client.connection_pool.connection_kwargs[...] = 3`."""
    if not ctx.holds("connection_kwargs"):
        return False
    function = function_of(call)
    return any(
        isinstance(node.parent_, (ast.Subscript, ast.Attribute)) and function_of(node) is function
        for node in ctx.nodes(ast.Attribute)
        if node.attr == "connection_kwargs"
    )


def _why(ctx, made) -> str:
    return ", because redis-py before 8 has no default timeout" if library(made, ctx) == "redis" else ""


def _number(text: str):
    try:
        return float(text)
    except ValueError:
        return None


def _hold(call, seconds, holders) -> None:
    """Note under which names a client is known in this file: a module's or a function's variable, `self.x`."""
    statement = statement_of(call)
    for target in statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]:
        name = dotted(target) if target is not None else ""
        if name and statement.value is call:
            function = function_of(call) if isinstance(target, ast.Name) else None
            holders.setdefault((name, function), set()).add(seconds)


def _long_waits(ctx, holders):
    for call in ctx.nodes(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _BLOCKING:
            continue
        name = dotted(call.func.value)
        limits = holders.get((name, function_of(call))) or holders.get((name, None))
        if not limits or len(limits) != 1:
            continue
        position, keyword, unit = _BLOCKING[call.func.attr]
        value = next((k.value for k in call.keywords if k.arg == keyword), None)
        if value is None and len(call.args) > position and not any(isinstance(arg, ast.Starred) for arg in call.args):
            value = call.args[position]
        if any(k.arg is None for k in call.keywords):
            continue
        if value is None:
            wait = [0] if unit == 1 else [None]  # the lists wait for ever by default, the streams not at all
        else:
            wait = constants(ctx.exprs.of(value), ctx.path, ctx.project)
        limit = next(iter(limits))
        if len(wait) != 1 or not isinstance(wait[0], (int, float)) or isinstance(wait[0], bool):
            continue
        if wait[0] == 0 or wait[0] * unit >= limit:
            shown = "for ever" if wait[0] == 0 else f"{wait[0] * unit:g} s"
            instead = f"pass a {keyword}= below it, or give the client a longer one"
            yield RULE.at(
                call, message=_LONGER, call=f"{name}.{call.func.attr}()", wait=shown, limit=limit, instead=instead
            )
