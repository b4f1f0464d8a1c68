"""A print() where a log belongs

## What it does
Reports `print()` and `pprint()` in an importable module of the application.

## Why it matters
Printed text has no level, no time and no logger: it cannot be filtered, routed or switched off, and in a service
it often reaches no log at all. Printed values also escape whatever keeps secrets out of the logs.

## Bad
```python
def charge(order):
    print("charging", order.id)  # AUD701
    return order.total
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def charge(order):
    logger.info("charging %s", order.id)
    return order.total
```

## Fixed
Make a logger with `logging.getLogger(__name__)` and call `logger.info(...)`, or delete the line.

## Options
None; `test-files` and `migration-files` say which files are tests and migrations.

## Limits
Silent in what talks to a person: modules with a main guard or a shebang, that read arguments or use a
command-line library, under `scripts/`, `tools/`, `cli/` and the like; in functions named for it
(`print_table`, `show_banner`); in modules that the packaging names as a command or that call terminal helpers
(`echo_red`), and in those outside packages that print and, at their top level, loop or start programs, in those of a
package that print a whole report while they are loaded, and in those that ask for consent in a browser; in the target of
a `Process`, in which the program's logging is not set up; behind a switch (`if verbose:`, `if settings.DEBUG:`); and
where `file=` names anything but standard output. A module that also has a logger is AUD702's.

## Origin
Audits A MEDIUM-4 and D 5. ruff's T201 reports every print, command lines included.
"""

from __future__ import annotations

import ast

from preaudit.core import prints
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD701",
    name="print-in-library",
    severity="low",
    since="0.1.0",
    words=("print(",),
    message="print() reaches no log and cannot be switched off; write logger.info() of logging.getLogger(__name__)",
    audits=("A MEDIUM-4", "D 5"),
    ruff=("T201", "T203"),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each stray print of a module that has no logger."""
    found = prints.stray_prints(ctx)
    if found and not prints.loggers(ctx):
        for call in found:
            yield RULE.at(call)
