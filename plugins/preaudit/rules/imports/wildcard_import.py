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
Names that are used in strings only, or that other modules take from here, are not in the message. Django's settings are
left alone: a settings module exists to have all names of the one that it builds on. So is a module that takes the place of one
of a library, with a function that calls the one it replaces.

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
_SETTINGS = ("INSTALLED_APPS", "ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "AUTH_USER_MODEL", "WSGI_APPLICATION")


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
    if _is_settings(ctx.path, ctx.project, set()) or _is_part_of_settings(ctx):
        return
    if summary is None and _stands_in(ctx, module):
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


def _stands_in(ctx, module):
    """Answer whether a file takes the place of a library's module: a function of it calls the one it replaces."""
    for function in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        replaced = f"{module}.{function.name}"
        if function_of(function) is None and any(
            isinstance(one, (ast.Name, ast.Attribute)) and ctx.names.qualname(one) == replaced
            for one in ast.walk(function)
        ):
            return True
    return False


def _is_settings(path, project, seen):
    """Answer whether a file is a settings module of Django, by what it defines or takes from others with a wildcard."""
    seen.add(path)
    summary = project.summary(path)
    if any(name in summary["names"] for name in _SETTINGS):
        return True
    found = [project.find(module, path) for module in summary["stars"]]
    return any(not one[1] and one[0] not in seen and _is_settings(one[0], project, seen) for one in found if one)


def _is_part_of_settings(ctx):
    """Answer whether a file is one of those that the settings module of its package is made of."""
    package = ctx.project.find(ctx.names.module.rpartition(".")[0], ctx.path)
    if package is None or package[1] or ctx.names.module not in ctx.project.summary(package[0])["stars"]:
        return False
    return _is_settings(package[0], ctx.project, set())


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
