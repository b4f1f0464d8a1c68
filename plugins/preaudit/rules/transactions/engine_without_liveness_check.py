"""An engine whose pool hands out dead connections

## What it does
Reports `create_engine` or `create_async_engine` for a database server with neither `pool_pre_ping`, nor `pool_recycle`, nor
a `NullPool`.

## Why it matters
A connection that the server, a firewall or a failover has closed stays in the pool. The next request takes it and
fails with "server closed the connection unexpectedly", once for every dead connection in the pool.
tests/oracles/test_postgresql_claims.py lets a real server close a connection, with and without `pool_pre_ping`.

## Bad
```python
from sqlalchemy import create_engine

engine = create_engine("postgresql://db/shop")  # AUD008
```

## Good
```python
from sqlalchemy import create_engine

engine = create_engine("postgresql://db/shop", pool_pre_ping=True)
```

## Fixed
Pass `pool_pre_ping=True`: a connection is tested when it is taken out of the pool. Where that round trip is too much,
`pool_recycle=300` lets no connection grow older than the firewall allows.

## Options
None.

## Limits
Silent: SQLite; scripts, commands, tests and what works with Alembic; an engine that is disposed of in the same function, or that only
this function uses; the branch for development alone, and the one that a TypeError of the pool's arguments leads to; one that
a function returns, unless every caller in the file keeps it, because whoever calls it decides how long it lives;
keywords that come from a mapping which holds one of the three or cannot be read; the engine of an object that is made for
one job, by its name (an exporter, a migrator, a backup). An engine that AUD017 reports is left to it.

## Origin
Audit A, HIGH-2.
"""

import ast

from preaudit.core import commits, contexts, engines, lifetimes
from preaudit.core.development import in_branch
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import function_of

RULE = Rule(
    code="AUD008",
    name="engine-without-liveness-check",
    severity="medium",
    message="{call}() keeps connections that the server has closed, and the next request fails; pass pool_pre_ping=True",
    since="0.1.0",
    scope="types",
    words=("create_engine", "create_async_engine"),
    audits=("A HIGH-2",),
)
ONE_JOB = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
JOBS = frozenset(
    """exporter export importer import migrator migration backup dumper dump restorer restore loader seeder seed
    copier upgrader installer""".split()
)


@RULE.on(ast.Call)
def check(node, ctx):
    """Report an engine for a server that never tests its connections."""
    if engines.kind(node, ctx) != "engine" or ctx.is_migration or ctx.path.endswith("env.py"):
        return
    if _is_env(ctx) or engines.migrates(node, ctx):
        return
    if not engines.is_server(node, ctx) or engines.has_no_pool(node, ctx):
        return
    for name in ("pool_pre_ping", "pool_recycle", "pool"):
        value = engines.given(node, name, ctx)
        if value is not None and not _is_off(value):
            return
    if ctx.is_script or contexts.in_main(node) or commits.is_command(ctx):
        return
    function = function_of(node)
    if function is not None and (lifetimes.in_one_shot_script(ctx, node) or engines.is_disposed(node, function)):
        return
    if engines.is_used_up(node, ctx) or engines.is_fallback(node) or in_branch(node):
        return
    if engines.lifetime(node, ctx) or engines.is_lent(node, ctx) or _serves_one_job(function):
        return
    yield RULE.at(node, call=ast.unparse(node.func))


def _serves_one_job(function):
    """Answer whether the engine belongs to an object that is made for one job: an exporter, a migrator, a backup."""
    owner = getattr(function, "parent_", None)
    if not isinstance(owner, ast.ClassDef):
        return False
    words = {word.lower() for word in ONE_JOB.findall(owner.name)}
    return not words.isdisjoint(JOBS)


def _is_env(ctx):
    """Answer whether a file is the environment of Alembic, whatever it is called."""
    return any(n.module == "alembic" and any(a.name == "context" for a in n.names) for n in ctx.nodes(ast.ImportFrom))


def _is_off(value):
    if isinstance(value, ast.UnaryOp):
        return True  # pool_recycle=-1 is the default
    return isinstance(value, ast.Constant) and (value.value is None or value.value is False)
