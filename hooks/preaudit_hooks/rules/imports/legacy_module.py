"""A module with tasks or routes that nothing brings to life

## What it does
Reports a module that defines Celery tasks or routes and that nothing which runs imports, includes, discovers or names: no
module that an entry point leads to, no string, no compose file, Procfile, script or project file. Reports a module whose tasks are
registered twice, because it is imported under two names (`src.worker.tasks` and `worker.tasks`).

## Why it matters
It looks alive: people search it, fix bugs in it and copy from it, and a request or a message that it should answer is never
answered. Under a second name every task exists twice, and which worker knows which is chance.

## Bad
```python shop/old_tasks.py
from celery import shared_task  # AUD107


@shared_task
def send_receipt(order):
    return order
```
```python shop/app.py
from celery import Celery

app = Celery("shop", include=["shop.tasks"])
```
```python shop/tasks.py
from shop.app import app


@app.task
def send_invoice(order):
    return order
```

## Good
```python shop/app.py
from celery import Celery

app = Celery("shop", include=["shop.tasks"])
```
```python shop/tasks.py
from shop.app import app


@app.task
def send_invoice(order):
    return order
```

## Fixed
Delete the module, or import or include it where its tasks or routes are expected.

## Options
`source-roots`, where they are not found by themselves.

## Limits
Entry points are modules that make a web application, have a main guard, or are named; tests, migrations, scripts, Django's
commands and template tags, and the outermost packages. In a project that makes no application, every module without tasks and
routes counts as one, since those who use the library import what they like. Where a module imports by names made while
running, its whole package is left alone. A Celery application of its own keeps it alive unless the
deployment files start the workers of another one.

## Origin
Audit A, LOW-1.
"""

from preaudit.core.rule import Rule

from preaudit_hooks.beside import beside
from preaudit_hooks.facts.entrypoints import KIND
from preaudit_hooks.import_graph import graph_of

RULE = Rule(
    code="AUD107",
    name="legacy-module",
    severity="low",
    scope="project",
    message="{what}; {advice}",
    since="0.1.0",
    options=("source-roots",),
    files=r"\.py$|compose.*\.ya?ml$|Procfile|\.sh$",
    audits=("A LOW-1",),
)

_KINDS = {"task": "tasks", "route": "routes"}


@RULE.on_project(KIND, "imports", "namespace")
def check(project):
    """Report modules that nothing brings to life, and modules that are two."""
    graph = graph_of(project)
    named = project.derived("facts.entrypoints")
    importers, called = {}, {}
    for edges in graph.edges.values():
        for edge in edges:
            importers.setdefault(edge.target, []).append(edge)
            if not edge.implied:
                called.setdefault(edge.target, {})[edge.module] = edge
    for path in sorted(_dead(project, graph, named)):
        module = project.module(path)
        kinds = " and ".join(_KINDS[kind] for kind, *_ in named.work[path])
        what = f"nothing that runs imports, includes or names {module}, so its {kinds} never run"
        related = [
            (
                edge.path,
                (edge.line, edge.column),
                f"{project.module(edge.path)} imports it, and nothing that runs imports that",
            )
            for edge in importers.get(path, ())[:3]
        ]
        advice = "delete the module, or include it where it is expected"
        yield RULE.at((1, 1), path=path, what=what, advice=advice, related=related)
    for path, names in sorted(called.items()):
        tasks = [entry for entry in named.work.get(path, ()) if entry[0] == "task"]
        if tasks and len(names) > 1:
            first, second = sorted(names)[:2]
            _, _, line, column = tasks[0]
            what = f"this module is imported as {first} and as {second}, so its tasks are registered twice"
            related = [
                (names[name].path, (names[name].line, names[name].column), f"as {name}") for name in (first, second)
            ]
            yield RULE.at((line, column), path=path, what=what, advice="import it by one name", related=related)


def _dead(project, graph, named):
    """Answer the files with tasks or routes that nothing which runs leads to."""
    working = {path for path, work in named.work.items() if work}
    living = graph.reachable(_starts(project, named))
    if working <= living:
        return set()
    # A service may be started in its own folder, whatever packages lie around: what an import can mean from there counts.
    meant = beside(project)
    while True:
        more = {target for path in living for target in meant.get(path, ())} - living
        if not more:
            return working - living
        living |= graph.reachable(more)


def _starts(project, named):
    """Answer the files that run without anybody importing them."""
    application = any(kinds and not project.is_test(path) for path, kinds in named.apps.items())
    found = []
    for path in project.paths:
        if path.endswith(".py"):
            module = project.module(path)
            if _is_alive(project, named, path, module, application) or named(path, module):
                found.append(path)
    return found


def _is_alive(project, named, path, module, application):
    """Answer whether a module runs without anybody importing or naming it."""
    name = path.rpartition("/")[2]
    if project.is_test(path) or project.settings.is_migration(path) or project.settings.is_foreign(path):
        return True
    if path in named.main or name in ("__main__.py", "manage.py", "setup.py", "conftest.py"):
        return True
    if "/" not in path or "/management/commands/" in path or "/templatetags/" in path:
        return True  # a script, or the whole application in one file; what Django finds by its place
    if not named.work.get(path):
        if name == "__init__.py" and "." not in module or not application:
            return True
        if name != "__init__.py" and f"{path.rpartition('/')[0]}/__init__.py" not in project.project.python:
            return True  # no module of a package: a script
    apps = named.apps.get(path, ())
    if "web" in apps:
        return True
    if "celery" in apps:
        others = [other for other, kinds in named.apps.items() if "celery" in kinds and other != path]
        return not any(named(other, project.module(other)) for other in others)
    return False
