"""A function that does not fit on a screen

## What it does
Reports a function that is longer than 100 lines, from its `def` to its last line.

## Why it matters
Nobody holds a hundred lines in mind: the variable that is changed at the top and read at the bottom is where the errors are,
and a test has to set up everything to reach one branch.

## Bad
```python
# options: {"long-function": 10}
def total(order):  # AUD805
    result = 0
    for line in order:
        result += line.price

    for tax in order.taxes:
        result += tax

    for discount in order.discounts:
        result -= discount
    return result
```

## Good
```python
# options: {"long-function": 10}
def total(order):
    return sum(line.price for line in order) + sum(order.taxes) - sum(order.discounts)
```

## Fixed
Take the parts that have a name of their own into functions.

## Options
`long-function`: the number of lines up to which a function is not long.

## Limits
Comments, blank lines and the docstring count; decorators do not. Migrations, which nobody reads again, are left alone.

## Origin
Audit A, LOW-6. ruff has PLR0915, which counts statements.
"""

import ast

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD805",
    name="long-function",
    severity="low",
    default=False,
    message="{name}() has {lines} lines, more than {most}; take the parts that have a name of their own into functions",
    since="0.1.0",
    options=("long-function",),
    audits=("A LOW-6",),
)


@RULE.on(ast.FunctionDef, ast.AsyncFunctionDef)
def check(node, ctx):
    """Report a function with more lines than the option allows."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    most = ctx.settings.long_function
    if lines > most and not ctx.is_migration:
        yield RULE.at(node, name=node.name, lines=lines, most=most)
