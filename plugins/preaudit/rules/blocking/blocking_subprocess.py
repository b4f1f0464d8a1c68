"""A process is started and waited for on the event loop

## What it does
Reports `subprocess.run`, `call`, `check_call`, `check_output`, `Popen`, `Popen.wait` and `communicate`,
`os.system`, `os.popen` and the like where the code runs on the event loop.

## Why it matters
Until the process ends, which takes from milliseconds to for ever, no other coroutine of the server runs.

## Bad
```python
import os
import subprocess


async def convert(path: str):
    subprocess.run(["ffmpeg", "-i", path, "out.mp4"], check=True)  # AUD301
    os.system("sync")  # AUD301
```

## Good
```python
import asyncio
import subprocess


async def convert(path: str):
    process = await asyncio.create_subprocess_exec("ffmpeg", "-i", path, "out.mp4")
    await process.wait()


async def measure(path: str):
    return await asyncio.to_thread(subprocess.check_output, ["du", path])
```

## Fixed
Use `asyncio.create_subprocess_exec` and await its `wait()` or `communicate()`, or hand the call to a thread.

## Options
None.

## Limits
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
    code="AUD301",
    name="blocking-subprocess",
    severity="critical",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} blocks the event loop until the process is done; use {instead}",
    audits=("D 1",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that starts a process or waits for one."""
    for site in blocking.of_family(ctx, "subprocess"):
        yield RULE.at(site.node, name=site.name, instead=site.instead)
