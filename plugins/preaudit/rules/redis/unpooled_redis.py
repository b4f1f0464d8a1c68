"""A Redis client brings an unbounded connection pool of its own

## What it does
Reports a Redis client that is constructed with neither a shared `connection_pool` nor a bound
(`max_connections`). Clients of redis-py, valkey-py and aioredis 2 are known, made by their class or by
`from_url`, and subclasses of them in the project.

## Why it matters
Every client made without `connection_pool` owns a pool, and before redis-py 8 that pool is practically
unbounded. Each thread or coroutine that waits for an answer holds a connection of its own, in each
process and for each client: connections add up until the server refuses new ones, for everybody.

## Bad
```python
import redis

cache = redis.Redis(host="cache", port=6379)  # AUD201
```

## Good
```python
import redis

POOL = redis.BlockingConnectionPool(host="cache", port=6379, max_connections=20, timeout=5)
cache = redis.Redis(connection_pool=POOL)
sessions = redis.Redis.from_url("redis://sessions:6379/0", max_connections=20)
```

## Fixed
No automatic fix: which client is to be shared, and how many connections it may have, is a decision.

## Options
None.

## Limits
Silent where `**kwargs` may hold the bound, where the URL's query sets it, in scripts that run and end,
for a client that the same function closes or that dies with it, for a subscriber's own, which needs one connection, and
in a project whose requirements pin redis-py 8 or newer,
which bounds every pool at 100 connections. A client made on every call is AUD203's business.

## Origin
Audit A, HIGH-6: dozens of clients, each with its own pool, exhausted the Redis server's connections.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import Severity
from preaudit.core.lifetimes import closed, in_one_shot_script, lifetime, outlives, subscribes
from preaudit.core.redis_clients import LIBRARIES, constructions, given, library
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD201",
    name="unpooled-redis",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="types",
    imports=LIBRARIES,
    audits=("A HIGH-6",),
    message="{client} brings an unbounded connection pool of its own to each process, so connections add up until "
    "the server refuses new ones; pass {instead}",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report clients whose pool is neither shared nor bounded."""
    bounded = None
    for made in constructions(ctx):
        if made.kind == "pool" or any(given(ctx, made, name) is not None for name in _BOUNDS):
            continue
        if in_one_shot_script(ctx, made.call) or lifetime(ctx, made) or closed(ctx, made) or not outlives(ctx, made):
            continue
        if subscribes(made.call):
            continue
        if library(made, ctx) == "redis":
            if bounded is None:
                bounds = ctx.project.requirements.version_bounds("redis")
                bounded = bounds is not None and bounds.at_least(8)
            if bounded:
                continue
        instead = "max_connections=" if made.kind == "cluster" else "a shared connection_pool= or max_connections="
        yield RULE.at(made.call, client=made.shown, instead=instead)


_BOUNDS = ("connection_pool", "max_connections", "single_connection_client")
