"""A variable of the environment that nobody validates

## What it does
Reports `int(...)`, `float(...)` and `json.loads(...)` around a read of the environment, where no `try` and no settings class
stands around it; and `os.environ["NAME"]` in a request handler.

## Why it matters
`PAGE_SIZE=` in a `.env` file makes `int("")`: the service does not start, and says `invalid literal for int()` but not
for which variable. A negative or absurd number is taken as it is. In a handler it is worse: the start succeeds, and the
first request that comes by fails, maybe days later.

## Bad
```python
import re
import os

from fastapi import FastAPI

app = FastAPI()
PAGE_SIZE = int(os.getenv("PAGE_SIZE", "50"))  # AUD602


@app.get("/region")
def region():
    return {"region": os.environ["REGION"]}  # AUD602
```

## Good
```python
import os

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    page_size: int = Field(50, ge=1, le=500)
    region: str


try:
    WORKERS = int(os.getenv("WORKERS", "2"))
except ValueError as error:
    raise SystemExit("WORKERS has to be a number") from error
```

## Fixed
```python
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    page_size: int = Field(50, ge=1, le=500)
```

## Options
None.

## Limits
A settings module by its name (`settings.py`, `config/base.py`) that converts five or more variables with a default at import
gets one finding for all of them, at the first: to validate them is one decision. Only a read that stands in the conversion
itself counts, not one that comes through a variable or another function. Silent: in a command-line program, in a script
that begins with `#!` and defines nothing, and under `if __name__ == "__main__":`, where whoever started it sees the error;
in the default of an `add_argument` option;
in a migration, which is not changed once it ran; in the configuration file of gunicorn; in a dataclass that checks its
values when it is made; behind a condition that tests the text (`isdigit`, a pattern); and where nothing stands for the empty
text (`or 3`) and a later `if` of the same block raises on the number.

## Origin
Audit A MEDIUM-3. No rule elsewhere knows it.
"""

import ast
import re

from preaudit.core import flow
from preaudit.core.contexts import in_main, is_command_line
from preaudit.core.environ import is_settings_class, read_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, parents

RULE = Rule(
    code="AUD602",
    name="unvalidated-env-var",
    severity="medium",
    scope="file",
    message="{what} {consequence}; validate the environment once at start-up, in a settings class",
    since="0.1.0",
    audits=("A MEDIUM-3",),
    words=("environ", "getenv"),
)
MANY = 5  # conversions at import from which a settings module gets one finding for all
NAMED = lazy(r"(?:^|[/_])(?:settings?|configs?|configuration|conf|constants|env|environment)(?=[/_.])", re.I)
CASTS = ("builtins.int", "builtins.float", "json.loads", "decimal.Decimal", "ast.literal_eval")
DATACLASSES = frozenset({"dataclasses", "attrs", "attr", "pydantic"})
CHECKS = ("__post_init__", "__attrs_post_init__", "validate")
OPTIONS = frozenset({"add_argument", "add_option"})
TEXT = ("strip", "lower", "upper", "replace", "rstrip", "lstrip")
TESTS = lazy(r"^(?:is(?:digit|decimal|numeric)|match|fullmatch|search)$")
CAUGHT = frozenset({"ValueError", "TypeError", "KeyError", "LookupError", "Exception", "BaseException", "JSONDecodeError",
                    "InvalidOperation", "SyntaxError", "ArithmeticError", ""})  # fmt: skip


@RULE.on(ast.Call)
def check_cast(node, ctx):
    """Report a conversion of what the environment says; many with defaults at import are one finding."""
    read = _cast(node, ctx)
    if read is None:
        return
    called, name = dotted(node.func), read.name or "a variable of the environment"
    wrong = "is no JSON" if called.endswith("loads") else "is no number"
    many = ctx.once("casts at import", lambda: _many(ctx))
    if node in many:
        if node is many[0]:
            what = f"{called}() of {name}, as {len(many) - 1} more in this module,"
            yield RULE.at(
                node, what=what, consequence=f"stops the start with a bare error where it is empty or {wrong[3:]}"
            )
        return
    if _is_filled(node, read, ctx):
        if _is_checked(node):
            return
        when = wrong
    else:
        missing = ", or not set" if read.how == "get" and read.default is None else ""
        when = f"is empty or {wrong[3:]}{missing}"
    yield RULE.at(node, what=f"{called}() of {name}", consequence=f"stops with a bare error where it {when}")


def _cast(node, ctx):
    """Answer the read of the environment that a call converts unguarded, None if it is none."""
    if not node.args or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return None
    name = ctx.qualname(node.func) or f"builtins.{dotted(node.func)}"
    if name not in CASTS:
        return None
    read = _read_in(node.args[0], ctx)
    return None if read is None or read.how == "cast" or _is_safe(node, ctx) else read


def _many(ctx):
    """Answer the conversions with a default that run at import, where they are many and the module is the settings."""
    if not NAMED.search(ctx.path):
        return []
    found = [
        node
        for node in ctx.nodes(ast.Call)
        if ctx.at_import(node) and (read := _cast(node, ctx)) is not None and (read.default is not None or _or_default(node))
    ]  # fmt: skip
    return found if len(found) >= MANY else []


def _or_default(node) -> bool:
    """Answer whether a conversion has a default that also stands for an empty text: `os.getenv("X") or 25`."""
    return isinstance(node.args[0], ast.BoolOp)


def _is_filled(node, read, ctx) -> bool:
    """Answer whether the text is certainly not empty: by `or` and a default, or tested by a condition around it."""
    if _or_default(node):
        return True
    child = node
    for outer in parents(node):
        if isinstance(outer, (ast.If, ast.IfExp)) and child is not outer.test and read.name:
            tests = outer.test.values if isinstance(outer.test, ast.BoolOp) else [outer.test]
            if any((other := read_of(ctx, test)) is not None and other.name == read.name for test in tests):
                return True
        child = outer
    return False


def _is_checked(node) -> bool:
    """Answer whether what was converted is looked at further down in the same block, by an `if` that raises."""
    statement = node.parent_
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is not node:
        return False
    names = {t.id for t in getattr(statement, "targets", None) or [statement.target] if isinstance(t, ast.Name)}
    block = next((body for name in ("body", "orelse", "finalbody")
                  if isinstance(body := getattr(statement.parent_, name, None), list) and statement in body), ())  # fmt: skip
    return any(
        isinstance(later, ast.If)
        and isinstance(later.body[-1], ast.Raise)
        and any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(later.test))
        for later in block[block.index(statement) + 1 :]
    )


@RULE.on(ast.Subscript)
def check_item(node, ctx):
    """Report `os.environ["NAME"]` in a request handler."""
    read = read_of(ctx, node)
    if read is None or ctx.per_call(node) != "request" or _is_safe(node, ctx):
        return
    if any(isinstance(one, ast.Call) and (ctx.qualname(one.func) or f"builtins.{dotted(one.func)}") in CASTS
           for one in parents(node)):  # fmt: skip
        return
    what = f'os.environ["{read.name}"]' if read.name else "os.environ[...]"
    yield RULE.at(node, what=what, consequence="fails with a request where it is not set, and not at the start")


def _read_in(node, ctx):
    """Answer the read that an expression hands on: itself, with `or` and a default, stripped; None if it is none."""
    while True:
        if isinstance(node, ast.BoolOp):
            node = node.values[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TEXT:
            inner = node.func.value
            if read_of(ctx, node) is not None:
                break
            node = inner
        else:
            break
    return read_of(ctx, node)


def _is_safe(node, ctx) -> bool:
    """Answer whether a failure is handled, tested for, or meets whoever starts the program."""
    if in_main(node) or ctx.once("command", lambda: is_command_line(ctx) or _is_run(ctx)):
        return True
    if ctx.path.rpartition("/")[2].startswith("gunicorn"):
        return True
    for guard in flow.protecting(node):
        for handler in guard.handlers:
            names = {name.rpartition(".")[2] for name in flow.caught(handler)}
            if handler.type is None or names & CAUGHT:
                return True
    child = node
    for outer in parents(node):
        if isinstance(outer, ast.ClassDef) and (is_settings_class(ctx, outer) or _checks_itself(ctx, outer)):
            return True
        if isinstance(outer, (ast.If, ast.IfExp)) and child is not outer.test and _tests(outer.test, ctx, node):
            return True
        if isinstance(outer, ast.Call) and getattr(outer.func, "attr", "") in OPTIONS and child is not outer.func:
            return True  # the default of an option: whoever runs the command sees it
        if isinstance(outer, ast.With) and any("suppress" in ast.unparse(item.context_expr) for item in outer.items):
            return True
        child = outer
    return False


def _is_run(ctx) -> bool:
    """Answer whether a file is a program from its first line to its last, or a migration, which nobody changes later."""
    defines = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return ctx.is_migration or ctx.text.startswith("#!") and not ctx.nodes(*defines)


def _checks_itself(ctx, node: ast.ClassDef) -> bool:
    """Answer whether a class is a dataclass or the like that looks at its values when it is made."""
    made = {
        ctx.qualname(one.func if isinstance(one, ast.Call) else one).partition(".")[0] for one in node.decorator_list
    }
    return bool(made & DATACLASSES) and any(
        isinstance(one, ast.FunctionDef) and (one.name in CHECKS or one.decorator_list) for one in node.body
    )


def _tests(test, ctx, node) -> bool:
    """Answer whether a condition tests the text; for `os.environ[...]` the presence of the variable is enough."""
    for one in ast.walk(test):
        if isinstance(one, ast.Attribute) and TESTS.match(one.attr):
            return True
        if isinstance(node, ast.Subscript) and (ctx.qualname(one) == "os.environ" or read_of(ctx, one) is not None):
            return True
    return False
