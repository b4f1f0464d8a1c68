"""A relative import

## What it does
Reports every `from . import x` and `from ..package import x`.

## Why it matters
A relative import says where a module lies from here, not which module it is: it changes its meaning when the
file moves, `git grep` does not find it by the module's name, and the same module can be imported under two names.

## Bad
```python shop/orders/views.py
from . import prices  # AUD101
from .models import Order  # AUD101
from ..mail import send  # AUD101
```

## Good
```python shop/orders/views.py
from shop.orders import prices
from shop.orders.models import Order
from shop.mail import send
```

## Fixed
The dots are replaced by the module's full name, computed from the source roots; names, aliases, brackets and comments
stay as they are.

```python shop/orders/views.py
from shop.orders import prices
from shop.orders.models import Order
from shop.mail import send
```

## Options
`relative-imports`: `never` (the default) reports all, `parents` those that lead upwards (two dots and more), `mixed`
only those in packages that import themselves absolutely as well. `source-roots`: the folders that are on the import
path, where they are not found by themselves.

## Limits
There is no fix where the full name is not certain: the file lies in no package, the folder above its outermost package
is not known to be on the import path, a folder of the path is no identifier, the package has the name of a module of
the standard library, or the outermost package is called `src`, which is run from outside and from within. `source-roots`
makes the second certain, and the last where it is `["."]`.

## Origin
Audit C, AUDIT-009. ruff has TID252.
"""

import ast
import re
import sys
from keyword import iskeyword

from preaudit.core.finding import Edit, Fix
from preaudit.core.patterns import lazy
from preaudit.core.project import MARKERS
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD101",
    name="relative-import",
    severity="medium",
    message="relative import {shown}; {advice}",
    since="0.1.0",
    tests=True,
    fixable=True,
    options=("relative-imports", "source-roots"),
    audits=("C AUDIT-009",),
    ruff=("TID252",),
)

# The words between `from` and `import`: no comment can stand there, only dots, names and layout.
_LAYOUT = r"(?:[ \t\f]|\\(?:\r\n|\r|\n))*"
_SOURCE = lazy(
    rf"from{_LAYOUT}(?P<dots>\.(?:{_LAYOUT}\.)*)(?P<rest>{_LAYOUT}(?:\w+{_LAYOUT}(?:\.{_LAYOUT}\w+{_LAYOUT})*)?)import\b"
)
_NAMES = 3


@RULE.on(ast.ImportFrom)
def check(node, ctx):
    """Report a relative import, with the absolute one as its fix where that is certain."""
    if not node.level:
        return
    mode = ctx.settings.relative_imports
    if mode == "parents" and node.level < 2 or mode == "mixed" and not _imports_itself(ctx):
        return
    shown = "." * node.level + (node.module or "")
    absolute = _absolute(node, ctx)
    if not absolute:
        yield RULE.at(node, shown=shown, advice="write the full name of the module instead of the dots")
        return
    names = [alias.name for alias in node.names[:_NAMES]]
    taken = ", ".join(names) + (f" and {len(node.names) - _NAMES} more" if len(node.names) > _NAMES else "")
    yield RULE.at(node, shown=shown, advice=f"write from {absolute} import {taken}", fix=_fix(node, absolute, ctx))


def _absolute(node, ctx):
    """Answer the full name of the module that is imported from, '' where it is not certain."""
    module = ctx.names.module
    if ctx.project.find(module, ctx.path) != (ctx.path, []) or not _is_root(_root(ctx.path, module), ctx):
        return ""
    package = module.split(".") if ctx.names.is_package else module.split(".")[:-1]
    above = node.level - 1
    if above >= len(package):
        return ""
    parts = [*package[: len(package) - above], *(node.module.split(".") if node.module else [])]
    if not all(part.isidentifier() and not iskeyword(part) for part in parts):
        return ""
    if parts[0] == "src" and "." not in ctx.settings.source_roots:
        return ""  # the same files are run as src.app from here and as app from within, which one cannot be seen
    return "" if parts[0] in sys.stdlib_module_names else ".".join(parts)


def _root(path, module):
    """Answer the folder from which a module has its name."""
    steps = module.count(".") + 1 + path.endswith(("/__init__.py", "/__init__.pyi"))
    return "/".join(path.split("/")[:-steps])


def _is_root(folder, ctx):
    """Answer whether a folder is certainly on the import path: configured, the root, src, or with a project file."""
    if not folder or folder.rpartition("/")[2] == "src":
        return True
    if folder in (root.removeprefix("./").strip("/") for root in ctx.settings.source_roots):
        return True
    return not MARKERS.isdisjoint(
        path[len(folder) + 1 :] for path in ctx.project.paths if path.startswith(f"{folder}/")
    )


def _fix(node, absolute, ctx):
    """Answer the fix that writes the full name, None where the statement is not laid out as expected."""
    line, column, end_line, _ = ctx.place(node)
    text = "".join(ctx.lines[line - 1 : max(end_line, line + 2)])
    found = _SOURCE.match(text, column - 1)
    if found is None:
        return None
    start, end = found.start("dots"), found.end("rest")
    before = "" if text[start - 1] in " \t\f" else " "
    edit = Edit(*_place(text, start, line), *_place(text, end, line), f"{before}{absolute} ")
    return Fix(f"Write from {absolute} import", (edit,))


def _place(text, offset, line):
    """Answer (line, column) of an offset in a text whose first line has this number."""
    lines = re.split(r"\r\n|\r|\n", text[:offset])
    return line + len(lines) - 1, len(lines[-1]) + 1


def _imports_itself(ctx):
    """Answer whether a module of this file's package imports the package by its full name."""
    folder = ctx.path.rpartition("/")[0]
    top = re.escape(ctx.names.module.partition(".")[0])
    absolute = re.compile(rf"^[ \t]*(?:from|import)[ \t]+{top}(?:[.\s]|$)", re.M)
    if absolute.search(ctx.text):
        return True
    for path in sorted(ctx.project.python):
        if path != ctx.path and path.rpartition("/")[0] == folder:
            try:
                ctx.project.summary(path)
                if absolute.search(ctx.project.read(path)):
                    return True
            except ValueError:
                continue
    return False
