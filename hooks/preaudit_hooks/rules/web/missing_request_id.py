"""Requests that cannot be told apart in the logs

## What it does
Reports an application that a deployment file serves, in a project that logs and gives its requests no identifier: no
`request_id`, `correlation_id`, `X-Request-ID` or trace identifier in its modules, and no library that brings one.

## Why it matters
The lines that many requests write at the same time are mixed. Without an identifier in each of them nobody can follow the
one request that failed, least of all into the worker or service that it called.

## Bad
```python app/main.py
import logging

from fastapi import FastAPI

logger = logging.getLogger(__name__)
app = FastAPI()  # AUD512


@app.get("/orders")
async def orders():
    logger.info("listing orders")
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
import logging

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI

logger = logging.getLogger(__name__)
app = FastAPI()
app.add_middleware(CorrelationIdMiddleware)


@app.get("/orders")
async def orders():
    logger.info("listing orders")
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
No automatic fix: a middleware and the format of the log belong together.

## Options
None.

## Limits
Identifiers that a proxy in front writes are not seen. Any name that says so anywhere in the project counts. Silent for
apps that nothing serves, for apps with fewer than two routes, and for those whose modules log nothing.

## Origin
Audit A, MEDIUM-10, and audit E, 17: an upload that failed could not be followed from the API to the worker.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.model import web
from preaudit_hooks.web.needs import loads
from preaudit_hooks.web.observed import IDENTIFIERS, LOGGERS, observes

RULE = Rule(
    code="AUD512",
    name="missing-request-id",
    severity=Severity.LOW,
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-10", "E 17"),
    posture=True,
    message="{app}, served by {by}, gives its requests no identifier, so the log lines of one cannot be told from another's; add "
    "a request id middleware such as asgi-correlation-id",
    files=r"\.py$",
)
_LIBRARIES = {"Flask": "flask-log-request-id", "Django": "django-guid"}


@RULE.on_project("web", "imports")
def check(project):
    """Look for request identifiers in a project with apps that are served and log."""
    found = web(project)
    apps = [app for app in found.apps if app.by and app.is_product and len(app.routes) > 1 and not app.foreign]
    if not apps or "request id" in found.signs or observes(project, found, IDENTIFIERS):
        return
    for app in apps:
        if not loads(project, app) & LOGGERS:
            continue
        library = _LIBRARIES.get(app.kind)
        more = {"message": RULE.message.replace("asgi-correlation-id", library)} if library else {}
        yield RULE.at(app.place, path=app.path, app=app.shown, by=app.by, **more)
