"""Every web site may call the API

## What it does
Reports CORS settings that let every origin in: `*` for the middleware of Starlette and FastAPI, Flask-CORS, quart-cors and
aiohttp_cors, given as a literal, as the default of a setting or of a variable of the environment; `CORS(app)` of Flask-CORS
without `origins`; a regular expression that fits everything; an answer that sends the `Origin` header back, and a hook that
sets `*` on every answer; and `CORS_ALLOW_ALL_ORIGINS` of django-cors-headers together with `CORS_ALLOW_CREDENTIALS`. With
credentials it is critical.

## Why it matters
The browser then lets any page that a user happens to visit read the answers of the API. With credentials the page acts as
the user: these libraries answer a request with cookies by naming the very origin that asked.

## Bad
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],  # AUD502
    allow_credentials=True,
)
```
```python
from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(app)  # AUD502
```

## Good
```python
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://shop.example"],
    allow_methods=["*"],
    allow_credentials=True,
)
```

## Fixed
Name the origins, in a setting without a default of `*`.

## Options
None.

## Limits
Silent: behind a condition on debug or development, in a command-line program, where the origins are computed, where a
settings or config module of the project has `CORS_ORIGINS` or `CORS_RESOURCES` and the call says nothing, and where
an origin is compared with a list before it is sent back. A literal `*` header on one answer is silent too.

## Origin
Audit E 12. Bandit and ruff have no rule on it.
"""

import ast
import re

from preaudit.core import values
from preaudit.core.contexts import is_command_line
from preaudit.core.development import is_development
from preaudit.core.environ import constant_of, fields_of, is_settings_class, read_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, parents

RULE = Rule(
    code="AUD502",
    name="permissive-cors",
    severity="high",
    scope="types",
    message="{what} lets every web site call this API{credentials}; name the origins that may",
    since="0.1.0",
    audits=("E 12",),
    words=("CORS", "cors", "Access-Control-Allow-Origin", "access-control-allow-origin"),
)
MIDDLEWARE = frozenset({
    "starlette.middleware.cors.CORSMiddleware", "fastapi.middleware.cors.CORSMiddleware",
    "asgi_cors_middleware.CORSMiddleware",
})  # fmt: skip
FLASK = frozenset(
    {"flask_cors.CORS", "flask_cors.cross_origin", "flask_cors.extension.CORS", "flask_cors.decorator.cross_origin"}
)
QUART = frozenset({"quart_cors.cors", "quart_cors.route_cors"})
_CONFIGURATION = lazy(r"(?:settings?|config\w*|conf|defaults?)(?:/[^/]+)?\.py$")
_DJANGO = ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL")
_ACTS = ", and act as its user with the cookies"
HEADER = "access-control-allow-origin"


@RULE.on(ast.Call)
def check(node, ctx):
    """Report the call that sets CORS up for every origin."""
    name = ctx.qualname(node.func)
    if name in FLASK:
        # without an app it only waits for init_app, which may name the origins
        found = _flask(node, ctx) if node.args or node.keywords or name.endswith("origin") else None
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "init_app" and _is_bare(node.func.value, ctx):
        found = _flask(node, ctx)
    elif name in QUART:
        found = _origins(ctx, _keyword(node, "allow_origin"), node) if _keyword(node, "allow_origin") else (node, "")
    elif name in MIDDLEWARE or any(ctx.qualname(argument) in MIDDLEWARE for argument in node.args[:1]):
        found = _middleware(node, ctx)
    elif name == "aiohttp_cors.setup":
        found = _aiohttp(node)
    else:
        return
    if found is None or is_development(ctx, node) or ctx.once("command", lambda: is_command_line(ctx)):
        return
    place, what = found
    sent = any(
        isinstance(one, ast.keyword) and one.arg in ("allow_credentials", "supports_credentials")
        and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in ast.walk(node)
    )  # fmt: skip
    what = what or f"{dotted(node.func)}() without origins"
    credentials = _ACTS if sent else ""
    yield RULE.at(place, what=what, credentials=credentials, severity="critical" if sent else "")


@RULE.on(ast.Assign)
def check_header(node, ctx):
    """Report `response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]`, or `*` on every answer."""
    target = node.targets[0]
    if isinstance(target, ast.Name):
        if target.id in _DJANGO and _is_true(node.value) and not is_development(ctx, node) and _sends_cookies(ctx):
            yield RULE.at(node, what=target.id, credentials=_ACTS, severity="critical")
        return
    if not (isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant)):
        return
    if str(target.slice.value).lower() != HEADER or is_development(ctx, node):
        return
    if isinstance(node.value, ast.Constant) and node.value.value == "*":
        if _is_for_every_answer(node, ctx):
            yield RULE.at(node, what="* on every answer", credentials="")
        return
    if not _is_origin(node.value, ctx):
        return
    if not any(isinstance(one, ast.If) and _compares(one.test) for one in parents(node)):
        yield RULE.at(node, what="the Origin header sent back", credentials="")


def _is_true(node) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _sends_cookies(ctx) -> bool:
    """Answer whether the settings of django-cors-headers in the file let cookies through."""
    return any(
        _is_true(one.value) and any(dotted(target) == "CORS_ALLOW_CREDENTIALS" for target in one.targets)
        for one in ctx.nodes(ast.Assign)
    )


def _is_for_every_answer(node, ctx) -> bool:
    """Answer whether a statement stands at the top of a function that each answer of the app passes."""
    function = ctx.function_of(node)
    if function is None or node not in function.body:
        return False
    return any(
        isinstance(one, ast.Attribute) and one.attr in ("after_request", "after_app_request")
        or isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "middleware"
        for one in function.decorator_list
    )  # fmt: skip


def _is_bare(node, ctx) -> bool:
    """Answer whether an expression is what `CORS()` made, here or in another module, without an app and options."""
    made = ctx.exprs.of(node)
    if made is not None and made[0] == "ref":
        home = ctx.project.find(made[1], ctx.path)
        made = ctx.project.summary(home[0])["names"].get(home[1][0]) if home is not None and len(home[1]) == 1 else None
    return (
        made is not None
        and made[0] == "call"
        and made[1][0] == "ref"
        and made[1][1] in FLASK
        and not (made[2] or made[3])
    )


def _keyword(node, *names):
    return next((one.value for one in node.keywords if one.arg in names), None)


def _middleware(node, ctx):
    """Answer (place, what) of a middleware that lets every origin in, None if it does not."""
    pattern = _keyword(node, "allow_origin_regex")
    text = constant_of(ctx, pattern) if pattern is not None else None
    if isinstance(text, str) and re.fullmatch(r"\^?(?:https?://|\(?https\?://\)?)?\(?\.[*+]\)?\$?", text):
        return pattern, "a pattern that fits every origin"
    origins = _keyword(node, "allow_origins")
    return _origins(ctx, origins, node) if origins is not None else None


def _flask(node, ctx):
    """Answer (place, what) of Flask-CORS: `*` is what it takes where no origins are told."""
    if any(keyword.arg is None for keyword in node.keywords):
        return None
    origins = _keyword(node, "origins")
    if origins is not None:
        # None sends nothing at all, tests/oracles/test_cors.py
        return _origins(ctx, origins, node)
    resources = _keyword(node, "resources")
    if resources is not None:
        if isinstance(resources, ast.Dict):
            for options in resources.values:
                if isinstance(options, ast.Dict):
                    for key, value in zip(options.keys, options.values, strict=True):
                        if isinstance(key, ast.Constant) and key.value == "origins":
                            found = _origins(ctx, value, node)
                            if found is not None:
                                return found
        if not isinstance(resources, (ast.Constant, ast.List)):
            return None
    if "CORS_ORIGINS" in ctx.text or "CORS_RESOURCES" in ctx.text:
        return None
    told = ctx.once("cors settings", lambda: list(_told(ctx)))
    if not told:
        return node, ""
    # Flask-CORS takes what the call does not say from the configuration, tests/oracles/test_cors.py
    everybody = [name for name, found in told if any(_is_all(value) for value in found)]
    return (node, f"{everybody[0]} of the configuration, which holds *,") if len(everybody) == len(told) else None


def _told(ctx):
    """Give (name, [values]) of the settings of Flask-CORS in the modules that are named as configuration."""
    for path in sorted(ctx.project.python):
        if not _CONFIGURATION.search(path) or path == ctx.path or ctx.settings.is_test(path):
            continue
        record = ctx.project.summary(path)
        for names in (record["names"], *(entry["attrs"] for entry in record["classes"].values())):
            for name in ("CORS_ORIGINS", "CORS_RESOURCES"):
                if name in names:
                    yield name, values.alternatives(names[name], path, ctx.project) if name == "CORS_ORIGINS" else []


def _aiohttp(node):
    defaults = _keyword(node, "defaults")
    if isinstance(defaults, ast.Dict):
        for key in defaults.keys:
            if isinstance(key, ast.Constant) and key.value == "*":
                return key, "the origin *"
    return None


def _origins(ctx, node, call):
    """Answer (place, what) where an expression of origins holds `*`, by itself or by the default of a setting."""
    expr = ctx.exprs.of(node)
    if any(_is_all(value) for value in values.alternatives(expr, ctx.path, ctx.project)):
        return node, "the origin *"
    sources = [node]
    if isinstance(node, ast.Name):
        sources += [one.value for one in ctx.nodes(ast.Assign) if dotted(one.targets[0]) == node.id]
    for source in sources:
        for one in ast.walk(source):
            read = read_of(ctx, one)
            if read is not None and read.default is not None and _is_all(constant_of(ctx, read.default)):
                return node, f"* as the default of {read.name or 'a variable'}"
    if isinstance(node, ast.Attribute):
        for owner in ctx.nodes(ast.ClassDef):
            if is_settings_class(ctx, owner):
                for name, _, default in fields_of(owner):
                    if name == node.attr and any(
                        _is_all(v) for v in values.alternatives(ctx.exprs.of(default), ctx.path, ctx.project)
                    ):
                        return node, f"* as the default of {name}"
    return None


def _is_all(value) -> bool:
    """Answer whether a value of origins lets all in."""
    if isinstance(value, str):
        return value.strip() == "*" or "*" in value.replace(" ", "").split(",")
    return isinstance(value, (list, tuple)) and any(isinstance(one, str) and one.strip() == "*" for one in value)


def _is_origin(node, ctx) -> bool:
    """Answer whether an expression is the Origin header of a request."""
    if isinstance(node, ast.Name):
        function = ctx.function_of(node)
        given = [
            one.value for one in ctx.nodes(ast.Assign)
            if ctx.function_of(one) is function and dotted(one.targets[0]) == node.id
        ]  # fmt: skip
        if function is not None and any(
            isinstance(one, ast.If) and _compares(one.test) for one in ctx.body_of(function)
        ):
            return False
        return len(given) == 1 and not isinstance(given[0], ast.Name) and _is_origin(given[0], ctx)
    if isinstance(node, ast.BoolOp):
        return _is_origin(node.values[0], ctx)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        base, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        base, key = node.value, node.slice
    else:
        return False
    return (
        dotted(base).endswith("request.headers")
        and isinstance(key, ast.Constant)
        and str(key.value).lower() == "origin"
    )


def _compares(test) -> bool:
    """Answer whether a condition looks an origin up: a comparison, or a call that is given it."""
    return any(
        isinstance(one, ast.Compare) and isinstance(one.ops[0], (ast.In, ast.Eq, ast.NotIn, ast.NotEq))
        or isinstance(one, ast.Call) and one.args
        for one in ast.walk(test)
    )  # fmt: skip
