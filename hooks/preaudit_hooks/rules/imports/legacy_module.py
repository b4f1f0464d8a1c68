"""A module with tasks or routes that nothing brings to life

## What it does
Reports a module that defines Celery tasks or routes and that nothing imports, includes, discovers or names: no module
outside its own dead circle, no string, no compose file, Procfile, script or project file. Reports a module whose tasks are
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
A module is left alone where it makes a web application, has a main guard, is a test, a migration or a script, or where some
module of its package imports by names made while running. A Celery application of its own keeps it alive unless the
deployment files start the workers of another one.

## Origin
Audit A, LOW-1.
"""

from preaudit.core.rule import Rule

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


@RULE.on_project(KIND, "imports")
def check(project):
    """Report modules that nothing brings to life, and modules that are two."""
    graph = graph_of(project)
    named = project.derived("facts.entrypoints")
    importers, called = {}, {}
    for path, edges in graph.edges.items():
        for edge in edges:
            importers.setdefault(edge.target, set()).add(path)
            if not edge.implied:
                called.setdefault(edge.target, {})[edge.module] = edge
    candidates = {
        path
        for path, work in named.work.items()
        if work and not _is_alive(project, named, path) and not named(path, project.module(path))
    }
    for path in sorted(_dead(candidates, importers)):
        kinds = " and ".join(_KINDS[kind] for kind, *_ in named.work[path])
        what = f"nothing imports, includes or names {project.module(path)}, so its {kinds} never run"
        yield RULE.at((1, 1), path=path, what=what, advice="delete the module, or include it where it is expected")
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


def _is_alive(project, named, path):
    """Answer whether a module runs without anybody importing it."""
    name = path.rpartition("/")[2]
    if project.is_test(path) or project.settings.is_migration(path) or project.settings.is_foreign(path):
        return True
    if path in named.main or name in ("__init__.py", "__main__.py", "manage.py", "setup.py", "conftest.py"):
        return True
    if "/" not in path:
        return True  # a script, or the whole application in one file
    apps = named.apps.get(path, ())
    if "web" in apps:
        return True
    if "celery" in apps:
        others = [other for other, kinds in named.apps.items() if "celery" in kinds and other != path]
        return not any(named(other, project.module(other)) for other in others)
    return False


def _dead(candidates, importers):
    """Answer the candidates that no living module imports."""
    dead = set(candidates)
    while True:
        alive = {path for path in dead if importers.get(path, set()) - dead - {path}}
        if not alive:
            return dead
        dead -= alive
