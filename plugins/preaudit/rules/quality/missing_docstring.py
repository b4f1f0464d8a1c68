'''A public module, class or function says nothing of itself

## What it does
Reports public modules, classes, functions and methods without a docstring.

## Why it matters
What a function promises (units, what it raises, what None means) is then told by its body alone, and every caller reads
that body and guesses.

## Bad
```python
"""Prices."""


def price(quantity):  # AUD803
    return quantity * 10


class Order:  # AUD803
    def total(self):  # AUD803
        return 1
```

## Good
```python
"""Prices."""


def price(quantity):
    """Answer the price of a quantity in cents."""
    return quantity * 10


def _helper(quantity):
    return quantity
```

## Fixed
Say in one sentence what it answers, in which units, and what it raises.

## Options
None.

## Limits
Names that begin with an underscore, nested functions, methods with `@override` or `@overload`, property setters, empty
modules, tests and migrations are left alone.

## Origin
Audit A, LOW-4. ruff has D100 to D103 and D106.
'''

import ast

from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, dotted, enclosing, function_of

RULE = Rule(
    code="AUD803",
    name="missing-docstring",
    severity="low",
    default=False,
    message="the {kind} {name} has no docstring; say in one sentence what it answers",
    since="0.1.0",
    audits=("A LOW-4",),
    ruff=("D100", "D101", "D102", "D103", "D106"),
)

_LEFT_ALONE = frozenset({"override", "overload", "setter", "deleter"})


@RULE.on(ast.Module)
def check_module(node, ctx):
    """Report a module without a docstring."""
    if ctx.is_migration:
        return
    if node.body and ast.get_docstring(node, clean=False) is None and not _is_private(ctx.path.rpartition("/")[2]):
        name = ctx.names.module or ctx.path
        yield RULE.at((1, 1), kind="module", name=name)


@RULE.on(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
def check(node, ctx):
    """Report a public class, function or method without a docstring."""
    if (
        ctx.is_migration
        or node.name.startswith("_")
        or function_of(node) is not None
        or ast.get_docstring(node, clean=False) is not None
    ):
        return
    owner = enclosing(node, *FUNCTIONS, ast.ClassDef)
    if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
        return
    marks = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    if any(dotted(mark).rpartition(".")[2] in _LEFT_ALONE for mark in marks):
        return
    kind = "class" if isinstance(node, ast.ClassDef) else "method" if isinstance(owner, ast.ClassDef) else "function"
    yield RULE.at(node, kind=kind, name=node.name)


def _is_private(name):
    """Answer whether a file is private by its name."""
    return name.startswith("_") and not name.startswith("__")
