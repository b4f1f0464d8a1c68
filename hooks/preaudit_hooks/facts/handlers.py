"""What the handlers of routes do with a request, as far as their own file tells.

As JSON can hold it: {qualified name of the function: row}, a row without what is empty:

    {"calls": [names]      the last names of what it calls
     "guards": [names]     names in it that speak of who is asking, and "401"/"403" where it answers that
     "reads": kind         "json" (a body that a form of another site cannot send), "form", "raw" (a body whose type is
                           not looked at), "token" (a form that checks its own token), "unknown"; left out: no body
     "writes": true        it stores or deletes something}
"""

from __future__ import annotations

import ast

from preaudit.core.responses import status_in
from preaudit.core.tree import dotted, inside

from preaudit_hooks.facts.web import WORDS as WEB_WORDS
from preaudit_hooks.facts.web import collector
from preaudit_hooks.web.guards import is_guard

KIND = "handlers"
WORDS = WEB_WORDS

_FORM = frozenset({"form", "files", "values", "POST", "FILES", "post", "multipart"})
_RAW = frozenset({"data", "get_data", "body", "stream", "text", "read", "content"})
_WRITES = frozenset({
    "commit", "save", "delete", "insert_one", "insert_many", "update_one", "update_many", "delete_one", "delete_many",
    "replace_one", "bulk_write", "bulk_create", "bulk_update", "insert", "remove", "unlink", "asave", "adelete",
})  # fmt: skip
_STATEMENTS = ("INSERT INTO", "UPDATE ", "DELETE FROM", "REPLACE INTO", "INSERT OR")
_TOKENS = frozenset({"validate_on_submit", "validate_csrf", "check_csrf", "protect", "validate_csrf_in_cookies"})
_PARSERS = frozenset({"parse_args", "use_args", "use_kwargs", "arguments", "expects_json", "validate", "parse", "load",
                      "body", "expect", "webargs"})  # fmt: skip
_BODIES = frozenset({"parse_args", "get_json_body"})
# annotations of FastAPI parameters that are no body
_SCALARS = frozenset({
    "str", "int", "float", "bool", "bytes", "UUID", "UUID4", "datetime", "date", "time", "Decimal", "Enum", "Literal", "None",
    "Request", "Response", "BackgroundTasks", "WebSocket", "HTTPConnection", "SecurityScopes", "Optional", "Union", "list",
    "List", "set", "Set", "tuple", "EmailStr", "PositiveInt", "Path", "Query", "Any",
})  # fmt: skip
_MAX_CALLS = 80


def collect(ctx):
    """Answer what the handlers of a Python file do, None if it has none."""
    found = {}
    for row, function in collector(ctx).handled:
        if not isinstance(function, ast.ClassDef):
            name = row["h"]
            made = _row(ctx, function, row)
            if made:
                found[name] = made
    return found or None


def _parts(function) -> list:
    return [part for statement in function.body for part in inside(statement, into_functions=True)]


def _row(ctx, function, route):
    calls, guards, writes = set(), set(), False
    for node in ctx.once(("handler", function), lambda: _parts(function)):
        cls = node.__class__
        if cls is ast.Name or cls is ast.Attribute:
            name = node.attr if cls is ast.Attribute else node.id
            if (
                is_guard(name)
                and not _is_raised(node)
                or name == "session"
                and ctx.names.qualname(node).startswith(("flask.", "quart."))
            ):
                guards.add(name)
            elif (status := status_in(node)) in (401, 403):
                guards.add(str(status))
        elif cls is ast.Call:
            last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
            calls.add(last)
            writes = writes or isinstance(node.func, ast.Attribute) and last in _WRITES
        elif cls is ast.Constant:
            if isinstance(node.value, str):
                writes = writes or node.value.lstrip()[:12].upper().startswith(_STATEMENTS)
            elif type(node.value) is int and node.value in (401, 403):
                guards.add(str(node.value))
    row = {
        "calls": sorted(calls)[:_MAX_CALLS],
        "guards": sorted(guards),
        "reads": _reads(ctx, function, calls, route),
        "writes": writes,
    }
    return {key: value for key, value in row.items() if value}


def _is_raised(node) -> bool:
    """Answer whether a name is that of an error that is raised or caught: InvalidLogin asks nobody."""
    parent = node.parent_
    if isinstance(parent, ast.Call) and parent.func is node:
        parent = parent.parent_
    return isinstance(parent, (ast.Raise, ast.ExceptHandler))


def _reads(ctx, function, calls, route) -> str:
    """Answer what kind of body a handler reads, "" for none."""
    if calls & _TOKENS:
        return "token"
    decorated = {dotted(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2] for d in function.decorator_list}
    if decorated & _PARSERS:
        return "unknown"
    kinds = set()
    requests = _requests(function)
    parts = ctx.once(("handler", function), lambda: _parts(function))
    roots = {name.partition(".")[0] for name in requests}
    if calls.isdisjoint(_BODIES) and not any(node.__class__ is ast.Name and node.id in roots for node in parts):
        parts = ()
    for node in parts:
        if isinstance(node, ast.Attribute) and dotted(node.value) in requests:
            kinds.add(_kind(node))
        elif isinstance(node, ast.Name) and node.id in requests and not isinstance(node.parent_, ast.Attribute):
            kinds.add("unknown")  # handed on
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in _BODIES:
            kinds.add("unknown")
    kinds |= _parameters(function, " ".join(str(expr) for expr in route["u"]))
    for kind in ("form", "raw", "json", "unknown"):
        if kind in kinds:
            return kind
    return ""


def _requests(function) -> set:
    names = {"request", "self.request"}
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None and dotted(argument.annotation).rpartition(".")[2] in (
            "Request", "HttpRequest", "HTTPConnection"):  # fmt: skip
            names.add(argument.arg)
    return names


def _kind(node) -> str:
    call = node.parent_ if isinstance(node.parent_, ast.Call) and node.parent_.func is node else None
    if node.attr in _FORM:
        return "form"
    if node.attr == "get_json":
        forced = call is not None and any(
            k.arg == "force" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
        )
        return "raw" if forced else "json"
    if node.attr == "json":
        # Flask's `request.json` looks at the type of the body; Starlette's and aiohttp's `request.json()` do not
        return "json" if call is None else "raw"
    return "raw" if node.attr in _RAW else ""


def _parameters(function, paths) -> set:
    """Answer the kinds of bodies that the parameters of a FastAPI handler ask for."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    kinds = set()
    for argument, default in (*zip(positional, defaults), *zip(arguments.kwonlyargs, arguments.kw_defaults)):
        words = set()
        for part in (argument.annotation, default):
            if part is not None:
                words |= {
                    dotted(n).rpartition(".")[2] for n in ast.walk(part) if isinstance(n, (ast.Name, ast.Attribute))
                }
        if words & {"Form", "File", "UploadFile", "OAuth2PasswordRequestForm"}:
            kinds.add("form")
        elif words & {"Body"}:
            kinds.add("json")
        elif "Depends" in words or "Security" in words or argument.arg in ("self", "cls", "request"):
            continue
        elif words - _SCALARS and default is None and f"{{{argument.arg}" not in paths:
            kinds.add("json")
    return kinds
