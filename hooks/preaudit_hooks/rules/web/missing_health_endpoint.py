"""A served app that nothing can ask whether it is alive

## What it does
Reports an application (FastAPI, Starlette, Flask, Quart, aiohttp) that a deployment file serves and that has no
health route: none whose path says health, healthz, live, ping, status or the like, on the app or on a router, blueprint
or mounted app of it.

## Why it matters
A process can be there and answer nothing: deadlocked, out of connections, still starting. Without a route that tells,
load balancers keep sending requests to it, and no orchestrator replaces it.

## Bad
```python app/main.py
from fastapi import FastAPI

app = FastAPI()  # AUD510


@app.get("/orders")
async def orders():
    return []
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

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}
```
```yaml docker-compose.yml
services:
  api:
    build: .
    command: uvicorn app.main:app --host 0.0.0.0
```

## Fixed
No automatic fix: what a healthy process is, the project knows.

## Options
None.

## Limits
Silent where a router or path cannot be followed and may hold such a route, and for apps that no compose file, Dockerfile,
Procfile, app spec, unit or script serves. An app that is mounted in another one is reached through that one.

## Origin
Audit A, MEDIUM-5: containers hung for hours while the proxy went on sending requests to them.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.model import HEALTH, READY, may_probe, web

RULE = Rule(
    code="AUD510",
    name="missing-health-endpoint",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-5",),
    posture=True,
    message="{app}, served by {by}, has no health route, so nothing notices that it hangs; add GET /health and let the "
    "deployment ask it",
    files=r"\.py$",
)


@RULE.on_project("web")
def check(project):
    """Look for a route that tells of health in each app that is served."""
    found = web(project)
    for app in found.apps:
        if app.by and app.is_product and not may_probe(found, app, HEALTH | READY):
            yield RULE.at(app.place, path=app.path, app=app.shown, by=app.by)
