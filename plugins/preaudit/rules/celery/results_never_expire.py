"""Task results are kept for ever

## What it does
Reports `result_expires` set to `None` or 0 (or under its old name `CELERY_TASK_RESULT_EXPIRES`), in an app's
conf, in the call of `Celery(...)`, or in a configuration module or class. Reports also a result backend that cannot
drop what has expired by itself (a database, `db+...` or `django-db`, or the filesystem, `file://`) in a project that
starts workers and neither beat nor a clean-up of its own.

## Why it matters
Celery's default is one day. Without an expiry every result of every task stays in the backend: Redis grows until
it evicts what was needed or refuses writes, a result table until queries on it crawl. Redis expires keys; a table and a
folder do not: there Celery's task `celery.backend_cleanup` deletes what is older than a day, and only beat sends it.

## Bad
```python
from celery import Celery

app = Celery("app", broker="redis://redis", backend="redis://redis")
app.conf.update(result_expires=None)  # AUD214
```

```python app/worker.py
from celery import Celery

worker = Celery("app", broker="redis://redis", backend="db+postgresql://db/results")  # AUD214
```
```yaml docker-compose.yml
services:
  worker:
    image: app
    command: celery -A app.worker worker
```

## Good
```python
from datetime import timedelta

from celery import Celery

app = Celery("app", broker="redis://redis", backend="redis://redis")
app.conf.update(result_expires=timedelta(hours=6))
```

## Fixed
No automatic fix: how long a result is needed is a decision.

## Options
None.

## Limits
Leaving the setting out is fine. Silent where results are ignored altogether (`task_ignore_result = True` beside
it). Whether beat runs stands in other files: `preaudit check` looks at them, and flake8 alone does not. Silent where
no worker's command is seen, where some deployment file is not read, where the project has a beat schedule (somebody
runs beat), and where `backend_cleanup` or the backend's `cleanup()` is called. tests/oracles/test_celery_settings.py
asks the real Celery which backends expire by themselves.

## Origin
Audit E, finding 9: results were kept in Redis without a limit.
"""

from __future__ import annotations

import ast

from preaudit.core.celery_conf import Set, known, settings_of
from preaudit.core.finding import Severity
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted
from preaudit.core.values import constants, pattern

RULE = Rule(
    code="AUD214",
    name="results-never-expire",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="types",
    words=("result_expires", "RESULT_EXPIRES"),
    audits=("E 9",),
    message="{name} = {value} keeps every task's result for ever; set the seconds that a result is needed for, such as 3600",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Look at what the setting is set to."""
    found = [*settings_of(ctx), *_arguments(ctx)]
    if any(known(one.name) == "task_ignore_result" and _values(ctx, one.value) == [True] for one in found):
        return
    for one in found:
        if known(one.name) == "result_expires":
            values = _values(ctx, one.value)
            if len(values) == 1 and (values[0] is None or (values[0] == 0 and values[0] is not False)):
                yield RULE.at(one.node, name=one.name, value=values[0])


_KEPT = ("db+", "database", "file://", "filesystem", "django-db")
_CLEANED = (
    "{backend} never drops a result by itself, and nothing starts beat, which would send celery.backend_cleanup; run beat, "
    "or set result_backend to one that expires"
)


@RULE.on_project("messaging", "workers")
def check_cleaned(project):
    """Ask whether anybody cleans up behind a backend that cannot."""
    found = project.messaging
    model = found.model
    if not model.workers or found.unseen or model.beats or model.cleans or found.has_variable("CELERY_RESULT_BACKEND"):
        return  # Celery takes that variable before any setting
    for app in model.apps:
        if app.open or app.of("beat_schedule") or app.of("beat_scheduler") or app.in_main:
            continue
        if model.constant(app, "task_ignore_result", False) is not False or _never(model, app):
            continue
        for setting in app.of("result_backend")[-1:]:
            text = _start(project, model, setting)
            if text.startswith(_KEPT):
                shown = text.partition("{}")[0].partition("://")[0].partition(":")[0] or text
                yield RULE.at(setting.place, path=setting.path, message=_CLEANED, backend=f"the result backend {shown}")


def _never(model, app) -> bool:
    """Answer whether the app's results are never to expire, which is a finding of its own."""
    return bool(app.of("result_expires")) and model.constant(app, "result_expires") in (None, 0)


def _start(project, model, setting) -> str:
    """Answer a backend's URL as far as it is written, its unknown parts as {}; '' if nothing is."""
    value, path = model.resolver.follow(setting.value, setting.path)
    return (pattern(value[2], path, project.project) or "") if value[0] == "expr" and value[2] is not None else ""


def _values(ctx, node) -> list:
    if node is None:
        return []
    if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "timedelta":
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return [0] if all(isinstance(arg, ast.Constant) and arg.value == 0 for arg in given) else []
    return constants(ctx.exprs.of(node), ctx.path, ctx.project)


def _arguments(ctx):
    """Give the settings that calls of Celery(...) are given as keywords."""
    for call in ctx.nodes(ast.Call):
        if dotted(call.func).endswith("Celery") and any(known(k.arg or "") for k in call.keywords):
            if "celery.Celery" in ctx.targets(call):
                yield from (Set(k.arg, k, k.value, "conf") for k in call.keywords if k.arg)
