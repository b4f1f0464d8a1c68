"""A heavy library is imported when the application starts

## What it does
Reports the import of a library that is slow to import (torch, pandas, cv2 and the like) at the top of a module that a web
application or a command imports when it starts, where only functions use the library.

## Why it matters
Every process that imports the module waits seconds for it and keeps hundreds of megabytes: each web worker, each command, each
test run, although only one function of it ever needs the library.

## Bad
```python shop/export.py
import pandas as pd  # AUD104


def export(rows):
    return pd.DataFrame(rows).to_csv()
```
```python shop/app.py
from fastapi import FastAPI
from shop.export import export

app = FastAPI()


@app.get("/orders.csv")
def orders():
    return export([])
```

## Good
```python shop/export.py
def export(rows):
    import pandas as pd

    return pd.DataFrame(rows).to_csv()
```
```python shop/app.py
from fastapi import FastAPI
from shop.export import export

app = FastAPI()


@app.get("/orders.csv")
def orders():
    return export([])
```

## Fixed
Import it in the function that uses it, or keep what uses it in a module of its own that is imported when it is needed.

## Options
`heavy-libraries`: the top-level packages that count as heavy.

## Limits
What starts is a module that makes a web application or has routes, a `urls.py`, a console script of the packaging and a
`__main__.py`, with what they import while they are imported. Modules that use the library while they are imported, in
decorators and evaluated annotations too, need it there.

## Origin
Audit C, AUDIT-008.
"""

from preaudit.core.rule import Rule

from preaudit_hooks.facts.entrypoints import KIND
from preaudit_hooks.import_graph import graph_of

RULE = Rule(
    code="AUD104",
    name="heavy-import-at-module-level",
    severity="low",
    scope="project",
    default=False,
    message="{library} is slow to import, and {who} waits for it at start although only functions use it; import it in "
    "the functions that use it",
    since="0.1.0",
    options=("heavy-libraries",),
    files=r"\.py$",
    audits=("C AUDIT-008",),
)


@RULE.on_project("imports", KIND, "namespace")
def check(project):
    """Report the heavy imports of modules that something imports when it starts."""
    heavy = frozenset(project.settings.heavy_libraries)
    slow = [
        (path, row)
        for path, rows in project.facts("imports")
        for row in rows
        if row[3].partition(".")[0] in heavy
        and row[1] == 1  # under a condition, it is meant to be imported in some processes only
        and row[5:] == ["run", "", "call"]
        and not project.is_test(path)
    ]
    if not slow:
        return
    reached = _reached(project)
    for path, (line, column, _, module, *_) in slow:
        if path in reached:
            who, edge = reached[path]
            related = [(edge.path, (edge.line, edge.column), "imports this module")] if edge is not None else []
            library = module.partition(".")[0]
            yield RULE.at((line, column), path=path, related=related, library=library, who=who)


def _reached(project):
    """Answer {path: (what starts, the import by which it is reached)} of all modules that a start imports."""
    graph = graph_of(project)
    found = {path: (who, None) for path, who in _starts(project).items()}
    todo = list(found)
    for path in todo:  # it grows
        for edge in graph.edges.get(path, ()):
            if edge.when == "run" and edge.target not in found:
                found[edge.target] = (found[path][0], edge)
                todo.append(edge.target)
    return found


def _starts(project):
    """Answer {path: what starts with it}, the web applications first."""
    named = project.derived("facts.entrypoints")
    web, commands = {}, {}
    for path, work in named.work.items():
        if project.is_test(path):
            continue
        if "web" in named.apps.get(path, ()) or any(kind == "route" for kind, *_ in work):
            web[path] = "the web application"
    for path, _ in project.facts("imports"):
        module, name = project.module(path), path.rpartition("/")[2]
        if name == "urls.py":
            web[path] = "the web application"
        elif name == "__main__.py" or project.project.is_console_script(module):
            commands[path] = f"the command {module.removesuffix('.__main__')}"
    return {**commands, **web}
