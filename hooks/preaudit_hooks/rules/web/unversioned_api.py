"""An API whose paths have no version

## What it does
Reports an application with routes under `/api` and no version segment (`/v1`) in any of its paths; once an app, on the line
that creates it.

## Why it matters
An answer that changes breaks every client at once. With a version in the path the old form stays until the last client
has moved; without one there is nowhere to put the new form.

## Bad
```python
from fastapi import FastAPI

app = FastAPI()  # AUD509


@app.get("/api/orders")
async def orders():
    return []


@app.post("/api/orders")
async def place():
    return {}
```

## Good
```python
from fastapi import FastAPI

app = FastAPI()


@app.get("/api/v1/orders")
async def orders():
    return []


@app.post("/api/v1/orders")
async def place():
    return {}
```

## Fixed
No automatic fix: clients know the paths.

## Options
None.

## Limits
Silent where a path or prefix under `/api` is not known, where a version is told by a header or media type, and for apps
with a single route under `/api`.

## Origin
Audit A, MEDIUM-9, and audit E, 14: a field was renamed, and the phones in the field stopped working.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.web.model import web

RULE = Rule(
    code="AUD509",
    name="unversioned-api",
    severity=Severity.LOW,
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-9", "E 14"),
    posture=True,
    message="{app} answers {count} routes under /api and no path has a version, so an answer cannot change without breaking its "
    "clients; put the routers under /api/v1",
    files=r"\.py$",
)
_API = lazy(r"(?:^|/)api/[^/]")  # a last segment `api` is a page of its own, with nothing under it
_VERSION = lazy(
    r"(?i)(?:^|[/._-])(?:v(?:er(?:sion)?)?[-_.]?\d|\d{4}-\d{2}|\d+\.\d+)|\{version|<(?:\w+:)?version|(?:^|/)latest/"
)
_FEW = 2  # routes from which they are an API


@RULE.on_project("web")
def check(project):
    """Look at the full paths of each app."""
    found = web(project)
    if "version" in found.signs:
        return
    for app in found.apps:
        if not app.is_product or app.foreign:
            continue
        texts = [text for route in app.routes for text in route.paths]
        under = {
            (text, method)
            for route in app.routes
            if route.certain
            for text in route.paths
            if _API.search(text)
            for method in route.row["m"]
        }
        if len(under) < _FEW or any(_VERSION.search(text) for text in texts):
            continue
        if not any("{}" in text.partition("/api")[0] for text, _ in under) and not any(
            _unknown(text) for text in texts
        ):
            yield RULE.at(app.place, path=app.path, app=app.shown, count=len(under))


def _unknown(text) -> bool:
    """Answer whether the beginning of a path is not known, where the version may stand."""
    return text.startswith("{}") or "/{}" in text
