"""Some functions of a module are annotated and others not

## What it does
Reports a module in which some functions have all their annotations and others lack some: once, at the first that lacks
one.

## Why it matters
A type checker believes the annotated part and passes over the rest, so an error in the unannotated function is found in
production, in a module that looks checked.

## Bad
```python
def price(quantity: int) -> int:
    return quantity * 10


def discount(price, percent):  # AUD801
    return price * percent // 100
```

## Good
```python
def price(quantity: int) -> int:
    return quantity * 10


def discount(price: int, percent: int) -> int:
    return price * percent // 100
```

## Fixed
Annotate the parameters and the result of the functions that the message counts.

## Options
None.

## Limits
Nested functions and lambdas do not count, `self` and `cls` need no annotation, and a result is not asked of `__init__` and
the like. Migrations are left alone.

## Origin
Audit A, LOW-2.
"""

import ast

from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, enclosing, function_of

RULE = Rule(
    code="AUD801",
    name="inconsistent-annotations",
    severity="low",
    default=False,
    message="{bare} of {all} functions of this module lack annotations, {name}() is the first; annotate them like the others",
    since="0.1.0",
    audits=("A LOW-2",),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report a module that is annotated in part."""
    functions = [one for one in ctx.nodes(*FUNCTIONS) if function_of(one) is None]
    bare = sorted((one for one in functions if not _is_complete(one)), key=lambda one: one.lineno)
    if bare and len(bare) < len(functions) and not ctx.is_migration:
        yield RULE.at(bare[0], bare=len(bare), all=len(functions), name=bare[0].name)


def _is_complete(function):
    """Answer whether every parameter and the result of a function have annotations."""
    given = function.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list)
    if isinstance(enclosing(function, *FUNCTIONS, ast.ClassDef), ast.ClassDef) and not static:
        parameters = parameters[1:]
    if any(one.annotation is None for one in parameters):
        return False
    return function.returns is not None or (function.name.startswith("__") and function.name.endswith("__"))
