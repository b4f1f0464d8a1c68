"""Cookies that any other site can use

## What it does
Reports an application that knows its users by a cookie which browsers also send along with what other sites make them ask,
that has routes which change something that way, and no CSRF protection: no Flask-WTF `CSRFProtect`, starlette-csrf,
fastapi-csrf-protect, SeaSurf or token of its own. On the app's line.

It also reports the import of a CSRF middleware that does not exist, such as `fastapi.middleware.csrf`, and Django's
`MIDDLEWARE` with sessions and users and without `CsrfViewMiddleware`.

## Why it matters
The browser adds the cookie to every request, whoever made it. A form on any page that a signed-in user visits then deletes
their orders or changes their address.

## Bad
```python shop.py
from flask import Flask, request, session

app = Flask(__name__)  # AUD501


@app.post("/login")
def login():
    session["user_id"] = 1
    return "in"


@app.post("/address")
def change_address():
    store(session["user_id"], request.form["address"])
    return "changed"
```
```python app/main.py
from fastapi import FastAPI
from fastapi.middleware.csrf import CSRFMiddleware  # AUD501

app = FastAPI()
app.add_middleware(CSRFMiddleware, secret="...")
```

## Good
```python shop.py
from flask import Flask, request, session
from flask_wtf import CSRFProtect

app = Flask(__name__)
CSRFProtect(app)


@app.post("/login")
def login():
    session["user_id"] = 1
    return "in"


@app.post("/address")
def change_address():
    store(session["user_id"], request.form["address"])
    return "changed"
```

## Fixed
No automatic fix: the forms of the project have to send the token.

## Options
None.

## Limits
A route counts if it asks who is signed in and takes a POST whose body is a form, nothing, or read without a look at its type;
JSON that Flask or FastAPI check cannot come from another site without the server's consent. With `SameSite=Lax`, which
Starlette sets by itself and Flask does not, only a reading route that changes something counts, and with `Strict` none. Any
name in the project that speaks of CSRF counts as protection, and so does a look at the Origin or Referer header. What the
libraries do by themselves is verified on them: tests/oracles/test_csrf.py.

## Origin
Audit A, HIGH-8: the dashboard's cookie was all that the delete button needed, on any page.
"""

from __future__ import annotations

from preaudit.core.finding import Related, Severity
from preaudit.core.rule import Rule

from preaudit_hooks.web.cookies import cookies

RULE = Rule(
    code="AUD501",
    name="missing-csrf",
    severity=Severity.MEDIUM,
    since="0.1.0",
    scope="project",
    audits=("A HIGH-8",),
    posture=True,
    message="{app} knows its users by {how}, which browsers send for other sites too, and no CSRF token is asked for at "
    "{routes}, so any page can act as them; {advice}",
    files=r"\.py$",
)
_BOGUS = "there is no {name}: {library} ships no CSRF middleware, and this import fails; use starlette-csrf or fastapi-csrf-protect"
_DJANGO = (
    "MIDDLEWARE has sessions and users and no CSRF check, so any page can act as whoever is signed in; put "
    "'django.middleware.csrf.CsrfViewMiddleware' behind SessionMiddleware"
)
_ADVICE = {
    "Flask": "add flask_wtf.CSRFProtect(app), and SESSION_COOKIE_SAMESITE='Lax'",
    "Quart": "add a CSRF token to its forms, and SESSION_COOKIE_SAMESITE='Strict'",
    "FastAPI": "add starlette-csrf's CSRFMiddleware, and leave reading routes without effect",
    "Starlette": "add starlette-csrf's CSRFMiddleware, and leave reading routes without effect",
}


@RULE.on_project("web", "handlers", "cookies")
def check(project):
    """Look at the cookies of each app, and at the imports of what does not exist."""
    found = cookies(project)
    for path, fact in found.facts.items():
        for place, name in fact.get("bogus", ()):
            yield RULE.at(tuple(place), path=path, message=_BOGUS, name=name, library=name.partition(".")[0])
    if found.protected:
        return
    if any(fact.get("posts") for fact in found.facts.values()):
        for path, fact in found.facts.items():
            for place in fact.get("django", ()):
                yield RULE.at(tuple(place), path=path, message=_DJANGO)
    for app in found.web.apps:
        if app.is_product and not app.foreign:
            yield from _of_app(found, app)


def _of_app(found, app):
    for how, same, path, place in found.of(app):
        routes = found.exposed(app, same)
        if routes:
            first = routes[0]
            method = "GET" if same == "lax" or "POST" not in first.row["m"] else "POST"
            more = f" and {len(routes) - 1} more" if len(routes) > 1 else ""
            related = [
                Related(path, *place[:2], "the cookie is set here"),
                Related(first.path, *(first.row.get("hp") or first.row["p"])[:2], "this route takes it"),
            ]
            advice = _ADVICE.get(app.kind, "ask for a token in each, or set SameSite=Strict")
            yield RULE.at(
                app.place,
                path=app.path,
                app=app.shown,
                how=how,
                routes=f"{method} {first.paths[0].replace('{}', '{...}')}{more}",
                advice=advice,
                related=related,
            )
            return
