"""A broad except logs the error without its traceback

## What it does
Reports a log in a handler of every error that holds the exception's text but not its traceback, where the
handler does not raise.

## Why it matters
The text of an unexpected error (`'NoneType' object has no attribute 'id'`) does not say where it happened.

## Bad
```python
import logging

logger = logging.getLogger(__name__)


def refresh(client):
    try:
        client.refresh()
    except Exception as error:
        logger.error("refresh failed: %s", error)  # AUD407
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def refresh(client):
    try:
        client.refresh()
    except Exception:
        logger.exception("refresh failed")


def refresh_slowly(client):
    try:
        client.refresh()
    except ConnectionError as error:
        logger.error("refresh failed: %s", error)
```

## Fixed
```python
import logging

logger = logging.getLogger(__name__)


def refresh(client):
    try:
        client.refresh()
    except Exception as error:
        logger.error("refresh failed: %s", error, exc_info=True)
```

## Options
`reporters`: functions of your own that count as logging, by dotted name or last part.

## Limits
Off by default: where errors are expected and many, the text is often enough. A log without the exception at
all is AUD404. What a script or
command prints to a person is no log.

## Origin
Found beside audit A, HIGH-3.
"""

import ast

from preaudit.core import handlers, prints
from preaudit.core.handlers import handling as read
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD407",
    name="broad-except-without-traceback",
    severity="low",
    default=False,
    message="the log of an unexpected error holds no traceback; write exc_info=True or use the logger's exception()",
    since="0.1.0",
    words=("except",),
    options=("reporters",),
)


@RULE.on(ast.ExceptHandler)
def check(handler, ctx):
    """Report the first log of a handler of every error that holds its text only."""
    handling = read(ctx, handler)
    if not handling.broad or handling.traceback or handling.raises:
        return
    for log in handling.logs:
        if log.strong and log.exception and not to_a_person(log.node, ctx):
            yield RULE.at(log.node)
            return


def to_a_person(call, ctx):
    """Answer whether a log is a print in a module that talks to a person."""
    printed = ctx.qualname(call.func) in handlers.PRINTING or handlers.is_output(call)
    return printed and prints.is_terminal_module(ctx)
