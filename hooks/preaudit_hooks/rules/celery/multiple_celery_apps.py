"""More than one Celery app for one project

## What it does
Reports each `Celery(...)` beyond the canonical one of a project: the one that a worker command names, that
declares queues or routes, or that has the most tasks.

## Why it matters
Tasks, routes, serializers and time limits belong to one app. What is registered with or configured on the second
one is not there for the first: the worker does not know the task, the API sends past the routes.

## Bad
```python app/worker.py
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.task_routes = {"app.worker.*": {"queue": "slow"}}


@app.task
def render():
    ...
```
```python app/api.py
from celery import Celery

celery = Celery("api", broker="redis://redis")  # AUD210


def order():
    celery.send_task("app.worker.render")
```

## Good
```python app/worker.py
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.task_routes = {"app.worker.*": {"queue": "slow"}}


@app.task
def render():
    ...
```
```python app/api.py
from app.worker import app as celery


def order():
    celery.send_task("app.worker.render")
```

## Fixed
No automatic fix.

## Options
None.

## Limits
Apps with different brokers, in different services (folders with requirements or a Dockerfile of their own), in
tests, examples and under a main guard are silent, and so is every app that a worker or beat command names, and the
fallback of `given or Celery()`. Without any worker command, an app with tasks in its own file alone, or in a top
folder of its own, is taken for a program of its own. Nothing is said where a worker names an app that cannot be found.

## Origin
Audit A, HIGH-4: the API and the worker each made an app, and only one of them had the routes.
"""

from __future__ import annotations

from preaudit.core.finding import Related, Severity
from preaudit.core.project import MARKERS
from preaudit.core.rule import Rule

from preaudit_hooks.documents import commandline
from preaudit_hooks.messaging.flow import flow

RULE = Rule(
    code="AUD210",
    name="multiple-celery-apps",
    severity=Severity.HIGH,
    since="0.1.0",
    scope="project",
    audits=("A HIGH-4",),
    message="a second Celery app beside the one in {path}: tasks, routes and limits of one are unknown to the other; "
    "import that one",
    files=r"\.py$",
)
_ASIDE = frozenset({"examples", "example", "docs", "doc", "samples", "demo", "demos", "benchmarks", "scripts"})


@RULE.on_project("messaging", "workers")
def check(project):
    """Group the apps by service and broker, and report all but the canonical one of each."""
    found = flow(project)
    if any(found.is_lost(worker) for worker in found.model.workers):
        return  # a worker may run any of them
    groups: dict = {}
    for app in found.model.apps:
        if not app.in_main and not app.fallback and not _ASIDE & set(app.path.split("/")[:-1]):
            groups.setdefault(_service(project, app), []).append(app)
    for apps in groups.values():
        if len(apps) > 1:
            yield from _extra(project, found, apps)


def _service(project, app) -> str:
    """Answer the nearest folder above an app that has requirements, a project file or a Dockerfile of its own."""
    folders = project.once("service-folders", lambda: frozenset(
        path.rpartition("/")[0] for path in project.paths
        if path.rpartition("/")[2] in MARKERS or path.rpartition("/")[2].startswith("Dockerfile")
    ))  # fmt: skip
    folder = app.path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder


def _extra(project, found, apps):
    named = [app for app in apps if _named(found, app)]
    canonical = max(apps, key=lambda app: (app in named, bool(app.of("task_routes") or app.of("task_queues")),
                                           _tasks(found, app), -apps.index(app)))  # fmt: skip
    for app in apps:
        if app is canonical or app in named or not found.model.share_broker(app, canonical):
            continue
        if app.path == canonical.path and (app.target == canonical.target or app.scope == canonical.scope):
            continue  # one app or the other, by a condition
        if not found.model.workers and _alone(found, app, canonical):
            continue  # a program of its own: an example beside others
        place = canonical.place
        yield RULE.at(app.place, path=app.path, message=RULE.message.replace("{path}", canonical.path),
                      related=[Related(canonical.path, place[0], place[1], "the app that the workers run")])  # fmt: skip


def _named(found, app) -> bool:
    """Answer whether a worker, or a beat command, names the app by -A."""
    if any(worker.app and found.app_of(worker) is app for worker in found.model.workers):
        return True
    for path, fact in found.view.facts("workers"):
        for row in fact["commands"]:
            command = commandline.Command.from_row(row["row"])
            word = command.option("-A", "--app")
            if word is not None and commandline.celery_beat(command):
                home = found.view.project.find(word.text.replace(":", "."), path)
                if home is not None and home[0] == app.path:
                    return True
    return False


def _alone(found, app, canonical) -> bool:
    """Answer whether an app has tasks, all of them in its own file, or in a top folder that the other app is not in."""
    tasks = [task for task in found.model.tasks if task.app is app]
    top = app.path.partition("/")[0] + "/"
    apart = top != app.path + "/" and not canonical.path.startswith(top)
    return bool(tasks) and all(task.path == app.path or apart and task.path.startswith(top) for task in tasks)


def _tasks(found, app) -> int:
    return sum(task.app is app for task in found.model.tasks)
