"""A heavy library is imported with the module

## What it does
Reports the import of a library that is slow to import (torch, pandas, cv2 and the like) at the top of a module that uses it
in functions only.

## Why it matters
Every process that imports the module waits seconds for it and keeps hundreds of megabytes: each web worker, each command, each
test run, although only one function of it ever needs the library.

## Bad
```python
import pandas as pd  # AUD104


def export(rows):
    return pd.DataFrame(rows).to_csv()
```

## Good
```python
def export(rows):
    import pandas as pd

    return pd.DataFrame(rows).to_csv()
```

## Fixed
Import it in the function that uses it, or keep what uses it in a module of its own that is imported when it is needed.

## Options
`heavy-libraries`: the top-level packages that count as heavy.

## Limits
Whether a web process imports the module is not looked at; scripts, modules with a main guard and tests are left alone, and
so are modules that use the library while they are imported, in annotations or decorators too.

## Origin
Audit C, AUDIT-008.
"""

import ast

from preaudit.core.rule import Rule
from preaudit.core.tree import enclosing, function_of

RULE = Rule(
    code="AUD104",
    name="heavy-import-at-module-level",
    severity="low",
    default=False,
    message="{library} is slow to import and only functions use it; import it in {where}",
    since="0.1.0",
    options=("heavy-libraries",),
    audits=("C AUDIT-008",),
)


@RULE.on(ast.Import, ast.ImportFrom)
def check(node, ctx):
    """Report the import of a heavy library whose names only functions use."""
    if function_of(node) is not None or enclosing(node, ast.Try, ast.If) is not None or ctx.is_script:
        return
    heavy = set(ctx.settings.heavy_libraries)
    for alias in node.names:
        name = alias.name if isinstance(node, ast.Import) else node.module or ""
        library = name.partition(".")[0]
        if library not in heavy or isinstance(node, ast.ImportFrom) and node.level or alias.name == "*":
            continue
        bound = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
        users = _users(bound, ctx)
        if users is not None:
            where = f"{users[0]}()" if len(users) == 1 else f"the {len(users)} functions that use it"
            yield RULE.at(alias if len(node.names) > 1 else node, library=library, where=where)
            return


def _users(name, ctx):
    """Answer the functions that use a name, None where it is used elsewhere too, exported, or not at all."""
    found = {}
    if ctx.names.is_package:
        return None
    for use in ctx.nodes(ast.Name):
        if use.id == name and isinstance(use.ctx, ast.Load):
            function = function_of(use)
            while isinstance(function, ast.Lambda):
                function = function_of(function)
            if function is None:
                return None
            found[function.name] = True
    exported = any(
        isinstance(target, ast.Name) and target.id == "__all__"
        for assign in ctx.nodes(ast.Assign)
        for target in assign.targets
    )
    return None if exported or not found else list(found)
