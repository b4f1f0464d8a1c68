"""A failed commit that nobody rolls back

## What it does
Reports a commit or flush whose failure is caught while the session lives on: the handler neither rolls back, nor closes
the session, nor raises. Also a commit in an `except` block without a protection of its own, a commit in the `else` of a
`try` whose handlers were meant to cover it, and a loop that swallows the failure and uses the session for the next item.

## Why it matters
After a failed flush the session refuses every statement with `PendingRollbackError` until it is rolled back. The handler
made the error look dealt with, so the next one who uses the session gets it, far from the cause.
tests/oracles/test_session_claims.py shows it on the real library, and that a commit in `else` is not rolled back.

## Bad
```python
import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import scoped_session, sessionmaker

db_session = scoped_session(sessionmaker())


def correct(item, quantity):
    try:
        item.quantity = quantity
        db_session.commit()  # AUD003
    except SQLAlchemyError:
        logging.exception("could not store %s", item)
        return False
    return True


def move(item, place):
    try:
        item.place = place
        db_session.flush()
    except SQLAlchemyError:
        db_session.rollback()
        raise
    else:
        db_session.commit()  # AUD003
```

## Good
```python
import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import scoped_session, sessionmaker

db_session = scoped_session(sessionmaker())


def correct(item, quantity):
    try:
        item.quantity = quantity
        db_session.commit()
    except SQLAlchemyError:
        db_session.rollback()
        logging.exception("could not store %s", item)
        return False
    return True
```

## Fixed
Roll back first thing in the handler, or let the exception pass to whoever owns the transaction. Move a commit from `else`
into the `try`.

## Options
None.

## Limits
Silent where the session is closed when the function or request ends (`finally: close()`, `with Session()`, a dependency or
teardown that closes), where the handler always raises, and where a called helper rolls back; one call is followed. In
commands only loops are reported: the process ends, and the session with it. A commit in a handler counts only if what the
handler catches can leave the transaction failed (a broad or database error, after a use of the session).

## Origin
Audit A, HIGH-5; audit C.
"""

import ast

from preaudit.core import commits
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD003",
    name="commit-without-rollback",
    severity="high",
    message="{call}() {what}; {advice}",
    since="0.1.0",
    scope="types",
    words=("commit", "flush"),
    audits=("A HIGH-5", "C"),
)

_WORDS = {
    "swallowed": (
        "fails into the handler in line {line}, which leaves {session} in a failed transaction",
        "call {session}.rollback() there, or raise",
    ),
    "loop": (
        "fails into the handler in line {line}, and the next turn of the loop uses {session} in its failed transaction",
        "call {session}.rollback() there",
    ),
    "else": (
        "stands in the else of its try, where no handler rolls back when it fails",
        "move it into the try",
    ),
    "handler": (
        "stands in an except block that has not rolled back, and nothing protects it",
        "call {session}.rollback() first, and guard the commit",
    ),
}


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the commits and flushes after whose failure the session lives on."""
    for call, verdict in commits.of_code(ctx, commits.SWALLOWED):
        if verdict.why != "loop" and commits.is_command(ctx):
            continue  # the session ends with the process
        session = ast.unparse(call.func.value)
        line = verdict.handler.lineno if verdict.handler is not None else 0
        what, advice = (text.format(line=line, session=session) for text in _WORDS[verdict.why])
        related = [("", verdict.handler, "the handler")] if verdict.handler is not None else []
        yield RULE.at(call, call=f"{session}.{call.func.attr}", what=what, advice=advice, related=related)
