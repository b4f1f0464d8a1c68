"""A request waits for the queue without a limit

## What it does
Reports `AsyncResult.get()` and `GroupResult.get()`/`join()` in a request handler without a timeout, and
`ensure_connection()` of a broker connection there with neither a timeout nor `max_retries`.

## Why it matters
A task that never runs (no worker, wrong queue, a worker that was killed) never has a result: the request waits
for ever, and with it the server's thread or process. A few such requests and nothing is answered any more.

## Bad
```python
from celery.result import AsyncResult
from fastapi import FastAPI

app = FastAPI()


@app.get("/reports/{key}")
def report(key: str):
    return AsyncResult(key).get()  # AUD219
```

## Good
```python
from celery.result import AsyncResult
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/reports/{key}")
def report(key: str):
    result = AsyncResult(key)
    if not result.ready():
        raise HTTPException(202)
    return result.get()


@app.get("/reports/{key}/now")
def report_now(key: str):
    return AsyncResult(key).get(timeout=5)
```

## Fixed
No automatic fix: how long a request may take is a decision.

## Options
None.

## Limits
Silent after `ready()`, `successful()` or a test of `state`. `inspect()` has a timeout of one second by itself.
Helpers that a handler calls are not followed.

## Origin
Audit A, MEDIUM-1: timeouts were missing or hard-coded where the API talks to the queue.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule
from preaudit.core.tree import body_of, dotted, function_of, inside, parents

RULE = Rule(
    code="AUD219",
    name="queue-call-without-timeout",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="types",
    words=(".get(", ".join(", "ensure_connection", ".join_native("),
    audits=("A MEDIUM-1",),
    message="{call} waits for ever in a request when no worker answers; pass timeout={more}",
)
_WAITS = frozenset({
    "celery.result.AsyncResult.get", "celery.result.AsyncResult.wait", "celery.result.GroupResult.get",
    "celery.result.GroupResult.join", "celery.result.GroupResult.join_native", "celery.result.ResultSet.get",
    "celery.result.ResultSet.join", "celery.result.ResultSet.join_native",
})  # fmt: skip
_TESTED = frozenset({"ready", "successful", "failed", "state", "status", "completed_count"})


@RULE.on_calls({".get", ".join", ".join_native", ".wait", ".ensure_connection"}.__contains__)
def check(node, ctx):
    """Report waits without a limit in request handlers."""
    function = node.func
    given = {keyword.arg for keyword in node.keywords}
    if None in given or given & {"timeout", "max_retries"} or any(isinstance(arg, ast.Starred) for arg in node.args):
        if not _is_none(node):
            return
    if ctx.per_call(node) != "request":
        return
    if function.attr == "ensure_connection":
        if len(node.args) < 2 and ctx.is_a(function.value, "kombu.Connection"):
            yield RULE.at(node, call=f"{dotted(function) or 'ensure_connection'}()", more=" and max_retries=")
        return
    waits = ctx.targets(node) & _WAITS
    if (node.args and not _is_none(node)) or not waits:
        return
    if not _known_ready(node):
        yield RULE.at(node, call=".".join(min(waits).split(".")[-2:]) + "()", more="")


def _is_none(node) -> bool:
    """Answer whether the timeout is written as None."""
    values = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"] or node.args[:1]
    return len(values) == 1 and isinstance(values[0], ast.Constant) and values[0].value is None


def _known_ready(node) -> bool:
    """Answer whether the code asks before whether the result is there: around the call, or earlier in the function."""
    receiver = dotted(node.func.value)
    for parent in parents(node):
        test = getattr(parent, "test", None)
        if isinstance(parent, (ast.If, ast.IfExp, ast.While)) and test is not None and _asks(test, receiver):
            return True
    function = function_of(node)
    if function is None:
        return False
    return any(
        isinstance(one, (ast.If, ast.While)) and one.lineno < node.lineno and _asks(one.test, receiver)
        for one in body_of(function)
    )


def _asks(test, receiver: str) -> bool:
    return any(
        isinstance(part, ast.Attribute) and part.attr in _TESTED and (not receiver or dotted(part.value) == receiver)
        for part in inside(test)
    )
