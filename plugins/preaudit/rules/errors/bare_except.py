"""A bare except catches what nobody can handle

## What it does
Reports `except:` without a type, unless every path through the handler raises the caught exception again,
or the program ends there in any case.

## Why it matters
A bare except also catches `SystemExit`, `KeyboardInterrupt` and `asyncio.CancelledError`: a worker that
is told to stop goes on, a cancelled request keeps running, and a typo in the block looks like a missing
value. In the audits, a health check and a price look-up both answered "fine" for months because of one.

## Bad
```python
def load(path):
    try:
        return parse(path)
    except:  # AUD401
        return None
```

## Good
```python
def load(path):
    try:
        return parse(path)
    except (OSError, ValueError):
        return None


def store(session, row):
    try:
        session.add(row)
    except:
        session.rollback()
        raise
```

## Fixed
```python
def load(path):
    try:
        return parse(path)
    except (OSError, ValueError) as error:
        logger.warning("%s is unreadable: %s", path, error)
        return None
```

## Options
None.

## Limits
Raising another exception is no re-raise: it turns an exit or a cancellation into an ordinary error. A handler
that raises again on some paths only is reported, too. A helper of the project that always raises counts as a
re-raise. The end of a program is a handler that logs the error and calls `sys.exit`, beside one for
`SystemExit`: nothing goes on after it.

## Origin
Audit A, HIGH-3: bare excepts in the status endpoints hid that Redis was down. Audit D, 2. What only a bare
except catches is executed in tests/oracles/test_error_claims.py.
Ruff's E722 reports the same statement, also where it raises again.
"""

import ast

from preaudit.core.handlers import caught_names, handling, try_of
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD401",
    name="bare-except",
    severity="high",
    message="bare except also catches SystemExit, KeyboardInterrupt and task cancellation; "
    "name the errors you expect, or write except Exception and log it",
    since="0.1.0",
    words=("except",),
    audits=("A HIGH-3", "D 2"),
    ruff=("E722",),
)

EXITS = ("sys.exit", "os._exit", "builtins.exit", "builtins.quit")


@RULE.on(ast.ExceptHandler)
def check(handler, ctx):
    """Report a handler without a type that does not always raise again."""
    if handler.type is None and handling(ctx, handler).reraises != "always" and not ends_program(handler, ctx):
        line, column, _, _ = ctx.place(handler)
        yield RULE.at((line, column, line, column + len("except")))


def ends_program(handler, ctx):
    """Answer whether a handler logs the error and exits, while an exit itself goes to another handler."""
    last = handler.body[-1]
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call) or not handling(ctx, handler).logs:
        return False
    if ctx.qualname(last.value.func) not in EXITS:
        return False
    return any("builtins.SystemExit" in caught_names(ctx, other) for other in try_of(handler).handlers)
