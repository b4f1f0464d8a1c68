"""A database error is ignored and the connection used on

## What it does
Reports a handler that catches a database error and goes on, where the same session or connection is used again afterwards
in the same function, with neither a rollback nor a savepoint.

## Why it matters
After an error PostgreSQL refuses every statement of the transaction: "current transaction is aborted, commands
ignored until end of transaction block". A SQLAlchemy session raises `PendingRollbackError` after a failed flush. The
error that is seen is the second one, and the work done before is lost. tests/oracles/test_postgresql_claims.py shows
both on a real server, and that a commit then stores nothing and raises nothing.

## Bad
```python
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session


def copy(engine, row):
    with Session(engine) as session:
        try:
            session.execute(text("INSERT INTO archive VALUES (:id)"), row)
        except SQLAlchemyError:  # AUD018
            pass
        session.execute(text("DELETE FROM orders WHERE id = :id"), row)
```

## Good
```python
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session


def copy(engine, row):
    with Session(engine) as session:
        try:
            with session.begin_nested():
                session.execute(text("INSERT INTO archive VALUES (:id)"), row)
        except SQLAlchemyError:
            pass
        session.execute(text("DELETE FROM orders WHERE id = :id"), row)
```

## Fixed
Put what may fail into a savepoint (`with session.begin_nested():`), or roll back in the handler.

## Options
None.

## Limits
Silent in autocommit: `isolation_level="AUTOCOMMIT"`, `autocommit = True`, and asyncpg outside `transaction()`. The statement
that fails and the one that follows must name the same session or connection. Where AUD003 reports the commit in the `try`,
this is silent.

## Origin
Found beside audit C.
"""

import ast

from preaudit.core import commits, flow, sessions
from preaudit.core.handlers import catches_database_errors
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, function_of, inside, parents

RULE = Rule(
    code="AUD018",
    name="database-error-swallowed-in-transaction",
    severity="medium",
    message="the failed statement leaves {session} in an aborted transaction, and line {line} uses it; roll back here, or run it "
    "in `with {session}.begin_nested():`",
    since="0.1.0",
    scope="types",
    words=("execute", "flush", "query", "scalar"),
    audits=(),
)

_STATEMENTS = frozenset({
    "execute", "executemany", "scalar", "scalars", "flush", "commit", "get", "exec", "fetch", "fetchrow", "fetchval", "merge",
    "refresh", "exec_driver_sql", "bulk_save_objects", "bulk_insert_mappings",
})  # fmt: skip
_QUERIES = frozenset({"query", "add", "add_all", "delete"})
_CONNECTIONS = ("sqlalchemy.engine.Connection", "sqlalchemy.ext.asyncio.AsyncConnection", "psycopg2.extensions.connection",
                "psycopg.Connection", "psycopg.AsyncConnection")  # fmt: skip
_DRIVERS = ("sqlalchemy.exc.", "sqlalchemy.orm.exc.", "psycopg2.", "psycopg.", "asyncpg.")


@RULE.on(ast.Try)
def check(node, ctx):
    """Report a handler that lets the function go on in an aborted transaction."""
    if ctx.is_migration or not node.handlers:
        return
    found = sessions.of(ctx)
    used = _used(node.body, found)
    if not used or found.undoes(node.finalbody) or "AUTOCOMMIT" in ctx.text or ".autocommit" in ctx.text:
        return
    for handler in node.handlers:
        if not catches_database_errors(ctx, handler, _DRIVERS) or found.undoes(handler.body):
            continue
        ends = flow.ends(handler.body, found.never_returns)
        if flow.NEXT not in ends:
            continue
        for name, (call, session) in used.items():
            later = _next_use(node, name, session, found)
            if later is not None and not _is_reported(node, ctx) and not _is_savepoint(call, node, found):
                yield RULE.at(handler, session=name, line=later.lineno, related=[("", later, "uses it again")])
                break
        break


def _used(body, found):
    """Answer {spelling: (call, session node)} of the sessions and connections that a block runs statements on."""
    used: dict = {}
    for statement in body:
        for node in inside(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _STATEMENTS:
                session = node.func.value
                if dotted(session) and _is_transactional(session, found):
                    used.setdefault(dotted(session), (node, session))
    return used


def _is_transactional(node, found):
    if found.is_session(node):
        return True
    types = found.ctx.types(node)
    return bool(types) and all(found.ctx.derives(name, *_CONNECTIONS) for name in types)


def _next_use(node, name, session, found):
    """Answer the next statement on the same session after a `try`, None if something ends the transaction before."""
    function = function_of(node)
    if _made_in(session, node, found) or any(
        isinstance(p, flow.WITHS) and _is_own(p, name) for p in parents(session) if p in _below(node)
    ):
        return None
    for statement in flow.after(node, function):
        if statement in node.orelse or statement in node.finalbody:
            continue
        for part in inside(statement):
            if isinstance(part, flow.WITHS) and any(_is_own(part, name) for _ in (1,)):
                return None
            if not isinstance(part, ast.Call) or not isinstance(part.func, ast.Attribute):
                continue
            if dotted(part.func.value) == name:
                if part.func.attr in ("rollback", "close", "remove", "begin"):
                    return None
                if part.func.attr in _STATEMENTS or part.func.attr in _QUERIES:
                    return part
            elif found.undoes([ast.copy_location(part, part)] if isinstance(part, ast.stmt) else []):
                return None
        if found.undoes([statement]):
            return None
    return None


def _below(node):
    return set(ast.walk(node))


def _is_own(with_statement, name):
    """Answer whether a `with` makes the session of that name."""
    for item in with_statement.items:
        if item.optional_vars is not None and any(dotted(n) == name for n in ast.walk(item.optional_vars)):
            return True
    return False


def _made_in(session, node, found):
    """Answer whether the session is made inside the `try`, so that it ends with it."""
    base = session
    while isinstance(base, ast.Attribute):
        base = base.value
    if not isinstance(base, ast.Name):
        return False
    _, bindings = found.ctx.names.lookup(base, base.id)
    return any(node in found.ctx.parents(binding.node) for binding in bindings)


def _is_reported(node, ctx):
    """Answer whether AUD003 reports a commit or flush in this `try`."""
    return any(
        verdict.code == commits.SWALLOWED and node in ctx.parents(call)
        for call, verdict in commits.verdicts(ctx).items()
    )


def _is_savepoint(call, node, found):
    """Answer whether the failing statement runs in a savepoint or transaction of its own inside the `try`."""
    for parent in parents(call):
        if parent is node:
            return False
        if isinstance(parent, flow.WITHS) and any(found.is_transaction(item.context_expr) for item in parent.items):
            return True
        if isinstance(parent, flow.WITHS) and any("transaction" in ast.unparse(i.context_expr) for i in parent.items):
            return True
    return False
