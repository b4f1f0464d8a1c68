"""print() and a logger side by side

## What it does
Reports an importable module in which one function both logs and prints, or which logs and prints the error that an
`except` handles, once, on the first such print.

## Why it matters
Half of what the module has to say is in the log, with level and time; the other half is on standard output, or
nowhere. Whoever reads the log of an incident does not know that something is missing.

## Bad
```python
import logging

logger = logging.getLogger(__name__)


def charge(order):
    logger.info("charging %s", order.id)
    if order.total < 0:
        print("negative total", order.id)  # AUD702
    return order.total
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def charge(order):
    logger.info("charging %s", order.id)
    if order.total < 0:
        logger.warning("negative total of %s", order.id)
    return order.total
```

## Fixed
Give each message to the logger that the module has, with the level it deserves.

## Options
None.

## Limits
As for AUD701, which it replaces in a module that has a logger: modules that talk to a person at a terminal are
silent. A module whose functions either log or print, never both, is silent too, but for the errors they handle: on
reading real applications the printing ones there mostly spoke to a person.

## Origin
Audit A MEDIUM-4.
"""

from __future__ import annotations

import ast

from preaudit.core import prints
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD702",
    name="mixed-logging",
    severity="low",
    since="0.1.0",
    words=("print(",),
    message="this prints beside what goes to {logger}, and reaches no log; give it to {logger} too",
    audits=("A MEDIUM-4",),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the first stray print in a function, or at module level, that logs as well, or where an error is handled."""
    found = prints.stray_prints(ctx)
    loggers = prints.loggers(ctx) if found else {}
    for call in found:
        logger = loggers.get(ctx.function_of(call))
        if not logger and loggers and prints.tells_error(call):
            logger = prints.logger_in_reach(ctx, call, loggers)
        if logger:
            yield RULE.at(call, logger=logger)
            return
