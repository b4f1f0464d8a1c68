"""A worker's pool ignores a limit that the project relies on

## What it does
Reports a Celery worker command that picks a pool which does not know a limit that the command itself or the app's
settings give. The pools `threads`, `solo` and `eventlet` ignore `worker_max_tasks_per_child`,
`worker_max_memory_per_child`, `task_time_limit` and `task_soft_time_limit`; `gevent` enforces the hard time limit only.

## Why it matters
Nothing warns: a task that hangs holds its thread for ever, and a worker that leaks memory is never replaced, while the
settings say that both are taken care of.

## Bad
```python app/worker.py
from celery import Celery

app = Celery("app", broker="redis://cache/0")
app.conf.task_time_limit = 60
app.conf.worker_max_tasks_per_child = 100
```
```yaml docker-compose.yml
services:
  worker:
    image: shop
    command: celery -A app.worker worker --pool=threads -c 8  # AUD911
  mails:
    image: shop
    command: celery -A app.worker worker -P gevent --soft-time-limit 5  # AUD911
```

## Good
```python app/worker.py
from celery import Celery

app = Celery("app", broker="redis://cache/0")
app.conf.task_time_limit = 60
app.conf.worker_max_tasks_per_child = 100
```
```yaml docker-compose.yml
services:
  worker:
    image: shop
    command: celery -A app.worker worker --pool=prefork -c 8
  slow:
    image: shop
    command: celery -A app.worker worker --pool=gevent --time-limit 60
```

## Fixed
There is no fix: use the prefork pool, or give up the limit and put timeouts into the tasks' own calls.

## Options
None.

## Limits
Settings of the app count where no other worker of the project runs them in the prefork pool. Commands in files for
development and tests are silent.

## Origin
Audit A MEDIUM-6: a GPU worker with the solo pool whose `max_tasks_per_child` never recycled it.
"""

from preaudit.core.rule import Rule

from preaudit_hooks.documents.commandline import Command, celery_worker
from preaudit_hooks.documents.interpolate import evaluate
from preaudit_hooks.documents.names import COMPOSE_FILES, PROC_FILES, SHELL_FILES, is_for_development, shown

RULE = Rule(
    code="AUD911",
    name="worker-pool-setting-without-effect",
    severity="medium",
    scope="project",
    message="the {pool} pool ignores {settings}; use --pool=prefork, or put timeouts into the tasks' own calls",
    since="0.1.0",
    audits=("A MEDIUM-6", "E 11"),
    files=f"{COMPOSE_FILES}|{PROC_FILES}|{SHELL_FILES}",
)
_ALL = ("worker_max_tasks_per_child", "worker_max_memory_per_child", "task_time_limit", "task_soft_time_limit")
_IGNORED = {
    "threads": _ALL, "solo": _ALL, "eventlet": _ALL,
    "gevent": ("worker_max_tasks_per_child", "worker_max_memory_per_child", "task_soft_time_limit"),
}  # fmt: skip
_FLAGS = {
    "worker_max_tasks_per_child": "--max-tasks-per-child",
    "worker_max_memory_per_child": "--max-memory-per-child",
    "task_time_limit": "--time-limit",
    "task_soft_time_limit": "--soft-time-limit",
}
_OLD = {
    "celeryd_max_tasks_per_child": _ALL[0], "celeryd_max_memory_per_child": _ALL[1], "celeryd_task_time_limit": _ALL[2],
    "celeryd_task_soft_time_limit": _ALL[3],
}  # fmt: skip


@RULE.on_project("workers", "messaging")
def check(project):
    """Report each worker command whose pool ignores a limit that is set."""
    workers = list(_workers(project))
    settings = _settings(project)
    in_processes = any(pool in ("", "prefork", "processes") for _, _, _, pool, _ in workers)
    for path, place, worker, pool, service in workers:
        if pool not in _IGNORED or is_for_development(path) or project.is_test(path):
            continue
        ignored, related = [], []
        for name in _IGNORED[pool]:
            if worker.command.flag(_FLAGS[name]):
                ignored.append(_FLAGS[name])
            elif name in settings and not in_processes:
                ignored.append(name)
                related.append((*settings[name], f"{name} is set here"))
        if ignored:
            yield RULE.at(
                worker.pool.place if worker.pool is not None and any(worker.pool.place or ()) else place,
                path=path,
                related=related,
                scope=service,
                pool=shown(pool),
                settings=" and ".join(ignored) if len(ignored) < 3 else f"{', '.join(ignored[:-1])} and {ignored[-1]}",
            )


def _workers(project):
    """Answer (path, place, Worker, pool, service) of every worker command."""
    for path, fact in project.facts("workers"):
        for row in fact["commands"]:
            command = Command.from_row(row["row"])
            worker = celery_worker(command)
            if worker is not None:
                pool = evaluate(worker.pool.text).text.lower() if worker.pool is not None else ""
                yield path, tuple(row["place"]), worker, pool, row["service"] or ""


def _settings(project):
    """Answer {limit: (path, place)} of what the project's apps set to a value."""
    found: dict = {}
    for path, fact in project.facts("messaging"):
        if project.is_test(path):
            continue
        for record in fact.get("conf", ()):
            key = (record.get("key") or "").lower()
            name = _OLD.get(key, key)
            if name in _ALL and name not in found:
                value = record.get("value") or ["?"]
                values = project.constants(value[2], path) if value[0] == "expr" and value[2] else []
                if not values or any(values):
                    found[name] = (path, tuple(record["p"]))
    return found
