"""Reading or writing a file stops the event loop

## What it does
Reports `open()`, reading and writing what it gives, `Path.read_text` and its like, shutil, zipfile, tarfile, and
the file functions of Pillow and pandas, where the code runs on the event loop.

## Why it matters
A file is quick on an idle local disk. On a network volume, a full page cache or with a large upload it takes as
long as a database, and nothing else runs meanwhile.

## Bad
```python
from pathlib import Path


async def store(path: str, data: bytes):
    with open(path, "wb") as file:  # AUD305
        file.write(data)  # AUD305
    return Path(path).read_bytes()  # AUD305
```

## Good
```python
import asyncio
from contextlib import asynccontextmanager
from pathlib import Path


def write(path: str, data: bytes):
    with open(path, "wb") as file:
        file.write(data)


async def store(path: str, data: bytes):
    await asyncio.to_thread(write, path, data)
    return await asyncio.to_thread(Path(path).read_bytes)


@asynccontextmanager
async def lifespan(app):
    app.banner = Path("banner.txt").read_text()
    yield
```

## Fixed
Hand the work to a thread with `await asyncio.to_thread(...)`, in one function rather than call by call; or use
aiofiles.

## Options
None.

## Limits
Start-up code is not judged: a lifespan before its first await, where nothing is served yet; nor is pandas'
`to_csv()` without a target, which answers a text.
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
    code="AUD305",
    name="blocking-file-io-in-async",
    severity="medium",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} blocks the event loop while the disk works; use {instead}",
    audits=("D",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that reads or writes a file."""
    for site in blocking.of_family(ctx, "file"):
        if not ctx.in_startup(site.node):
            yield RULE.at(site.node, name=site.name, instead=site.instead)
