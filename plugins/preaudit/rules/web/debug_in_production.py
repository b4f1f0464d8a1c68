"""Debug mode in code that the server runs

## What it does
Reports `app.run(debug=True)`, `uvicorn.run(..., reload=True)`, `Flask.debug = True`, `app.config["DEBUG"] = True`,
`FastAPI(debug=True)` and `Starlette(debug=True)` where the code is not under `if __name__ == "__main__":`, and `DEBUG = True`
in a configuration class for Flask that is not the one for development.

## Why it matters
Flask's debugger gives whoever meets an error a Python console on the server. Starlette answers errors with the source. The
reloader watches the whole folder, runs a single process, and starts it anew whenever a file changes.

## Bad
```python
import uvicorn
from flask import Flask

app = Flask(__name__)
app.debug = True  # AUD518


def serve():
    uvicorn.run("app.main:app", reload=True)  # AUD518
```

## Good
```python
import os

import uvicorn
from flask import Flask

app = Flask(__name__)
app.debug = os.environ.get("FLASK_DEBUG") == "1"


def serve():
    uvicorn.run("app.main:app", port=8000)


if __name__ == "__main__":
    app.run(debug=True)
```

## Fixed
Take the flag from the environment, with a default of off, or start the development server from under
`if __name__ == "__main__":`.

## Options
None.

## Limits
Silent: under a condition on debug or development, in a class or file whose name says development or test, in a command-line
program, and in a function that only the `__main__` block calls. Django's `DEBUG` is left to `manage.py check --deploy`.

## Origin
Bandit's B201 and ruff's S201 know `app.run(debug=True)`, and report it under `__main__` as well.
"""

import ast
import re

from preaudit.core.contexts import in_main, is_command_line
from preaudit.core.development import is_development
from preaudit.core.environ import constant_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, is_main_guard

RULE = Rule(
    code="AUD518",
    name="debug-in-production",
    severity="high",
    scope="types",
    message="{what} {consequence} wherever this runs; take the flag from the environment, off by default",
    since="0.1.0",
    words=("debug", "DEBUG", "reload"),
)
FLASKS = ("flask.Flask", "quart.Quart")
RUNS = frozenset({"flask.Flask.run", "quart.Quart.run", "sanic.Sanic.run", "flask_socketio.SocketIO.run"})
APPS = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette", "sanic.Sanic"})
CONSOLE = "gives whoever meets an error a console on the server"
SOURCE = "answers errors with the source"
RELOADS = "restarts a single process whenever a file changes"
DEVELOPERS = lazy(r"(?i)(?:^|[_.])(?:dev|develop|development|local)(?:_|$)")
CONFIGURATION = lazy(r"(?:Config|Configuration|Settings)$|^(?:Config|Prod|Staging)")


@RULE.on(ast.Call)
def check_call(node, ctx):
    """Report a server that is started, or an app that is made, in debug mode."""
    flags = {
        keyword.arg: keyword for keyword in node.keywords
        if keyword.arg in ("debug", "reload", "use_reloader") and constant_of(ctx, keyword.value) is True
        and not DEVELOPERS.search(dotted(keyword.value))
    }  # fmt: skip
    if not flags or _is_aside(node, ctx) or _is_local(node):
        return
    name = ctx.qualname(node.func)
    if name == "uvicorn.run" and "reload" in flags:
        yield RULE.at(node, what="reload=True", consequence=RELOADS)
    elif name in APPS and "debug" in flags:
        yield RULE.at(node, what="debug=True", consequence=SOURCE)
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "run":
        if RUNS & ctx.targets(node) or ctx.is_a(node.func.value, *FLASKS):
            debug = "debug" in flags
            yield RULE.at(node, what=f"{next(iter(flags))}=True", consequence=CONSOLE if debug else RELOADS)


@RULE.on(ast.Assign)
def check_assignment(node, ctx):
    """Report `app.debug = True`, `app.config["DEBUG"] = True`, and `DEBUG = True` in a configuration class."""
    if not (isinstance(node.value, ast.Constant) and node.value.value is True):
        return
    target = node.targets[0]
    if isinstance(target, ast.Attribute) and target.attr == "debug":
        found = ctx.is_a(target.value, *FLASKS)
    elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and target.slice.value == "DEBUG":
        base = target.value
        found = isinstance(base, ast.Attribute) and base.attr == "config" and ctx.is_a(base.value, *FLASKS)
    elif isinstance(target, ast.Name) and target.id == "DEBUG" and isinstance(node.parent_, ast.ClassDef):
        found = _configures_flask(node.parent_, ctx)
    else:
        return
    if found and not _is_aside(node, ctx):
        yield RULE.at(node, what=f"{ast.unparse(target)} = True", consequence=CONSOLE)


def _configures_flask(owner, ctx) -> bool:
    """Answer whether a class is a configuration of Flask that production may use.

    A base class does not count where another class of the file sets the flag again.
    """
    if not CONFIGURATION.search(owner.name) or not (
        ctx.demands("flask") or "flask" in ctx.text or "SQLALCHEMY_" in ctx.text
    ):
        return False
    if re.match(r"(?i)prod|staging|live", owner.name):
        return True
    return not any(
        isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DEBUG" and node.parent_ is not owner
        for node in ctx.nodes(ast.Assign)
    )


def _is_local(call) -> bool:
    """Answer whether a server is started that only its own machine reaches: `host="127.0.0.1"`."""
    return any(
        keyword.arg == "host" and isinstance(keyword.value, ast.Constant) and keyword.value.value in ("127.0.0.1", "localhost", "::1")
        for keyword in call.keywords
    )  # fmt: skip


def _reads_arguments(ctx) -> bool:
    """Answer whether the module takes arguments of a command line when it is imported: no server can import it."""
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in ("parse_args", "parse_known_args")
        and ctx.at_import(call)
        for call in ctx.nodes(ast.Call)
    )


def _is_aside(node, ctx) -> bool:
    """Answer whether the server does not run this code, or only in development."""
    if ctx.once("reads arguments", lambda: _reads_arguments(ctx)):
        return True
    if in_main(node) or is_development(ctx, node) or ctx.once("command", lambda: is_command_line(ctx)):
        return True
    function = ctx.function_of(node)
    name = getattr(function, "name", "")
    return bool(name) and any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name
        for guard in ctx.nodes(ast.If) if is_main_guard(guard)
        for call in ast.walk(guard)
    )  # fmt: skip
