"""A task is named that no module registers

## What it does
Reports `send_task`, `signature`, beat schedule entries and `task_routes` keys that name a Celery task which no
module of the project registers, and route patterns that cover no task. A task is registered under its explicit
`name=`, or under its module and function; the names under every source root that the file can be imported from
are accepted. Of arq, `enqueue_job("name")` is compared with the functions of the WorkerSettings classes; of RQ, a
function that is enqueued as text with the project's modules.

## Why it matters
The sender does not notice: the name is only a string. The worker logs "Received unregistered task", drops the
message, and a schedule that was renamed away simply stops. A route that names no task leaves the real one on the
default queue.

## Bad
```python
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.beat_schedule = {
    "clean-up": {"task": "app.example.cleanup", "schedule": 3600.0},  # AUD213
}


@app.task
def clean_up():
    ...
```

## Good
```python
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.beat_schedule = {
    "clean-up": {"task": "app.example.clean_up", "schedule": 3600.0},
}


@app.task
def clean_up():
    ...
```

## Fixed
No automatic fix: the message names the nearest task.

## Options
- `external-tasks`: names of tasks that another project registers.

## Limits
A name outside the project's own packages may belong to a library or to another service: it is reported only
where it nearly is a registered one. Where a task's name is computed, or tasks are registered by calls, nothing
is said.

## Origin
Audit A, LOW-1: a renamed module left its schedule pointing at tasks that no worker had.
"""

from __future__ import annotations

import difflib

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.messaging.flow import flow
from preaudit_hooks.messaging.others import others
from preaudit_hooks.messaging.resolve import UNKNOWN
from preaudit_hooks.messaging.routing import glob
from preaudit_hooks.messaging.workers import variable

RULE = Rule(
    code="AUD213",
    name="unknown-task-name",
    severity=Severity.CRITICAL,
    since="0.1.0",
    scope="project",
    audits=("A LOW-1",),
    options=("external-tasks",),
    message="no module registers the task '{task}' that {what} names, so it is never run{instead}",
    files=r"\.py$",
)
_ROUTE = "no registered task is called '{task}', so this route is never used{instead}"


@RULE.on_project("messaging", "workers")
def check(project):
    """Look every name up among the registered tasks."""
    found = flow(project)
    model = found.model
    for library in others(model):
        names = getattr(library, "unknown_names", None)
        for path, place, name, near in names() if names is not None else ():
            instead = f"; the nearest one is '{near}'" if near else "; register it, or take this out"
            yield RULE.at(place, path=path, task=name, what="this call", instead=instead)
    if not model.tasks or model.open_tasks:
        return
    names = _Names(project, model)
    for send in model.sends:
        if send.how in ("send_task", "signature", "subtask", "Signature") and send.name and not names.known(send.name):
            path, place = send.places["name"]
            yield RULE.at(place, path=path, task=send.name, what="this call", instead=names.instead(send.name))
    for entry in model.schedule:
        if entry.task is not UNKNOWN and not names.known(entry.task):
            path, place = entry.task_place
            yield RULE.at(place, path=path, task=entry.task, what="this schedule", instead=names.instead(entry.task))
    for app in model.apps:
        for route in model.routes[app][0]:
            if route.key and not names.covers(route.key):
                yield RULE.at(
                    route.place, path=route.path, message=_ROUTE, task=route.key, instead=names.instead(route.key)
                )


class _Names:
    """The names under which a project's tasks can be registered."""

    def __init__(self, project, model):
        self.project, self.model = project, model
        self.external = set(project.settings.external_tasks or ())
        self.registered = set(model.by_name)
        for task in model.tasks:
            self.registered |= self._other_roots(task)
        for path, fact in project.facts("messaging"):
            for row in fact.get("named", ()):
                name = model.resolver.constant(row["value"], path)
                if isinstance(name, str):
                    self.registered.add(name)
        self.registered |= self._run_as()
        self.shown = sorted(name for name in model.by_name if name)
        self.tops = {name.partition(".")[0] for name in self.shown if "." in name}

    def _other_roots(self, task) -> set:
        """Answer the task's names under every folder that can be a source root, and as part of a script."""
        function = task.function.rpartition(".")[2]
        module = task.path.removesuffix(".py").removesuffix("/__init__").split("/")
        if task.name != f"{self.project.module(task.path)}.{function}":
            return {task.name}
        names = {".".join([*module[start:], function]) for start in range(len(module))}
        return names | {f"{app.main}.{function}" for app in self.model.apps if app.main}

    def _run_as(self) -> set:
        """Answer the names that tasks have where a worker names the app by a module that the project has not, or has deeper.

        An image may hold the sources under other names: a folder more in front (`-A app.app.worker` of app/worker.py), or
        a file that is renamed when it is copied.
        """
        found = set()
        for worker in self.model.workers:
            app = worker.app.partition(":")[0]
            if not app or variable(app) or not self._renamed(worker, app):
                continue
            parts = app.split(".")
            for task in self.model.tasks:
                module, function = self.project.module(task.path), task.function.rpartition(".")[2]
                inner = [".".join(parts[start:]) for start in range(1, len(parts))]
                if any(self.project.project.find(each, "") is not None for each in inner):
                    for start, each in enumerate(inner, 1):
                        if self.project.project.find(each, "") is not None:
                            found.add(".".join([*parts[:start], module, function]))
                else:
                    found.add(f"{app}.{function}")
        return found

    def _renamed(self, worker, app: str) -> bool:
        """Answer whether the module that a worker names is none of the project, or lies outside the folder it is run for."""
        home = self.project.project.find(app, worker.path)
        if home is None:
            return True
        folder = worker.path.rpartition("/")[0] + "/"
        return folder != "/" and not home[0].startswith(folder) and any(
            task.path.startswith(folder) for task in self.model.tasks
        )  # fmt: skip

    def known(self, name: str) -> bool:
        """Answer whether a name is registered, or may be by somebody else."""
        if name in self.registered or name in self.external or name.startswith("celery."):
            return True
        if self._decorated(name):
            return True
        return not (self._own(name) or difflib.get_close_matches(name, self.shown, 1, 0.9))

    def _own(self, name: str) -> bool:
        """Answer whether a dotted name lies in a package of the project, so that no library can register it."""
        top = name.partition(".")[0]
        return "." in name and top in self.tops and self.project.project.is_own(top)

    def _decorated(self, name: str) -> bool:
        """Answer whether a function of that name exists and a decorator that is not known may register it."""
        found = self.project.project.find(name, "")
        if found is None or not found[1]:
            return False
        function = ".".join(found[1])
        if f"{self.project.module(found[0])}.{function}" in self.model.by_function:
            return False  # a task, and registered under another name
        record = self.project.project.summary(found[0])["functions"].get(function)
        return record is not None and bool(record.get("decos"))

    def covers(self, key: str) -> bool:
        """Answer whether a route's key covers a registered task, or may cover somebody else's."""
        if "*" not in key:
            return self.known(key)
        if any(glob(key, name) for name in self.registered):
            return True
        top = key.partition(".")[0]
        return "*" in top or not self._own(key)

    def instead(self, name: str) -> str:
        """Answer the end of a message: the nearest registered name."""
        last = name.rpartition(".")[2]
        same = [known for known in self.shown if known.rpartition(".")[2] == last]
        near = same[:1] or difflib.get_close_matches(name, self.shown, 1, 0.6)
        return f"; the nearest one is '{near[0]}'" if near else "; register it, or take this out"
