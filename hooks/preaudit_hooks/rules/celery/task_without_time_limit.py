"""Tasks that may run for ever

## What it does
Reports a Celery app without a time limit for its tasks: neither `task_time_limit` nor `task_soft_time_limit`, nor
limits on a worker's command line, nor a limit on every task. Where the workers run a pool that cannot enforce a
limit that is set, the setting is reported: `threads`, `solo` and `eventlet` enforce none, `gevent` the hard one.

## Why it matters
A task that hangs (a server that does not answer, a lock that is not released) holds its worker process for ever.
After as many of them as there are processes, nothing is worked on any more, and nothing has failed.

## Bad
```python
from celery import Celery

app = Celery("app", broker="redis://redis")  # AUD216


@app.task
def render():
    ...
```

## Good
```python
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.update(task_time_limit=300, task_soft_time_limit=270)


@app.task
def render():
    ...
```

## Fixed
No automatic fix: how long a task may run is a decision.

## Options
None.

## Limits
Silent where settings come from places that are not seen, and for apps that only send. A task with a base class of
its own is taken for limited.

## Origin
Audit E, finding 11: one hanging download after the other took all worker processes.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.messaging.flow import flow
from preaudit_hooks.messaging.pools import NO_HARD_LIMIT, NO_SOFT_LIMIT, is_run, running
from preaudit_hooks.messaging.resolve import UNKNOWN

RULE = Rule(
    code="AUD216",
    name="task-without-time-limit",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("E 11",),
    message="no time limit for {count}, so one that hangs holds its worker for ever; set task_time_limit and "
    "task_soft_time_limit",
    files=r"\.py$",
)
_EFFECT = "{key} has no effect: the workers run the {pool} pool, which cannot stop a task; use prefork, or limit the calls inside"
_OPTIONS = ("--time-limit", "--soft-time-limit")


@RULE.on_project("messaging", "workers")
def check(project):
    """Look at the limits of each app that runs tasks."""
    found = flow(project)
    model = found.model
    for app in model.apps:
        if app.in_main or not is_run(found, app):
            continue
        mine = running(found, app)
        for key, pools in (("task_time_limit", NO_HARD_LIMIT), ("task_soft_time_limit", NO_SOFT_LIMIT)):
            for setting in app.of(key):
                if mine.all_in(pools) and setting.how == "set" and model.resolver.constant(setting.value, setting.path):
                    yield RULE.at(setting.place, path=setting.path, message=_EFFECT, key=key, pool=mine.pools[0])
        if mine.all_in(NO_HARD_LIMIT) or not mine.certain or mine.option(*_OPTIONS):
            continue  # no pool of these could enforce one
        limits = [model.constant(app, key) for key in ("task_time_limit", "task_soft_time_limit")]
        if any(limit is UNKNOWN or limit for limit in limits) or app.of("task_annotations"):
            continue
        tasks = [task for task in model.tasks if task.app in (None, app)]
        free = [task for task in tasks if not task.limited]
        if free:
            count = (
                "any task"
                if len(free) == len(tasks)
                else f"{len(free)} of {len(tasks)} tasks ({free[0].name or 'one'}, ...)"
            )
            yield RULE.at(app.place, path=app.path, count=count)
