"""An app that says it is alive and never whether it can work

## What it does
Reports an application with a health route that needs a database, Redis or a broker and has no readiness route: none whose
path says ready, readyz or readiness.

## Why it matters
Alive and able to work are two questions. With one route for both, either a failing database makes the orchestrator restart
every process, which helps nobody, or requests are sent to processes that cannot answer them.

## Bad
```python app/main.py
import redis
from fastapi import FastAPI

app = FastAPI()  # AUD514
cache = redis.Redis(socket_timeout=2)


@app.get("/health")
async def health():
    return {"status": "ok"}
```

## Good
```python app/main.py
import redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.Redis(socket_timeout=2)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/ready")
def ready():
    return {"redis": cache.ping()}
```

## Fixed
No automatic fix: without which services the app cannot work, the project knows.

## Options
None.

## Limits
Silent where one of two health routes is the liveness route (`/live`, `/ping`) and the other one asks the services, and where
a router cannot be followed. What is needed is told by the imports of the modules that the app loads.

## Origin
Audit D, 3: pods received requests before their connections were there.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.model import HEALTH, LIVE, READY, is_clear, may_probe, probe_words, web
from preaudit_hooks.web.needs import listed, needs

RULE = Rule(
    code="AUD514",
    name="missing-readiness-endpoint",
    severity=Severity.LOW,
    since="0.1.0",
    scope="project",
    audits=("D 3",),
    posture=True,
    message="{app} needs its {needs} and has a health route and no readiness route, so alive and able to work are one answer; "
    "add GET /ready that asks them, and let only that one decide on requests",
    files=r"\.py$",
)


@RULE.on_project("web", "imports")
def check(project):
    """Look for a readiness route in each app that has a health route and needs other services."""
    found = web(project)
    for app in found.apps:
        if not app.is_service or may_probe(found, app, READY):
            continue
        health = [route for route in app.probes(HEALTH) if is_clear(route)]
        if not health or _splits(health):
            continue
        wanted = needs(project, app)
        if wanted:
            yield RULE.at(app.place, path=app.path, app=app.shown, needs=listed(wanted))


def _splits(health) -> bool:
    """Answer whether one route says alive and another one, under another name, does more."""
    live = [route for route in health if probe_words(route) & LIVE]
    return bool(live) and any(not probe_words(route) & LIVE and route.row.get("deep") == "" for route in health)
