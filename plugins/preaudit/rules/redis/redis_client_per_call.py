"""A Redis client or pool is made anew on every call

## What it does
Reports a Redis client or connection pool that is constructed in a request handler, in a task or in a
helper that runs again and again, and that nothing keeps or closes. Clients of redis-py, valkey-py and
aioredis 2 are known, made by their class or by `from_url`, and subclasses of them in the project.

## Why it matters
Every client that is not given a pool makes one of its own. A client for each request opens a TCP
connection (and authenticates, and negotiates TLS) for each request, and the connections stay open until
the garbage collector closes them. Under load the server runs into `maxclients` or the host out of ports.

## Bad
```python
import redis
from fastapi import FastAPI

app = FastAPI()


@app.get("/visits")
def visits():
    client = redis.Redis(host="cache")  # AUD203
    return client.incr("visits")
```

A helper that returns a fresh client to each caller is the same:

```python
import redis


def get_redis():
    return redis.Redis.from_url("redis://cache:6379/0")  # AUD203
```

## Good
```python
import redis
from fastapi import FastAPI

app = FastAPI()
POOL = redis.ConnectionPool(host="cache", max_connections=20)


@app.get("/visits")
def visits():
    client = redis.Redis(connection_pool=POOL)
    return client.incr("visits")
```

```python
from functools import lru_cache

import redis


@lru_cache
def get_redis():
    return redis.Redis.from_url("redis://cache:6379/0", max_connections=20)
```

## Fixed
No automatic fix: which client is to be shared, and how many connections it may have, is a decision.

## Options
None.

## Limits
A helper whose result every caller keeps (at module level, on an object, in a cache) makes one client and
is silent. Start-up functions, commands, scripts and workers that never return are silent. A class that
makes its client in `__init__` is not followed to where it is itself made.

## Origin
Audit A, HIGH-6: each request opened its own connections to Redis.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import Severity
from preaudit.core.lifetimes import lifetime
from preaudit.core.redis_clients import LIBRARIES, constructions
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD203",
    name="redis-client-per-call",
    severity=Severity.HIGH,
    since="0.1.0",
    scope="types",
    imports=LIBRARIES,
    audits=("A HIGH-6",),
    message="{client} makes a new {what} {often} and nothing closes it; make it once and share it{instead}",
)
_OFTEN = {"request": "for every request", "task": "for every run of the task", "call": "on every call"}


@RULE.on(ast.Module)
def check(node, ctx):
    """Report clients and pools that live as long as one call."""
    for made in constructions(ctx):
        often = lifetime(ctx, made)
        if often:
            what = "connection pool" if made.kind == "pool" else "client with a pool of its own"
            instead = "" if made.kind != "client" else ", or pass a shared connection_pool="
            yield RULE.at(made.call, client=made.shown, what=what, often=_OFTEN[often], instead=instead)
