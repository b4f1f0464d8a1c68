"""A commit with no transaction around it

## What it does
Reports `session.commit()` where nothing rolls back or closes the session when the commit fails: it is not in
`with session.begin()`, not under a transaction helper of the project, its own `try` does not roll back, and nobody is
seen to close the session.

A session is what has the type of one: SQLAlchemy's `Session`, `AsyncSession`, `scoped_session`, what a `sessionmaker`
makes, `db.session` of Flask-SQLAlchemy, SQLModel's `Session`. A transaction helper is known by its shape, in any module:
a context manager that yields, then commits, and rolls back in a handler; a class whose `__exit__` commits or rolls back;
a function or decorator that calls a function, then commits, and rolls back in a handler.

## Why it matters
When the commit fails, the session is left in a failed transaction: each later statement on it raises
`PendingRollbackError`, in whatever request or task uses the session next. What was flushed before keeps its locks until
somebody rolls back. tests/oracles/test_session_claims.py shows both on the real library.

## Bad
```python app/stock.py
from app.db import db_session
from app.models import StockItem


def reserve(sku):
    item = db_session.get(StockItem, sku)
    item.quantity -= 1
    db_session.commit()  # AUD001
```
```python app/db.py
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

db_session = scoped_session(sessionmaker(create_engine("sqlite://")))


@contextmanager
def transaction():
    try:
        yield db_session
        db_session.commit()
    except Exception:
        db_session.rollback()
        raise
```

## Good
```python app/stock.py
from app.db import transaction
from app.models import StockItem


def reserve(sku):
    with transaction() as session:
        item = session.get(StockItem, sku)
        item.quantity -= 1
```

## Fixed
Put the statements that belong together into the project's transaction helper; the message names it. Without one, write
`with Session.begin() as session:`. Let the helper commit: a function that is called with a session should not.

## Options
None.

## Limits
A session with an owner that closes it is silent, since closing rolls back: `with Session() as session`, a `finally`,
a dependency that yields it and closes, a teardown function or middleware of the project, Flask's `with
app.app_context()`, an object that closes it, and a parameter whose callers in the project all own theirs. So are a
task where the project's task class enters an application context for each one, and a method whose base class runs it and
rolls back whatever it raises, unless a `try` of their own catches the failure; and commands, whose process ends with the
failure. Elsewhere it is no owner that Flask-SQLAlchemy removes its session when the application context ends, because what
runs before that end (error handlers, the rest of a task) meets the failed session: tests/oracles/test_flask_sqlalchemy.py.
A session that no type tells counts only if its name and two further
uses of it say so.

## Origin
Audit C, AUDIT-001, AUDIT-004 and AUDIT-005.
"""

import ast

from preaudit.core import commits, sessions
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD001",
    name="commit-outside-transaction",
    severity="critical",
    message="{call}() stands in no transaction, so a failure leaves {session} unusable; {advice}",
    since="0.1.0",
    scope="types",
    words=("commit",),
    audits=("C AUDIT-001", "C AUDIT-004", "C AUDIT-005"),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the commits that nothing protects and no other code claims."""
    if commits.is_command(ctx):
        return
    for call, _ in commits.of_code(ctx, commits.UNGUARDED):
        session = ast.unparse(call.func.value)
        helper = sessions.of(ctx).helper(isinstance(call.parent_, ast.Await))
        advice = f"use {helper}" if helper else "use `with Session.begin() as session:`, or roll back when it fails"
        yield RULE.at(call, call=f"{session}.commit", session=session, advice=advice)
