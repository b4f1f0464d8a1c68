"""A wildcard import

## What it does
Reports `from module import *`.

## Why it matters
Nobody can say where a name comes from, neither a reader nor a tool; a name added to the other module silently replaces
one of this module, and an undefined name is found when the line runs.

## Bad
```python shop/orders.py
from shop.constants import *  # AUD102

LIMIT = PAGE_SIZE * 2
```
```python shop/constants.py
PAGE_SIZE = 50
```

## Good
```python shop/orders.py
from shop.constants import PAGE_SIZE

LIMIT = PAGE_SIZE * 2
```
```python shop/constants.py
PAGE_SIZE = 50
```

## Fixed
Import the names that are used; the message lists them where the module is one of the project. There is no automatic
fix, since other modules may import the names from here.

## Options
`wildcard-reexports`: allow it in an `__init__.py`, for a submodule of the same package that defines `__all__`.

## Limits
Names that are used in strings only, or that other modules take from here, are not in the message.

## Origin
Audit C. ruff has F403.
"""

import ast

from preaudit.core.rule import Rule
from preaudit.core.tree import function_of

RULE = Rule(
    code="AUD102",
    name="wildcard-import",
    severity="medium",
    message="from {module} import * hides where names come from; import {advice}",
    since="0.1.0",
    options=("wildcard-reexports",),
    words=("*",),
    audits=("C",),
    ruff=("F403",),
)

_SHOWN = 5


@RULE.on(ast.ImportFrom)
def check(node, ctx):
    """Report a wildcard import, with the names of it that the file uses."""
    if node.names[0].name != "*" or function_of(node) is not None:
        return
    module = ctx.names.absolute(node)
    found = ctx.project.find(module, ctx.path)
    summary = ctx.project.summary(found[0]) if found is not None and not found[1] else None
    if ctx.settings.wildcard_reexports and ctx.names.is_package and summary and summary["all"] is not None:
        if module.startswith(f"{ctx.names.module}."):
            return
    used = _used(ctx, summary) if summary else []
    advice = "the names that are used"
    if ctx.names.is_package:
        advice = "the names that this package offers"
    elif summary and not used:
        advice = f"{module} itself if only its effect is wanted"
    elif used and len(used) <= _SHOWN:
        advice = ", ".join(used)
    elif used:
        advice = f"the {len(used)} names that are used ({', '.join(used[:_SHOWN])}, ...)"
    yield RULE.at(node, module="." * node.level + (node.module or ""), advice=advice)


def _used(ctx, summary):
    """Answer the names that the file uses, binds nowhere itself, and the imported module defines."""
    defined = summary["all"]
    if defined is None:
        tops = {*summary["names"], *summary["functions"], *summary["classes"]}
        defined = [name for name in tops if not name.startswith("_") and "." not in name]
    known = set(defined)
    return sorted(
        {
            use.id
            for use in ctx.nodes(ast.Name)
            if use.id in known and isinstance(use.ctx, ast.Load) and ctx.names.lookup(use, use.id)[0] is None
        }
    )
