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
once (start-up, a command, a script); SQLite, and engines without a pool. A helper whose result every caller keeps is silent.

## Origin
Found beside audit E, 7.
"""

import ast

from preaudit.core import engines
from preaudit.core.rule import Rule
from preaudit.core.tree import inside

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

_OFTEN = {"request": "for each request", "task": "for each task", "call": "on each call"}
_WHAT = {"engine": "engine with a pool of its own", "sessionmaker": "session factory", "pool": "connection pool"}


@RULE.on(ast.Call)
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
    often = engines.lifetime(node, ctx)
    if often:
        yield RULE.at(node, call=ast.unparse(node.func), what=_WHAT[what], often=_OFTEN[often])
