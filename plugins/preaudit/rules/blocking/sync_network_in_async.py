"""A synchronous network call stops the event loop

## What it does
Reports a call over the network with a synchronous client where the code runs on the event loop: requests,
urllib, http.client, the sync API of httpx, boto3, smtplib, ftplib, paramiko, the sync clients of stripe,
openai, anthropic and Slack, geopy, pika, kafka-python, sockets, and sending or reading a Celery task.

## Why it matters
The peer decides how long it takes. Until it answers, the process serves nobody, health checks included.

## Bad
```python
import requests


async def rates():
    return requests.get("https://rates.example/today", timeout=5).json()  # AUD303
```

## Good
```python
import asyncio

import httpx
import requests


async def rates():
    async with httpx.AsyncClient() as client:
        response = await client.get("https://rates.example/today")
    return response.json()


async def old_rates():
    response = await asyncio.to_thread(requests.get, "https://rates.example/today", timeout=5)
    return response.json()
```

## Fixed
Use the awaitable client that the message names, or hand the call to a thread with `await asyncio.to_thread(...)`.

## Options
None.

## Limits
`connect()` of a datagram socket only sets an address, and is silent.
Constructing a client is free unless the library connects there.
What is called is judged by its type, never by its spelling; where the type is unknown, nothing is said. A
coroutine that only loops of its own run (`asyncio.run(main())`, and what it awaits, one after the other, in whatever
module) is not judged, nor is the code of a command line: a package `cli`, a file of click or typer commands, a task
of RQ or Celery.

## Origin
Async-correctness review, finding 1.
"""

import ast

from preaudit.core import blocking
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD303",
    name="sync-network-in-async",
    severity="critical",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} blocks the event loop until the peer answers; use {instead}",
    audits=("D 1",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that talks to the network."""
    for site in blocking.of_family(ctx, "network"):
        yield RULE.at(site.node, name=site.name, instead=site.instead)
