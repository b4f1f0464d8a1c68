"""A task is started and nothing keeps it

## What it does
Reports `asyncio.create_task`, `asyncio.ensure_future` and `loop.create_task` whose result is dropped: a statement
of its own, assigned to `_`, the result of a callback's lambda, or with only a callback added to it.

## Why it matters
The event loop holds tasks weakly. A task that nothing else refers to can be collected in the middle of its
work, and what it raises is only logged when it is collected, if at all.

## Bad
```python
import asyncio


async def send(user_id: str):
    return user_id


async def signup(user_id: str):
    asyncio.create_task(send(user_id))  # AUD310
```

## Good
```python
import asyncio

running = set()


async def send(user_id: str):
    return user_id


async def signup(user_id: str):
    task = asyncio.create_task(send(user_id))
    running.add(task)
    task.add_done_callback(running.discard)
    async with asyncio.TaskGroup() as group:
        group.create_task(send(user_id))
```

## Fixed
Keep the task in a set that its done callback removes it from, await it, or start it in an `asyncio.TaskGroup`.

## Options
None.

## Limits
A task kept in a local name is not reported, though it lives no longer than the function. That a task which nothing
keeps can vanish is executed in tests/oracles/test_event_loop.py.

## Origin
A gap that reviews of asynchronous code name again and again; no audit reference. ruff's RUF006 knows the functions of
asyncio, not every loop and not what a callback starts.
"""

import ast

from preaudit.core import coroutines
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD310",
    name="discarded-task",
    severity="medium",
    scope="types",
    words=("create_task", "ensure_future"),
    message="nothing keeps the task that {name}() starts, so it can vanish half done; keep it in a set or a TaskGroup",
    since="0.1.0",
)


@RULE.on(ast.Call)
def check(node, ctx):
    """Report a started task that nothing refers to."""
    spelled = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if _is_dropped(node, ctx) and coroutines.is_task_maker(ctx, node):
        yield RULE.at(node, name=spelled)


def _is_dropped(node, ctx) -> bool:
    parent, _ = coroutines.consumer(node)
    if isinstance(parent, ast.Expr):
        return True
    if isinstance(parent, ast.Assign):
        return all(isinstance(target, ast.Name) and target.id == "_" for target in parent.targets)
    if isinstance(parent, ast.Lambda):
        return parent in ctx.loop_callbacks
    # create_task(...).add_done_callback(...), unless the callback belongs to what keeps it
    call = parent.parent_ if isinstance(parent, ast.Attribute) and parent.attr == "add_done_callback" else None
    return isinstance(call, ast.Call) and isinstance(call.parent_, ast.Expr)
