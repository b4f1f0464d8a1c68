"""Worker processes are never replaced

## What it does
Reports a Celery app whose workers are not recycled: `worker_max_tasks_per_child` is not set or above the limit
and there is no `worker_max_memory_per_child`, neither in the settings nor on a command line. Where the workers run
a pool that ignores the setting (`threads`, `solo`, `eventlet`, `gevent`) the setting itself is reported.

## Why it matters
Python processes grow: fragmented memory, caches, libraries that leak. A worker that is never replaced grows until
the kernel kills it, and what it was working on is lost.

## Bad
```python
from celery import Celery

app = Celery("app", broker="redis://redis")  # AUD215


@app.task
def render():
    ...
```

## Good
```python
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.worker_max_tasks_per_child = 500


@app.task
def render():
    ...
```

## Fixed
No automatic fix: how many tasks a process may run depends on what they load.

## Options
- `max-tasks-per-child`: the largest number that counts as recycling (1000).
- `max-tasks-per-gpu-child`: the same where tasks load GPU or machine learning libraries (50).

## Limits
Silent where settings come from places that are not seen, and for apps that only send. Which pool ignores what was
read in celery.concurrency of Celery 5.7.

## Origin
Audit A, MEDIUM-6: workers with a model in memory ran for weeks, then were killed one after the other.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.messaging.flow import flow
from preaudit_hooks.messaging.pools import NO_RECYCLING, is_run, running
from preaudit_hooks.messaging.resolve import UNKNOWN

RULE = Rule(
    code="AUD215",
    name="worker-never-recycled",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-6",),
    options=("max-tasks-per-child", "max-tasks-per-gpu-child"),
    message="worker processes of this app are never replaced, so what leaks stays; set worker_max_tasks_per_child={limit} "
    "or worker_max_memory_per_child",
    files=r"\.py$",
)
_ABOVE = (
    "worker_max_tasks_per_child={value} is as good as never{gpu}; set {limit} or less, or worker_max_memory_per_child"
)
_EFFECT = (
    "{key} has no effect: the workers run the {pool} pool, which never replaces a process; use prefork, or take it out"
)
_GPU = frozenset({"torch", "torchvision", "tensorflow", "jax", "keras", "transformers", "onnxruntime", "openvino", "diffusers",
                  "ultralytics", "sentence_transformers", "vllm"})  # fmt: skip
_KEYS = ("worker_max_tasks_per_child", "worker_max_memory_per_child")
_OPTIONS = ("--max-tasks-per-child", "--maxtasksperchild", "--max-memory-per-child")


@RULE.on_project("messaging", "workers", "imports")
def check(project):
    """Look at the recycling settings of each app that runs tasks."""
    found = flow(project)
    for app in found.model.apps:
        if app.in_main or not is_run(found, app):
            continue
        mine = running(found, app)
        if mine.all_in(NO_RECYCLING):
            yield from _without_effect(app, mine)
            continue
        if mine.pools is None or not mine.certain or mine.option(*_OPTIONS):
            continue
        if mine.pools and any(pool in NO_RECYCLING for pool in mine.pools) and app.of(_KEYS[0]):
            continue
        yield from _limits(project, found, app)


def _without_effect(app, mine):
    for key in _KEYS:
        for setting in app.of(key):
            if setting.how == "set":
                yield RULE.at(setting.place, path=setting.path, message=_EFFECT, key=key, pool=mine.pools[0])


def _limits(project, found, app):
    if app.of("worker_max_memory_per_child"):
        return
    gpu = _loads_gpu(project, found)
    limit = project.settings.max_tasks_per_gpu_child if gpu else project.settings.max_tasks_per_child
    value = found.model.constant(app, "worker_max_tasks_per_child", 0)
    if value is UNKNOWN:
        return
    settings = app.of("worker_max_tasks_per_child")
    if not value:
        where = settings[-1] if settings else app
        yield RULE.at(where.place, path=where.path, limit=limit)
    elif isinstance(value, (int, float)) and value > limit and settings:
        note = " for tasks that load GPU or machine learning libraries" if gpu else ""
        yield RULE.at(settings[-1].place, path=settings[-1].path, message=_ABOVE, value=value, gpu=note, limit=limit)


def _loads_gpu(project, found) -> bool:
    """Answer whether the modules with tasks, or modules of the project that they import, load such a library."""
    rows = dict(project.facts("imports"))
    queue = sorted({task.path for task in found.model.tasks})
    seen = set(queue)
    while queue:
        path = queue.pop()
        for _, _, _, module, names, when, *_ in rows.get(path, ()):
            if when == "type":
                continue
            if module.partition(".")[0] in _GPU:
                return True
            for name in (module, *(f"{module}.{row[0]}" for row in names)):
                home = project.project.find(name, path)
                if home is not None and home[0] not in seen and not project.is_test(home[0]):
                    seen.add(home[0])
                    queue.append(home[0])
    return False
