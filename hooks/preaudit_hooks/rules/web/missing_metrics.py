"""A service that nobody measures

## What it does
Reports an application that a deployment file serves, in a project that measures nothing: no Prometheus client or
instrumentation, StatsD, OpenTelemetry, Datadog, New Relic, Elastic APM or the like among its imports, requirements and
start commands, and no `/metrics`.

## Why it matters
Without request rates, errors and durations the first to notice an outage are the users, and afterwards nobody can tell when
it began.

## Bad
```python app/main.py
from fastapi import FastAPI

app = FastAPI()  # AUD513


@app.get("/orders")
async def orders():
    return []


@app.post("/orders")
async def place():
    return {}
```
```yaml docker-compose.yml
services:
  api:
    build: .
    command: uvicorn app.main:app --host 0.0.0.0
```

## Good
```python app/main.py
from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()
Instrumentator().instrument(app).expose(app)


@app.get("/orders")
async def orders():
    return []


@app.post("/orders")
async def place():
    return {}
```
```yaml docker-compose.yml
services:
  api:
    build: .
    command: uvicorn app.main:app --host 0.0.0.0
```

## Fixed
No automatic fix: where the numbers go, the project knows.

## Options
None.

## Limits
Measuring by a proxy or platform in front of the app is not seen. Error trackers do not measure, unless they are told to
trace (`traces_sample_rate`). Silent for apps that nothing serves, and for apps with fewer than two routes.

## Origin
Audit A, MEDIUM-12: the pipeline had slowed to a tenth for days before a customer called.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.model import web
from preaudit_hooks.web.observed import METRICS, observes

RULE = Rule(
    code="AUD513",
    name="missing-metrics",
    severity=Severity.LOW,
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-12",),
    posture=True,
    message="{app}, served by {by}, measures nothing, so nobody sees it slow down or fail; count and time its requests with "
    "prometheus-client or OpenTelemetry",
    files=r"\.py$",
)


@RULE.on_project("web", "imports")
def check(project):
    """Look for measuring in a project with apps that are served."""
    found = web(project)
    apps = [app for app in found.apps if app.by and app.is_product and len(app.routes) > 1 and not app.foreign]
    if apps and "metrics" not in found.signs and not observes(project, found, METRICS):
        for app in apps:
            yield RULE.at(app.place, path=app.path, app=app.shown, by=app.by)
