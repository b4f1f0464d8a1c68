"""Task results are kept for ever

## What it does
Reports `result_expires` set to `None` or 0 (or under its old name `CELERY_TASK_RESULT_EXPIRES`), in an app's
conf, in the call of `Celery(...)`, or in a configuration module or class.

## Why it matters
Celery's default is one day. Without an expiry every result of every task stays in the backend: Redis grows until
it evicts what was needed or refuses writes, a result table until queries on it crawl.

## Bad
```python
from celery import Celery

app = Celery("app", broker="redis://redis", backend="redis://redis")
app.conf.update(result_expires=None)  # AUD214
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
it). A database or filesystem backend also needs beat to run the clean-up; whether beat runs is not looked at.

## Origin
Audit E, finding 9: results were kept in Redis without a limit.
"""

from __future__ import annotations

import ast

from preaudit.core.celery_conf import Set, known, settings_of
from preaudit.core.finding import Severity
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted
from preaudit.core.values import constants

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
