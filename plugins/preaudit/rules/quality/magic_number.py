"""A number that nobody explains

## What it does
Reports a comparison with a number that has no name.

## Why it matters
The number says what, not why: the reader cannot tell a limit from a protocol's constant, and where it stands in two places
one of them is forgotten.

## Bad
```python
def is_late(days):
    return days > 14  # AUD802
```

## Good
```python
DAYS_TO_PAY = 14


def is_late(days):
    return days > DAYS_TO_PAY
```

## Fixed
Give the number a name at the top of the module.

## Options
None.

## Limits
-1, 0, 1 and 2 are never reported, nor are 10, 100 and 1000, what is compared with a name that ends in status, code,
port or version, lengths compared with `len()` and versions of `sys`. Migrations are left alone.

## Origin
Audit A, LOW-3. ruff has PLR2004.
"""

import ast

from preaudit.core.rule import Rule
from preaudit.core.tree import dotted

RULE = Rule(
    code="AUD802",
    name="magic-number",
    severity="low",
    default=False,
    message="{number} has no name here; give it one at the top of the module",
    since="0.1.0",
    audits=("A LOW-3",),
    ruff=("PLR2004",),
)

_PLAIN = frozenset({-1, 0, 1, 2, 10, 100, 1000})


@RULE.on(ast.Compare)
def check(node, ctx):
    """Report the numbers that a comparison compares with."""
    sides = [node.left, *node.comparators]
    if ctx.is_migration:
        return
    if any(_explains(side) for side in sides):
        return
    for side in sides:
        number = side.operand if isinstance(side, ast.UnaryOp) and isinstance(side.op, ast.USub) else side
        if isinstance(number, ast.Constant) and type(number.value) in (int, float) and number.value not in _PLAIN:
            yield RULE.at(side, number=ast.unparse(side))


def _explains(side):
    """Answer whether the other side of a comparison says what its number means."""
    if isinstance(side, ast.Call):
        name = dotted(side.func)
        return name == "len" or name.endswith("version")
    name = dotted(side.value if isinstance(side, ast.Subscript) else side)
    last = name.rpartition(".")[2].lower().strip("_")
    return last.endswith(("status", "code", "errno", "port", "version")) or name.startswith("sys.")
