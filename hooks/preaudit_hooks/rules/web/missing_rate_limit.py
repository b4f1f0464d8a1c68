"""Logins, uploads and batches that can be asked without end

## What it does
Reports the routes that invite many tries or heavy work (login, token, password, one-time password, upload, batch, backfill)
and that nothing limits: on the `def` of the route where the project limits others, and once, on the app, where it limits
nothing at all.

It also reports limits without effect: `limiter.limit("5/minute")(view)` whose result is thrown away, a limit above the
decorator that makes the route, `default_limits` of slowapi without its middleware, and a limiter that counts in the memory of
each process while a deployment file starts several.

## Why it matters
A login that answers as often as it is asked gives every password away in time, and an upload or batch route that does so lets
one client use up the whole service. A limit without effect is worse: everybody believes that it is there.

## Bad
```python app/main.py
from fastapi import FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
app = FastAPI()


@app.post("/login")
@limiter.limit("5/minute")
async def login(request: Request):
    return {}


@app.post("/reset-password")
async def reset_password(request: Request):  # AUD503
    return {}


@limiter.limit("5/minute")  # AUD503
@app.post("/upload")
async def upload(request: Request):
    return {}
```

## Good
```python app/main.py
from fastapi import FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
app = FastAPI()


@app.post("/login")
@limiter.limit("5/minute")
async def login(request: Request):
    return {}


@app.post("/reset-password")
@limiter.limit("3/hour")
async def reset_password(request: Request):
    return {}
```

## Fixed
No automatic fix: how often is too often, the project knows.

## Options
None.

## Limits
A limit is recognised as one of slowapi, Flask-Limiter, fastapi-limiter, django-ratelimit and the like, as a decorator,
dependency, middleware, hook or helper of the project that answers 429 or is named after it, as a captcha, and as `limit_req`
of nginx, `ratelimit` of Traefik and their kind in a configuration file of the project. What a proxy or a platform outside of
the repository limits is not seen. Where failed tries are counted or accounts locked, routes that take a password or give out
a token are left out. Reading routes are left out, and so is an app that may be a mere helper: not served by a deployment
file, not the only one, and with few routes. What each kind of limit does is verified on the libraries:
tests/oracles/test_limiters.py.

## Origin
Audit A, MEDIUM-2, and audit E, 3: one customer's script started the same backfill forty times, and nothing said stop.
"""

from __future__ import annotations

from preaudit.core.finding import Related, Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.limits import limits, sensitive
from preaudit_hooks.web.model import MANY

RULE = Rule(
    code="AUD503",
    name="missing-rate-limit",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-2", "E 3"),
    posture=True,
    message="{name} answers {route} as often as it is asked{others}; {advice}",
    files=r"\.py$",
)
_NOTHING = (
    "{app} answers {routes} as often as it is asked, and the project limits nothing, so {what} without end; {advice}"
)
_LOST = (
    "this limit has no effect: it returns a limited function that is thrown away, and {name} stays without; write it as a "
    "decorator below the one that makes the route"
)
_ABOVE = (
    "this limit has no effect: it stands above the decorator that makes the route, which keeps the function without it; move it "
    "below"
)
_DEFAULTS = (
    "these default limits have no effect: slowapi applies them in its middleware alone; add "
    "app.add_middleware(SlowAPIMiddleware)"
)
_MEMORY = (
    "this limiter counts in the memory of each process, and {by} starts {count}, so as many times the limit get through; pass a "
    "storage_uri that they share, such as redis://"
)
_ADVICE = {
    "Flask": "put Flask-Limiter's @limiter.limit below the route decorator",
    "Quart": "put quart-rate-limiter's @rate_limit below the route decorator",
    "FastAPI": "put slowapi's @limiter.limit below the route decorator, or depend on a limiter",
}
_SHOWN = 3
_PILED, _TRIED = "work can be piled up", "passwords can be tried"
_BOTH = f"{_TRIED} and work piled up"


@RULE.on_project("web", "handlers", "limits", "imports")
def check(project):
    """Look at the limits of a project, and at the routes without one."""
    found = limits(project)
    yield from _without_effect(found)
    apps = [app for app in found.web.apps if app.is_product]
    if not found.is_there:
        for app in apps:
            yield from _nothing(found, app)
        return
    others = None
    told = {(path, name) for path, _, name in (*found.lost, *found.above)}
    for app in apps:
        if app.foreign or app.kind == "Django" or found.covers(app):
            continue  # which of Django's views a throttle of the settings concerns is not followed
        for route in app.routes:
            path = found.wanted(route) if route.certain else ""
            place = tuple(route.row.get("hp") or route.row["p"])
            own = route.row.get("h", "")
            if path and not told & {(route.file, place), (route.file, own)} and not found.has(route):
                told.add((route.file, place))
                name = route.row.get("h", "").rpartition(".")[2] or "this route"
                advice = _ADVICE.get(app.kind, "limit it, or limit all routes in a middleware")
                if others is None:
                    others = ", while the project limits other routes" if found.limits_some else ""
                yield RULE.at(place, path=route.file, name=name, route=_shown(path), others=others, advice=advice)


def _shown(path) -> str:
    """Answer a path as a message shows it."""
    return path.replace("{}", "{...}").replace("//", "/")


def _method(route) -> str:
    """Answer the method of a route that does the work."""
    return next((method for method in ("POST", "PUT", "PATCH") if method in route.row["m"]), "POST")


def _nothing(found, app):
    """Give the finding on an app of a project that limits nothing, where it has such routes."""
    if not app.is_service or app.foreign:
        return
    rows = {}
    for route in app.routes:
        path = found.wanted(route) if route.certain else ""
        if path and not found.has(route):
            rows.setdefault(path, route)
    if rows:
        shown = sorted(rows)[:_SHOWN]
        kinds = {sensitive(route)[1] for route in rows.values()}
        what = _PILED if kinds == {"work"} else _TRIED if "work" not in kinds else _BOTH
        text = ", ".join(f"{_method(rows[p])} {_shown(p)}" for p in shown)
        more = len(rows) - len(shown)
        related = [
            Related(rows[p].file, *(rows[p].row.get("hp") or rows[p].row["p"])[:2], "this route has no limit")
            for p in shown
        ]
        yield RULE.at(
            app.place,
            path=app.path,
            message=_NOTHING,
            app=app.shown,
            routes=text + (f" and {more} more" if more else ""),
            what=what,
            advice=_ADVICE.get(app.kind, "limit them, or limit all routes in a middleware"),
            related=related,
        )


def _without_effect(found):
    """Give the findings on limits that do nothing."""
    for path, place, name in found.lost:
        yield RULE.at(tuple(place), path=path, message=_LOST, name=name.rpartition(".")[2])
    for path, place, _ in found.above:
        yield RULE.at(tuple(place), path=path, message=_ABOVE)
    for path, row, kind in found.made:
        if kind == "slowapi" and row["defaults"] and not found.middleware and not found.driven:
            yield RULE.at(tuple(row["p"]), path=path, message=_DEFAULTS)
        if row["storage"] != "other" and not (row["storage"] == "" and "storage" in found.told):
            yield from _memory(found, path, row, kind)


def _memory(found, path, row, kind):
    kinds = ("Flask",) if kind == "flask" else ("FastAPI", "Starlette")
    for app in found.web.apps:
        if app.workers > 1 and app.kind in kinds:
            count = f"{app.workers} of them" if app.workers < MANY else "several"
            yield RULE.at(tuple(row["p"]), path=path, message=_MEMORY, by=app.by, count=count)
            return
