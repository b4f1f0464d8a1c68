"""Heavy computing stops the event loop

## What it does
Reports decoding, resizing and encoding images (Pillow, OpenCV), running a model (torch, onnxruntime, OpenVINO),
building tables and PDFs, and hashing passwords (bcrypt, argon2, passlib) where the code runs on the event loop.

## Why it matters
These take from tens of milliseconds to seconds of computing. An `async def` gives no parallelism: all other
requests wait until the computation is done.

## Bad
```python
import bcrypt


async def register(password: str):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())  # AUD307
```

## Good
```python
import asyncio

import bcrypt


async def register(password: str):
    return await asyncio.to_thread(bcrypt.hashpw, password.encode(), bcrypt.gensalt())
```

## Fixed
Hand it to a thread where the library releases the GIL (most of these do), else to a process pool.

## Options
None.

## Limits
What is called is judged by its type, never by its spelling; where the type is unknown, nothing is said. A
coroutine that only loops of its own run (`asyncio.run(main())`, and what it awaits, one after the other, in whatever
module) is not judged, nor is the code of a command line: a package `cli`, a file of click or typer commands, a task
of RQ or Celery.

## Origin
Async-correctness review, finding 4.
"""

import ast

from preaudit.core import blocking
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD307",
    name="cpu-bound-in-async",
    severity="medium",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} computes on the event loop and stops all other requests; use {instead}",
    audits=("D 4",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that computes for long."""
    for site in blocking.of_family(ctx, "cpu"):
        yield RULE.at(site.node, name=site.name, instead=site.instead)
