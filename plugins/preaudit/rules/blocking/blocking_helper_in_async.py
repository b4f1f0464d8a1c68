"""A function of the project blocks the event loop

## What it does
Reports, at the call on the event loop, a plain function of the project that itself blocks: it starts a
process, talks to Redis, the network or a database, sleeps, reads files or computes, directly or through up to
three functions in a row. Methods, properties, constructors, context managers, generators and decorated
functions count, across modules, by the type of the receiver. The chain is told with the finding.

## Why it matters
The blocking call is easy to see; the helper around it is not. A name like `load_settings()` in a coroutine
looks harmless, and stops every request of the process while it runs.

## Bad
```python
import requests


def rates():
    return requests.get("https://rates.example/today", timeout=5).json()


def converted(amount: float) -> float:
    return amount * rates()["EUR"]


async def price(amount: float):
    return converted(amount)  # AUD308
```

## Good
```python
import asyncio

import requests


def rates():
    return requests.get("https://rates.example/today", timeout=5).json()


async def price(amount: float):
    return amount * (await asyncio.to_thread(rates))["EUR"]


def plain(amount: float):
    return amount * rates()["EUR"]
```

## Fixed
Await the helper in a thread, `await asyncio.to_thread(helper, ...)`, at the outermost place; or make the chain
asynchronous down to the library. A FastAPI handler that awaits nothing can become a plain `def`.

## Options
None.

## Limits
Three functions deep. What a lifespan calls before it yields, or what start-up code of another module awaits, is not
judged: nothing is served yet. Nor is the code of a command line, nor a coroutine that only loops of its own run
(`asyncio.run(main())`, and what it awaits, one after the other, in whatever module). Nor a project that only
runs jobs or commands, by its requirements (Celery, RQ, Airflow, Typer, and nothing that serves on a loop): there only a
helper is reported that waits for others in a file that starts tasks beside it. A helper is not reported that
only asks for file metadata, is cached without arguments, makes what it then keeps (`if self._client is None:`), takes a
lock for a moment, sleeps for less than a hundredth of a second (but for each item of a loop it is), or asks itself
whether a loop is running; nor one whose decorator is unknown, or that the call's own arguments switch off. Where a
call has its own code (AUD301 to AUD307), that one is told.

## Origin
Async-correctness review.
"""

import ast

from preaudit.core import blocking, contexts
from preaudit.core.rule import Related, Rule

RULE = Rule(
    code="AUD308",
    name="blocking-helper-in-async",
    severity="critical",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{helper} blocks the event loop in {name}; make it a coroutine or await it in asyncio.to_thread",
    audits=("D",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each call on the loop of a project function that blocks further down."""
    for site in blocking.sites(ctx):
        if not site.chain or ctx.before_serving(site.node):
            continue
        if contexts.runs_batches(ctx) and (site.family == "file" or contexts.starts_nothing(ctx)):
            continue
        related = [
            Related(path, line, column, f"{caller} calls {callee}") for path, line, column, caller, callee in site.chain
        ]
        yield RULE.at(site.node, helper=site.chain[0][3], name=site.name, related=related)
