"""A Celery setting that Celery does not know

## What it does
Reports a key of `app.conf` (by `update`, attribute or item), or of a configuration module or class, that no
release of Celery knows. Names from before Celery 4 (`CELERY_ROUTES`, `CELERYD_CONCURRENCY`) are known.

## Why it matters
Celery keeps an unknown key and says nothing: the queue limit, the time limit or the route that somebody
believes to be set is not. A typo in a setting's name is found in production, by its absence.

## Bad
```python
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.update(
    task_time_limits=300,  # AUD220
    worker_prefetch_multiplier=1,
)
app.conf.task_default_queu = "default"  # AUD220
```

## Good
```python
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.update(
    task_time_limit=300,
    worker_prefetch_multiplier=1,
)
app.conf.task_default_queue = "default"
app.conf.redbeat_redis_url = "redis://redis/1"
app.conf.feature_flags = {"new": True}
```

## Fixed
No automatic fix: the message names the nearest setting.

## Options
None.

## Limits
A key of the project's own or of a plug-in is left alone unless it nearly is a setting or begins like one
(`task_`, `worker_`, `broker_`, `result_`, `CELERY_`). In a configuration module or class only near misses are
reported. Settings under a namespace (`config_from_object("django.conf:settings", namespace="CELERY")`) stand in
another file than the app: `preaudit check` reports their near misses, and flake8 alone does not; a name beside the
setting it resembles is taken for the project's own. The table is compared with the real Celery in
tests/oracles/test_celery_settings.py.

## Origin
Found beside audit A: a worker's limits were set under names that Celery had never had.
"""

from __future__ import annotations

import ast
import difflib

from preaudit.core.celery_conf import known, settings_of
from preaudit.core.finding import Severity
from preaudit.core.rule import Rule
from preaudit.knowledge._celery_settings import RENAMED, SETTINGS

RULE = Rule(
    code="AUD220",
    name="unknown-celery-setting",
    severity=Severity.HIGH,
    since="0.1.0",
    scope="types",
    words=("conf", "elery"),
    message="Celery knows no setting '{name}' and ignores it{instead}",
)
_PREFIXES = ("task_", "worker_", "broker_", "result_", "CELERY_TASK_", "CELERY_WORKER_", "CELERYD_")
_PLUGINS = (
    "redbeat_", "flower_", "sqlalchemy_", "singleton_", "beat_dburi", "beat_schema", "beat_engine", "beat_sqs", "once",
    "batch", "sentry_", "django_", "mongodb_", "task_cls", "task_queue_ha_policy", "worker_hijack",
)  # fmt: skip


@RULE.on(ast.Module)
def check(node, ctx):
    """Look every key up."""
    for found in settings_of(ctx):
        name = found.name
        if known(name) or name.startswith("_") or name.lower().removeprefix("celery_").startswith(_PLUGINS):
            continue
        near = _nearest(name, 0.86 if found.how == "conf" else 0.9)
        if near or (found.how == "conf" and name.startswith(_PREFIXES)):
            yield RULE.at(
                found.node, name=name, instead=f"; write '{near}'" if near else "; take it out, or correct its name"
            )


@RULE.on_project("messaging", "workers")
def check_namespaced(project):
    """Look up the names under a namespace, in the modules and classes that an app of the project is configured from."""
    registry = project.messaging.model.registry
    for path, owner, namespace in sorted(set(registry.sources)):
        prefix = namespace if namespace.endswith("_") else namespace + "_"
        names = {}
        for name, rows in registry.resolver.vars.get(path, {}).items() if namespace else ():
            scope, _, last = name.rpartition(".")
            if scope == owner and last.isupper():
                names[last] = rows
        here = {_plain(name, prefix) for name in names}
        for name, rows in sorted(names.items()):
            plain = _plain(name, prefix)
            if not name.startswith(prefix) or known(name) or plain in SETTINGS or plain.startswith(_PLUGINS):
                continue
            near = next(iter(difflib.get_close_matches(plain, SETTINGS, 1, 0.9)), "")
            if near and near not in here:
                for place, _ in rows:
                    yield RULE.at(tuple(place), path=path, name=name, instead=f"; write '{prefix}{near.upper()}'")


def _plain(name: str, prefix: str) -> str:
    return known(name) or name.removeprefix(prefix).lower()


def _nearest(name: str, least: float) -> str:
    if name.isupper():
        found = difflib.get_close_matches(name, RENAMED, 1, least)
        if found:
            return RENAMED[found[0]]
        plain = name.removeprefix("CELERY_").lower()
    else:
        plain = name
    found = difflib.get_close_matches(plain, SETTINGS, 1, least)
    return found[0] if found else ""
