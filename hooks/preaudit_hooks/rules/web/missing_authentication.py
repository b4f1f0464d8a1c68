"""A route that forgot the guard of its siblings

## What it does
Reports a route that changes something and asks nobody who they are, in a router or blueprint whose other routes of that kind
all have a guard: a decorator such as `@login_required`, a dependency such as `Depends(get_current_user)`.

## Why it matters
Guards that are written at every route are forgotten at one of them. Nothing fails: the route works, for everybody.

## Bad
```python app/orders.py
from fastapi import APIRouter, Depends, FastAPI

from app.people import get_current_user

router = APIRouter(prefix="/orders")


@router.post("/")
async def place(user=Depends(get_current_user)):
    return {}


@router.put("/{key}")
async def change(key: int, user=Depends(get_current_user)):
    return {}


@router.delete("/{key}")
async def forget(key: int):  # AUD519
    return {}


app = FastAPI()
app.include_router(router)
```

## Good
```python app/orders.py
from fastapi import APIRouter, Depends, FastAPI

from app.people import get_current_user

router = APIRouter(prefix="/orders", dependencies=[Depends(get_current_user)])


@router.post("/")
async def place():
    return {}


@router.put("/{key}")
async def change(key: int):
    return {}


@router.delete("/{key}")
async def forget(key: int):
    return {}


app = FastAPI()
app.include_router(router)
```

## Fixed
No automatic fix: a route may be meant for everybody.

## Options
None.

## Limits
Off by default: a guard is known by its name, and a route may be open on purpose. At least two siblings must have a guard, and
more than those that have none. Silent where the router, the app or a hook has a guard for all, where the handler itself looks
at who asks, and for what everybody must be able to do: sign in and up, reset a password, webhooks.

## Origin
Seen in an audited service: one of nine routes of a router had been added without the dependency. No rule elsewhere compares.
"""

from __future__ import annotations

from preaudit.core.finding import Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.guards import guards, is_guard, is_open, refuses, words
from preaudit_hooks.web.model import handlers, web

RULE = Rule(
    code="AUD519",
    name="missing-authentication",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    default=False,
    message="{name} changes something and asks nobody who they are, while {count} other routes of its router ask {guard}; ask it "
    "here too, or once for the router",
    files=r"\.py$",
)
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FEW = 2


@RULE.on_project("web", "handlers")
def check(project):
    """Compare the routes of each router that change something."""
    found = web(project)
    guarded = _hooked(found)
    told = set()
    for app in found.apps:
        siblings: dict = {}
        for route in app.routes:
            if route.certain and route.row.get("hp") and set(route.row["m"]) & _CHANGES:
                siblings.setdefault((route.file, repr(route.row["b"])), []).append(route)
        for (path, _), routes in siblings.items():
            having, lacking = {}, []
            for route in routes:
                names = guards(project, route)
                if names:
                    having[route] = guards(project, route, 0) or names
                elif (
                    not _asks(project, route)
                    and not refuses(project, route)
                    and not set(route.chain) & guarded
                    and not is_open(route)
                ):
                    lacking.append(route)
            if len(having) < _FEW or len(having) <= len(lacking):
                continue
            counts: dict = {}
            for names in having.values():
                for name in names:
                    counts[name] = counts.get(name, 0) + 1
            guard = min(counts, key=lambda name: (-counts[name], name))
            for route in lacking:
                place = tuple(route.row["hp"])
                if (path, place) not in told:
                    told.add((path, place))
                    name = route.row["h"].rpartition(".")[2]
                    yield RULE.at(place, path=path, name=name, count=len(having), guard=guard)


def _asks(project, route) -> bool:
    """Answer whether the handler itself looks at who asks."""
    return bool(handlers(project, route.file).get(route.row["h"], {}).get("guards"))


def _hooked(found) -> set:
    """Answer the keys of the apps and routers of which a hook or a middleware looks at who asks."""
    keys = set()
    for path, fact in found.facts.items():
        for base, *_, expr in (*fact.get("hooks", ()), *fact.get("middleware", ())):
            if any(is_guard(name.rpartition(".")[2]) for name in words(expr)):
                keys |= found.keys(base, path)
    return keys
