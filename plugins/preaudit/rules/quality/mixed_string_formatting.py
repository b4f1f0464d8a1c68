"""Strings are put together in several ways in one module

## What it does
Reports a module that mixes f-strings, `.format()` and `%`: at the first use of each way but the most frequent one.

## Why it matters
Each way has its own escapes and its own errors, and a reader has to know all of them to read one module.

## Bad
```python
def label(order):
    return f"order {order.id}"


def title(order):
    return f"{order.title} ({order.id})"


def total(order):
    return "%d EUR" % order.total  # AUD804
```

## Good
```python
def label(order):
    return f"order {order.id}"


def total(order):
    return f"{order.total} EUR"
```

## Fixed
Write all of them as f-strings. Templates that are kept as text, and the arguments of logging calls, stay as they are.

## Options
None.

## Limits
Only `%` and `.format()` on a literal count; a template in a variable and the `%s` of a logging call do not. Migrations are left
alone.

## Origin
Audit A, LOW-5. ruff has UP031 and UP032.
"""

import ast

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD804",
    name="mixed-string-formatting",
    severity="low",
    default=False,
    message="this module formats strings with {most} elsewhere ({count} times); do so here instead of {way}",
    since="0.1.0",
    audits=("A LOW-5",),
    ruff=("UP031", "UP032"),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the ways of formatting that a module uses beside its usual one."""
    ways = {"f-strings": [], ".format()": [], "%": []}
    for one in ctx.nodes(ast.JoinedStr):
        if any(isinstance(part, ast.FormattedValue) for part in one.values) and not isinstance(
            one.parent_, ast.FormattedValue
        ):
            ways["f-strings"].append(one)
    for one in ctx.nodes(ast.Call):
        if isinstance(one.func, ast.Attribute) and one.func.attr == "format" and _is_text(one.func.value):
            ways[".format()"].append(one)
    for one in ctx.nodes(ast.BinOp):
        if isinstance(one.op, ast.Mod) and _is_text(one.left):
            ways["%"].append(one)
    used = [way for way, places in ways.items() if places]
    if len(used) < 2 or ctx.is_migration:
        return
    most = max(used, key=lambda way: (len(ways[way]), way == "f-strings"))
    for way in used:
        if way != most:
            first = min(ways[way], key=lambda one: (one.lineno, one.col_offset))
            yield RULE.at(first, most=most, count=len(ways[most]), way=way)


def _is_text(node):
    """Answer whether an expression is a string literal."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
