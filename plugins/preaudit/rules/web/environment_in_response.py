"""The environment or the settings reach the client

## What it does
Reports a request handler that answers with the whole of `os.environ`, of a settings object (a subclass of pydantic's
`BaseSettings`, `.dict()` and `.model_dump()` of one) or of a Flask app's `config`, directly, in a dictionary, in a text or
in a template's context.

## Why it matters
The environment holds every secret of the service: database passwords, API keys, the key that signs sessions. A route made
for debugging hands them to whoever finds it, and each new secret is in the answer from the day it is added.

## Bad
```python
import os

from fastapi import FastAPI

from app.settings import Settings

app = FastAPI()
settings = Settings()


@app.get("/debug")
def debug():
    return {"environment": dict(os.environ)}  # AUD515
```

## Good
```python
import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/about")
def about():
    return {"version": os.environ.get("VERSION", ""), "region": os.environ["REGION"]}
```

## Fixed
Answer the values that the client needs, by name.

## Options
None.

## Limits
Followed through the variables of the handler, not through other functions. Silent: single values, `include=` and
`exclude=`, a comprehension with a condition, a handler with a response model, settings whose secrets are all `SecretStr`, and
code behind a condition on debug.

## Origin
Seen in a `/debug` route of an audited service; no rule elsewhere knows it.
"""

import ast

from preaudit.core import dataflow
from preaudit.core.contexts import route_of
from preaudit.core.development import is_development
from preaudit.core.environ import SETTINGS
from preaudit.core.rule import Rule
from preaudit.core.secrets import holds_secret
from preaudit.core.tree import FUNCTIONS, dotted

RULE = Rule(
    code="AUD515",
    name="environment-in-response",
    severity="critical",
    scope="types",
    message="the answer holds the whole of {what}, and every secret in it; answer the values that the client needs, by name",
    since="0.1.0",
    words=("environ", "ettings", "config"),
)
DUMPS = ("dict", "model_dump", "json", "model_dump_json", "copy", "items", "values", "to_dict", "as_dict")
WRAPPERS = frozenset(
    {"dict", "str", "repr", "list", "vars", "sorted", "jsonify", "dumps", "jsonable_encoder", "pformat"}
)
CONFIGS = ("flask.Flask", "quart.Quart")


@RULE.on(ast.Return)
def check(node, ctx):
    """Report what a handler returns, where it holds all of the environment or the settings."""
    function = ctx.function_of(node)
    if node.value is None or not isinstance(function, FUNCTIONS) or not ctx.is_handler(function):
        return
    found = _whole(node.value, ctx, function, 0)
    if found is not None and not _has_model(function, ctx) and not is_development(ctx, node):
        yield RULE.at(found[0], what=found[1])


def _has_model(function, ctx) -> bool:
    """Answer whether FastAPI filters what the handler returns, by a model that is no settings class."""
    decorator = route_of(ctx, function)
    for keyword in getattr(decorator, "keywords", ()):
        if keyword.arg == "response_model":
            empty = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
            return not empty and not _is_settings_name(keyword.value, ctx)
    if function.returns is not None:
        names = {dotted(one).rpartition(".")[2] for one in ast.walk(function.returns)} - {""}
        plain = {"dict", "Dict", "str", "Any", "JSONResponse", "Response", "Mapping", "list", "object", "Optional"}
        return bool(names - plain) and not any(
            _is_settings_name(one, ctx)
            for one in ast.walk(function.returns)
            if isinstance(one, (ast.Name, ast.Attribute))
        )
    return False


def _is_settings_name(node, ctx) -> bool:
    name = ctx.qualname(node)
    return bool(name) and ctx.derives(name, *SETTINGS)


def _whole(node, ctx, function, depth):
    """Answer (node, what) of the part of an answer that is all of the environment or the settings, None if none is."""
    if depth > 6:
        return None
    what = _what(node, ctx)
    if what:
        return node, what
    for part in _parts(node, ctx, function):
        found = _whole(part, ctx, function, depth + 1)
        if found is not None:
            # the place is where it enters the answer, also where a variable holds it
            return (node, found[1]) if isinstance(node, ast.Name) else found
    return None


def _what(node, ctx) -> str:
    """Answer how a message names an expression that is the whole of it, '' if it is none."""
    if isinstance(node, ast.Call):
        # get_settings(), Settings()
        made = dotted(node.func)
        return f"{made}()" if made and ctx.is_a(node, *SETTINGS) and not _hides(node, ctx) else ""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return ""
    if ctx.qualname(node) in ("os.environ", "os.environb"):
        return "os.environ"
    if isinstance(node, ast.Attribute) and node.attr == "config":
        if ctx.is_a(node.value, *CONFIGS) or ctx.qualname(node.value) in ("flask.current_app", "quart.current_app"):
            return dotted(node)
    return dotted(node) if ctx.is_a(node, *SETTINGS) and not _hides(node, ctx) else ""


def _hides(node, ctx) -> bool:
    """Answer whether a settings object has secrets and each of them hides itself: SecretStr and its like."""
    found = set()
    for name in ctx.types(node):
        for base in ctx.types_engine.mro(name, ctx.path):
            record = ctx.types_engine.class_record(base, ctx.path)
            for field, expr in record[2]["attrs"].items() if record is not None else ():
                if holds_secret(field):
                    kinds = {value[1] for value in ctx.types_engine.values(expr, record[0]) if value[0] == "i"}
                    found.add(bool(kinds) and all(kind.rpartition(".")[2].startswith("Secret") for kind in kinds))
    return found == {True}


def _parts(node, ctx, function):
    """Give the expressions that reach the client as parts of an expression, or in its place."""
    if isinstance(node, ast.Dict):
        yield from node.values
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        yield from node.elts
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, (ast.Await, ast.FormattedValue, ast.Starred)):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, (ast.DictComp, ast.ListComp)):
        if len(node.generators) == 1 and not node.generators[0].ifs and not _renames(node):
            yield node.generators[0].iter
    elif isinstance(node, ast.Attribute) and node.attr == "__dict__":
        yield node.value
    elif isinstance(node, ast.Call):
        yield from _arguments(node, ctx)
    elif isinstance(node, ast.Name):
        values = dataflow.given(ctx, node)
        if len(values) == 1 and not _changes(ctx, function, node.id):
            yield values[0]


def _arguments(node, ctx):
    """Give what of a call reaches the client: the object of a dump, the body of a response, the context of a template."""
    last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    if isinstance(node.func, ast.Attribute) and last in DUMPS:
        if not any(keyword.arg in ("include", "exclude") for keyword in node.keywords):
            yield node.func.value
    if last in WRAPPERS or last.endswith(
        ("Response", "render_template", "make_response", "json_response", "render_template_string")
    ):
        yield from node.args
        yield from (
            keyword.value for keyword in node.keywords if keyword.arg not in ("headers", "status", "status_code")
        )


def _renames(node) -> bool:
    """Answer whether a comprehension keeps the names alone, or masks the values."""
    kept = node.value if isinstance(node, ast.DictComp) else node.elt
    return not isinstance(kept, (ast.Name, ast.Tuple, ast.List, ast.Dict, ast.JoinedStr)) or (
        isinstance(node, ast.ListComp) and isinstance(kept, ast.Name)
    )


def _changes(ctx, function, name) -> bool:
    """Answer whether something is taken out of a variable before it is answered."""
    for one in ctx.body_of(function):
        if isinstance(one, ast.Attribute) and dotted(one.value) == name and one.attr in ("pop", "clear", "update"):
            return True
        if isinstance(one, ast.Subscript) and dotted(one.value) == name and isinstance(one.ctx, (ast.Del, ast.Store)):
            return True
    return False
