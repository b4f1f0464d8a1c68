"""A pool of connections that is made on every call

## What it does
Reports `create_engine`, `sessionmaker` or a connection pool that is built in a function which runs per request, per task or
per call, without a cache.

## Why it matters
Each engine has a pool of its own. The connections of the last call stay open until the garbage collector finds the
engine, so the server runs out of them under load, and no connection is ever used twice. A `sessionmaker` made anew
each time builds a new class each time. tests/oracles/test_session_claims.py shows that two engines share no pool.

## Bad
```python
from fastapi import FastAPI
from sqlalchemy import create_engine, text

app = FastAPI()


@app.get("/orders")
def count():
    engine = create_engine("postgresql://db/shop")  # AUD017
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM orders"))
```

## Good
```python
from fastapi import FastAPI
from sqlalchemy import create_engine, text

app = FastAPI()
engine = create_engine("postgresql://db/shop", pool_pre_ping=True)


@app.get("/orders")
def count():
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM orders"))
```

## Fixed
Make the engine once: at module level, in the application factory, or in a function with `functools.cache`.

## Options
None.

## Limits
Silent: an engine that the function disposes of, or that is kept on an object, in a global or a mapping; a function that runs
once (start-up, a command, a script); SQLite, and engines without a pool; a session factory bound to an engine that is made of
the call's own parameters (a schema for each tenant). A helper whose result every caller keeps is silent.

## Origin
Found beside audit E, 7.
"""

import ast

from preaudit.core import engines
from preaudit.core.rule import Rule
from preaudit.core.tree import function_of, inside

RULE = Rule(
    code="AUD017",
    name="engine-per-call",
    severity="high",
    message="{call}() makes a new {what} {often}; make it once, at module level or in a cached function",
    since="0.1.0",
    scope="types",
    words=("create_engine", "create_async_engine", "sessionmaker", "ConnectionPool", "create_pool"),
    audits=(),
)

_DEPTH = 4
_OFTEN = {"request": "for each request", "task": "for each task", "call": "on each call"}
_WHAT = {"engine": "engine with a pool of its own", "sessionmaker": "session factory", "pool": "connection pool"}


@RULE.on_calls(engines.may_construct)
def check(node, ctx):
    """Report an engine, session factory or pool that is made again and again."""
    what = engines.kind(node, ctx)
    if not what or ctx.is_migration:
        return
    if what == "engine" and (engines.has_no_pool(node, ctx) or not engines.is_server(node, ctx)):
        return
    if what == "sessionmaker" and any(
        isinstance(n, ast.Call) and engines.kind(n, ctx) == "engine" for n in inside(node)
    ):
        return  # the engine that is made for it is the finding
    if what == "sessionmaker" and _is_of_this_call(node, ctx):
        return
    often = engines.lifetime(node, ctx)
    if often:
        yield RULE.at(node, call=ast.unparse(node.func), what=_WHAT[what], often=_OFTEN[often])


def _is_of_this_call(node, ctx):
    """Answer whether a session factory is bound to what only this call knows: an engine made of its parameters."""
    function = function_of(node)
    bound = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "bind")]
    return any(_depends(value, function, ctx, 0) for value in bound)


def _depends(value, function, ctx, depth):
    for part in inside(value):
        if isinstance(part, ast.Attribute) and part.attr == "execution_options":
            return True
        if not isinstance(part, ast.Name) or depth > _DEPTH:
            continue
        scope, bindings = ctx.names.lookup(part, part.id)
        if scope is None or scope.node is not function:
            continue
        for binding in bindings:
            if binding.kind != "assign" or _depends(binding.value, function, ctx, depth + 1):
                return True
    return False
