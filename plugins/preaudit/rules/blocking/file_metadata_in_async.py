"""Asking the file system stops the event loop for a moment

## What it does
Reports `os.path.exists`, `stat`, `mkdir`, `unlink`, `listdir`, `Path.exists` and the like where the code runs on
the event loop.

## Why it matters
Each is one system call: usually microseconds, on a network volume milliseconds to seconds. It matters where it
is called in a loop, or where the volume can hang.

## Bad
```python
import os
from pathlib import Path


async def clean(folder: Path):
    for name in os.listdir(folder):  # AUD312
        if (folder / name).exists():  # AUD312
            (folder / name).unlink()  # AUD312
```

## Good
```python
import asyncio
import os
from pathlib import Path


def remove_all(folder: Path):
    for name in os.listdir(folder):
        (folder / name).unlink()


async def clean(folder: Path):
    await asyncio.to_thread(remove_all, folder)
```

## Fixed
Hand the whole loop to a thread with `await asyncio.to_thread(...)`.

## Options
None.

## Limits
Off by default: short, and usually tolerable.
What is called is judged by its type, never by its spelling; where the type is unknown, nothing is said. A
coroutine that only loops of its own run (`asyncio.run(main())`, and what it awaits, one after the other, in whatever
module) is not judged, nor is the code of a command line: a package `cli`, a file of click or typer commands, a task
of RQ or Celery.

## Origin
Async-correctness review.
"""

import ast

from preaudit.core import blocking
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD312",
    name="file-metadata-in-async",
    severity="low",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} blocks the event loop for a system call; use {instead}",
    audits=("D",),
    default=False,
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that asks the file system."""
    for site in blocking.of_family(ctx, "metadata"):
        if not ctx.in_startup(site.node):
            yield RULE.at(site.node, name=site.name, instead=site.instead)
