"""KEYS walks the whole Redis keyspace

## What it does
Reports `keys()` on a Redis client or pipeline, and `execute_command("KEYS", ...)`, in application code.

## Why it matters
Redis runs one command at a time. `KEYS` looks at every key there is, however few match, and everybody else waits
meanwhile: with millions of keys, for seconds.

## Bad
```python
import redis

cache = redis.Redis(host="cache", max_connections=10)


def forget(user):
    for key in cache.keys(f"session:{user}:*"):  # AUD204
        cache.delete(key)
```

## Good
```python
import redis

cache = redis.Redis(host="cache", max_connections=10)


def forget(user):
    for key in cache.scan_iter(f"session:{user}:*"):
        cache.delete(key)


def remember(user, session):
    cache.sadd(f"sessions:{user}", session)
```

## Fixed
No automatic fix: a scan may give a key twice and see keys that were added meanwhile.

## Options
None.

## Limits
The type of the client must be known. Scripts that run and end are silent.

## Origin
Found beside audit A: a status page listed jobs with KEYS.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import Severity
from preaudit.core.lifetimes import in_one_shot_script
from preaudit.core.redis_clients import LIBRARIES
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted

RULE = Rule(
    code="AUD204",
    name="redis-keys-scan",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="types",
    words=(".keys(", "execute_command"),
    message="{call} walks the whole keyspace while every other client waits; use {instead}, or keep the keys in a set",
)


@RULE.on(ast.Call)
def check(node, ctx):
    """Report KEYS on Redis clients."""
    function = node.func
    if not isinstance(function, ast.Attribute):
        return
    if function.attr == "execute_command":
        first = node.args[0] if node.args else None
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.upper() == "KEYS"):
            return
    elif function.attr != "keys":
        return
    targets = ctx.targets(node)
    if not targets or not all(name.partition(".")[0] in LIBRARIES for name in targets) or in_one_shot_script(ctx, node):
        return
    instead = "async for key in scan_iter()" if any(".asyncio." in name for name in targets) else "scan_iter()"
    yield RULE.at(node, call=f"{dotted(function) or function.attr}()", instead=instead)
