"""The event loop is put to sleep

## What it does
Reports `time.sleep`, and waiting for another thread (`threading.Event.wait`, `Lock.acquire`, `queue.Queue.get`,
`Future.result`, `Thread.join`), where the code runs on the event loop.

## Why it matters
Nothing else runs during the sleep. Waiting for a thread is worse: if that thread needs the loop to go on, both
wait for ever.

## Bad
```python
import queue
import time

jobs = queue.Queue()


async def poll():
    time.sleep(1)  # AUD306
    return jobs.get()  # AUD306
```

## Good
```python
import asyncio
import queue
import time

jobs = queue.Queue()


async def poll():
    await asyncio.sleep(1)
    try:
        return jobs.get_nowait()
    except queue.Empty:
        return await asyncio.to_thread(jobs.get, timeout=5)


def worker():
    time.sleep(1)
```

## Fixed
Use the twin in asyncio that the message names; wait for a thread with `await asyncio.to_thread(...)` or
`asyncio.wrap_future`.

## Options
None.

## Limits
Calls that say themselves that they do not wait (`blocking=False`, `timeout=0`) are silent, and so is
`.result()` under a test of `.done()`; `put()` is reported where the file makes the queue with a bound, for it waits for
room only.
What is called is judged by its type, never by its spelling; where the type is unknown, nothing is said. A
coroutine that only loops of its own run (`asyncio.run(main())`, and what it awaits, one after the other, in whatever
module) is not judged, nor is the code of a command line: a package `cli`, a file of click or typer commands, a task
of RQ or Celery.

## Origin
A gap that reviews of asynchronous code name again and again; no audit reference.
"""

import ast

from preaudit.core import blocking
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD306",
    name="blocking-sleep-in-async",
    severity="critical",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} puts the whole event loop to sleep; use {instead}",
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that sleeps or waits for a thread."""
    for site in blocking.of_family(ctx, "wait"):
        yield RULE.at(site.node, name=site.name, instead=site.instead)
