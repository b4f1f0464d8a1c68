"""A health check that says all is well without asking

## What it does
Reports the handler of a health or readiness route that answers a constant, although the app needs a database, Redis or a
broker; and one that asks them and drops what they say, so that the answer is the same either way.

## Why it matters
The check is green while every request fails. Whoever looks at it during an outage looks in the wrong place, and the load
balancer keeps the broken process in its pool.

## Bad
```python app/main.py
import redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.Redis(socket_timeout=2)


@app.get("/health")
async def health():  # AUD511
    return {"status": "healthy"}
```

## Good
```python app/main.py
import redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.Redis(socket_timeout=2)


@app.get("/health")
def health():
    return {"redis": cache.ping()}
```

## Fixed
No automatic fix: without which services the app cannot work, the project knows.

## Options
None.

## Limits
A liveness route (`/live`, `/ping`) may answer a constant, and so may a health route beside one that asks. Silent where the
handler calls anything that may ask, branches, takes a dependency, or stands in another file than its registration by call.

## Origin
Audit E, 15: the database was gone for an hour, and the health check said ok.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.web.model import HEALTH, LIVE, READY, is_clear, probe_words, web
from preaudit_hooks.web.needs import listed, needs

RULE = Rule(
    code="AUD511",
    name="shallow-health-check",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("E 15",),
    posture=True,
    message="{name} says all is well without asking the {needs} that the app needs, so it is green in an outage; ask them "
    "here or in a readiness route, and answer 503 where one fails",
    files=r"\.py$",
)
_PARAMETER = lazy(r"\{\w|<")  # an empty `{}` is a part that is not known
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_IGNORED = "{name} asks and then answers the same whatever it heard, so it is green in an outage; answer 503 where a check fails"


@RULE.on_project("web", "imports")
def check(project):
    """Look at what the health routes of each app ask."""
    found = web(project)
    told = set()
    others = {id(route.row) for app in found.apps for route in app.routes if route.certain}
    for app in found.apps:
        routes = [route for route in app.probes(HEALTH | READY) if route.certain and _is_probe(route)]
        if not app.is_service or any(_may_ask(route) for route in routes) or not _all_known(app, found, others):
            continue
        wanted = needs(project, app)
        for route in routes:
            name = route.row.get("h", "").rpartition(".")[2]
            place = tuple(route.row.get("hp", ()))
            if (
                not wanted
                or not is_clear(route)
                or probe_words(route) <= LIVE
                or (route.file, place) in told
                or not place
            ):
                continue
            told.add((route.file, place))
            text = _IGNORED if route.row["deep"] == "ignored" else ""
            yield RULE.at(place, path=route.file, message=text, name=name, needs=listed(wanted))


def _may_ask(route) -> bool:
    return route.row.get("deep", "") not in ("shallow", "ignored")


def _is_probe(route) -> bool:
    """Answer whether a route can be a probe: it is read, and is not of one thing, as `/orders/{number}/status` is."""
    return not set(route.row["m"]) <= _WRITING and not all(_PARAMETER.search(text) for text in route.paths)


def _all_known(app, found, others) -> bool:
    """Answer whether no other route can be the one that asks; `others`: rows of routes that are certainly of some app."""
    possible = [
        route for route in app.probes(HEALTH | READY)
        if not route.certain and id(route.row) not in others and not set(route.row["m"]) <= _WRITING
    ]  # fmt: skip
    return not possible and not app.foreign and not found.loose_probes
