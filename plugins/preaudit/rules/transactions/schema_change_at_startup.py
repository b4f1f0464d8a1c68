"""The schema is changed when the application starts

## What it does
Reports `create_all()`, DDL text (`CREATE`, `ALTER`, `DROP TABLE`, `ADD COLUMN`) and `alembic.command.upgrade` that run at
import, in an application factory, in a start-up hook or lifespan, when a worker starts, or in a request handler. The place
is the statement itself, also where a helper holds it that start-up code calls.

## Why it matters
Every process of every replica runs it at the same time: they race for the same tables, wait for each other's locks,
and the losers die while the release is being rolled out. `create_all()` never changes a table that exists, so the
schema silently stays behind the models. And the application needs the right to drop tables all day long.
tests/oracles/test_session_claims.py shows that `create_all()` changes no table that exists.

## Bad
```python
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import MetaData, create_engine

engine = create_engine("postgresql://db/shop", pool_pre_ping=True)
metadata = MetaData()


@asynccontextmanager
async def lifespan(app):
    metadata.create_all(engine)  # AUD014
    yield


app = FastAPI(lifespan=lifespan)
```

## Good
```sh release.sh
alembic upgrade head
exec uvicorn app.main:app
```

## Fixed
Write a migration, and run `alembic upgrade head` once per release, before the processes start.

## Options
`migration-files`: what is a migration by its place.

## Limits
Silent in migrations, commands, scripts, modules under a folder `scripts/`, `__main__` and tests, and for SQLite alone
(`if url.startswith("sqlite")`). Of what start-up code calls, one call is followed.

## Origin
Audit E, 1.
"""

import ast
import re

from preaudit.core import contexts, started
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, dotted, function_of, parents

RULE = Rule(
    code="AUD014",
    name="schema-change-at-startup",
    severity="high",
    message="{what} changes the schema {when}, in every process at once; write a migration that runs once per release",
    since="0.1.0",
    scope="types",
    words=("create_all", "TABLE", "table", "ADD COLUMN", "add column", "upgrade"),
    options=("migration-files",),
    audits=("E 1",),
)

_DDL = lazy(
    r"\s*(?:CREATE\s+(?:UNLOGGED\s+)?TABLE|ALTER\s+TABLE|DROP\s+TABLE|CREATE\s+(?:UNIQUE\s+)?INDEX|ALTER\s+TYPE)\b|.*\bADD\s+COLUMN\b",
    re.I | re.S,
)
_TEMPORARY = lazy(r"\bTEMP(?:ORARY)?\s+TABLE\b", re.I)
_EXECUTES = ("execute", "executescript", "exec_driver_sql", "executemany")
_METADATA = ("sqlalchemy.MetaData.create_all", "flask_sqlalchemy.SQLAlchemy.create_all", "sqlalchemy.MetaData.drop_all",
             "flask_sqlalchemy.SQLAlchemy.drop_all")  # fmt: skip


@RULE.on(ast.Call)
def check(node, ctx):
    """Report DDL that runs at start-up or in a request."""
    what = _changes(node, ctx)
    if not what or ctx.is_migration or ctx.is_script or _is_sqlite(node):
        return
    if ctx.once("command", lambda: contexts.is_command_line(ctx)) or "migrat" in ctx.path.lower():
        return
    when = _when(node, ctx)
    if when:
        yield RULE.at(node, what=what, when=when)


def _is_sqlite(node):
    """Answer whether a node runs for SQLite only, whose file has one process: by the `if` around it or its function."""
    child = node
    for parent in parents(node):
        if isinstance(parent, ast.If) and "sqlite" in ast.unparse(parent.test).lower():
            negated = any(isinstance(part, (ast.Not, ast.NotEq, ast.NotIn)) for part in ast.walk(parent.test))
            if (child in parent.body) != negated:
                return True
        if isinstance(parent, FUNCTIONS):
            first = (ast.get_docstring(parent) or "").partition("\n")[0]
            if "sqlite" in f"{parent.name} {first}".lower():
                return True
        child = parent
    return False


def _changes(node, ctx):
    """Answer how a message names the call if it changes the schema, '' if it does not."""
    function = node.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name in ("create_all", "drop_all"):
        return f"{ast.unparse(function)}()" if _is_metadata(function, ctx) else ""
    if name == "run_sync":
        for argument in node.args[:1]:
            if isinstance(argument, ast.Attribute) and argument.attr in ("create_all", "drop_all"):
                return f"{ast.unparse(argument)}()" if _is_metadata(argument, ctx) else ""
    if name == "upgrade":
        found = ctx.qualname(function)
        return f"{ast.unparse(function)}()" if found in ("alembic.command.upgrade", "flask_migrate.upgrade") else ""
    if name in _EXECUTES and node.args:
        text = _text(node.args[0], ctx)
        if _DDL.match(text) and not _TEMPORARY.search(text):
            return f"{' '.join(text.split()[:2]).upper()}"
    return ""


def _is_metadata(function, ctx):
    names = ctx.targets(function)
    if any(name in _METADATA for name in names):
        return True
    spelled = dotted(function)
    return not names and (".metadata." in f".{spelled}" or spelled.startswith("db."))


def _text(node, ctx):
    """Answer the literal text that a call is given, through `text(...)`, f-strings and constants."""
    if isinstance(node, ast.Call) and node.args and dotted(node.func).rpartition(".")[2] in ("text", "DDL", "dedent"):
        return _text(node.args[0], ctx)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "?" for part in node.values)
    if isinstance(node, ast.Name):
        _, bindings = ctx.names.lookup(node, node.id)
        values = [b.value for b in bindings if b.kind == "assign"]
        return _text(values[0], ctx) if len(values) == 1 and not isinstance(values[0], ast.Name) else ""
    return ""


def _when(node, ctx):
    function = function_of(node)
    if function is None:
        if contexts.in_main(node) or "scripts" in ctx.path.split("/")[:-1]:
            return ""  # run by hand
        return "when the module is imported"
    while function is not None:
        if ctx.is_handler(function):
            return f"in the request handler {function.name}()"
        if isinstance(function, FUNCTIONS):
            when = started.runs_at(function, ctx)
            if when:
                return when
        function = function_of(function)
    return ""
