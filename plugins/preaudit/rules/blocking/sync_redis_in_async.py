"""A synchronous Redis command stops the event loop

## What it does
Reports a command on a synchronous Redis client (redis-py, valkey) where the code runs on the event loop: in
a coroutine, or in a callback that the loop calls. The client is recognised by its type, however it was
obtained: an attribute, a local, a parameter, a module global, a factory such as `from_url`, another module.

## Why it matters
The loop serves every request of the process. While one coroutine waits for Redis in a synchronous call,
all others stand still; a Redis that answers slowly takes the whole service down, not one request.

## Bad
```python
import redis

cache = redis.Redis.from_url("redis://cache")


async def profile(user_id: str):
    return cache.get(user_id)  # AUD302
```

## Good
```python
import asyncio

import redis
import redis.asyncio

cache = redis.asyncio.Redis.from_url("redis://cache")
old = redis.Redis(host="cache")


async def profile(user_id: str):
    return await cache.get(user_id)


async def legacy(user_id: str):
    return await asyncio.to_thread(old.get, user_id)


def in_a_thread(user_id: str):
    return old.get(user_id)
```

## Fixed
Use `redis.asyncio.Redis`, which has the same commands, and await them; or hand the call to a thread with
`await asyncio.to_thread(client.get, key)`.

## Options
None.

## Limits
Building a pipeline and constructing a client are free: the commands of a pipeline are only buffered, and
`execute()` is the place that blocks. A client whose type is unknown is not judged. A coroutine that only
loops of its own run (`asyncio.run(main())`, and what it awaits, one after the other, in whatever module) is not judged
either, nor is the code of a command line: a package `cli`, a file of click or typer commands, a task of RQ or Celery.

## Origin
Async-correctness review, finding 1.
"""

import ast

from preaudit.core import blocking
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD302",
    name="sync-redis-in-async",
    severity="critical",
    scope="types",
    imports=("redis", "valkey", "aioredis", "flask_redis"),
    message="{name} blocks the event loop until Redis answers; use {instead}",
    audits=("D 1",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each command of a synchronous client on the loop."""
    for site in blocking.of_family(ctx, "redis"):
        yield RULE.at(site.node, name=site.name, instead=site.instead)
