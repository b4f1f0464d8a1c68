"""What of a request an expression is: its query, form, JSON, raw body or files, in each web framework.

Asked by the rules on what comes from a client. `part` reads one expression; core/dataflow.py follows it
through the variables of a function.
"""

from __future__ import annotations

import ast
from collections import namedtuple

from preaudit.core import dataflow
from preaudit.core.contexts import route_of
from preaudit.core.tree import FUNCTIONS, dotted, function_of

Part = namedtuple("Part", "kind framework")
Part.__doc__ = """A part of a request.

`kind`: "query", "form", "json", "body", "files" or "headers"; `framework`: "flask", "quart", "starlette", "aiohttp", "django".
"""

UPLOADS = frozenset({"fastapi.UploadFile", "starlette.datastructures.UploadFile", "werkzeug.datastructures.FileStorage",
                     "quart.datastructures.FileStorage", "aiohttp.web_request.FileField", "aiohttp.BodyPartReader"})  # fmt: skip
_CLASSES = {
    "flask.Request": "flask", "werkzeug.wrappers.Request": "flask", "quart.Request": "quart",
    "starlette.requests.Request": "starlette", "starlette.requests.HTTPConnection": "starlette",
    "aiohttp.web.Request": "aiohttp", "aiohttp.web_request.Request": "aiohttp",
    "django.http.HttpRequest": "django", "rest_framework.request.Request": "django",
}  # fmt: skip
_ATTRIBUTES = {
    "args": "query", "query_params": "query", "query": "query", "GET": "query", "values": "query", "form": "form",
    "POST": "form", "json": "json", "files": "files", "FILES": "files", "headers": "headers", "data": "body",
}  # fmt: skip
_CALLS = {
    "get_json": "json", "json": "json", "form": "form", "post": "form", "body": "body", "read": "body", "get_data": "body",
    "text": "body",
}  # fmt: skip
_ADMINISTRATORS = ("admin", "superuser", "super_user", "staff", "maintainer", "backup", "restore")
_PARSERS = frozenset({"json.loads", "orjson.loads", "ujson.loads", "simplejson.loads", "flask.json.loads"})


def framework_of(ctx, node: ast.AST) -> str:
    """Answer whose request an expression is, '' if it is none.

    A parameter without an annotation counts in a coroutine that is a route or is named after what it takes,
    where the file imports the framework.
    """
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return ""
    types = ctx.types(node)
    if types:
        found = {_framework(ctx, one) for one in types}
        return found.pop() if len(found) == 1 else ""
    if isinstance(node, ast.Name) and node.id in ("request", "req"):
        kinds = {binding.kind for binding in dataflow.bindings_of(ctx, node)}
        function = function_of(node)
        if kinds == {"param"} and isinstance(function, ast.AsyncFunctionDef):
            imported = ctx.names.imports()
            if (
                "aiohttp" in imported
                and "aiohttp.web" in ctx.text
                or "import web" in ctx.text
                and "aiohttp" in imported
            ):
                return "aiohttp"
            if "starlette" in imported:
                return "starlette"
    return ""


def _framework(ctx, name: str) -> str:
    for base in ctx.types_engine.mro(name, ctx.path):
        if base in _CLASSES:
            return _CLASSES[base]
    return ""


def part(ctx, node: ast.AST) -> Part | None:
    """Answer which part of a request an expression is as a whole, by itself alone; None if it is none.

    The parsed body of `json.loads(request.data)` is its JSON, as is the parameter of a FastAPI route that
    is annotated as a plain dictionary.
    """
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
        framework = framework_of(ctx, node.value)
        kind = _ATTRIBUTES[node.attr]
        if not framework or (node.attr in ("json", "form", "files") and framework in ("starlette", "aiohttp", "quart")):
            return None
        return Part("json" if kind == "body" and framework == "django" else kind, framework)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
            framework = framework_of(ctx, node.func.value)
            if framework:
                return Part(_CALLS[node.func.attr], framework)
        if node.args and ctx.qualname(node.func) in _PARSERS:
            for one in dataflow.sources(ctx, node.args[0]):
                while isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "decode":
                    one = one.func.value
                found = part(ctx, one) if not isinstance(one, ast.Name) else None
                if found is not None and found.kind == "body":
                    return Part("json", found.framework)
    return None


def body_parameters(ctx, function) -> list:
    """Answer the parameters (ast.arg) that FastAPI fills with the JSON body as it came: those annotated as a plain dictionary."""
    if not isinstance(function, FUNCTIONS) or not is_fastapi_route(ctx, function):
        return []
    arguments = function.args
    found = []
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    for argument, default in [
        *zip(positional, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]:
        note = argument.annotation
        name = dotted(note.value if isinstance(note, ast.Subscript) else note) if note is not None else ""
        if name.rpartition(".")[2] not in ("dict", "Dict", "Mapping", "MutableMapping"):
            continue
        if isinstance(default, ast.Call) and dotted(default.func).rpartition(".")[2] != "Body":
            continue
        found.append(argument)
    return found


def is_fastapi_route(ctx, function) -> bool:
    """Answer whether a function is a route of FastAPI, by what its decorator belongs to."""
    decorator = route_of(ctx, function)
    if decorator is None:
        return False
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return any(name.startswith("fastapi.") for name in ctx.targets(target))


def is_administrative(function) -> bool:
    """Answer whether a route is for administrators, by its name, its path, its decorators and what it depends on."""
    names = [function.name]
    for decorator in function.decorator_list:
        names += [dotted(one) or _text(one) for one in ast.walk(decorator)]
    arguments = function.args
    for default in (*arguments.defaults, *filter(None, arguments.kw_defaults)):
        if isinstance(default, ast.Call):
            names += [dotted(part) for part in default.args]
    for argument in (*arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None:
            names += [dotted(one) for one in ast.walk(argument.annotation)]
    return any(word in name.lower() for name in names for word in _ADMINISTRATORS)


def _text(node) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_upload(ctx, node: ast.AST) -> bool:
    """Answer whether an expression is an uploaded file: by its type, or as one of `request.files`."""
    types = ctx.types(node)
    if types:
        return all(ctx.derives(one, *UPLOADS) for one in types)
    return any(_is_of_files(one) for one in dataflow.sources(ctx, node)) or (
        isinstance(node, ast.Name) and any(_is_of_files(one) for one in dataflow.iterated(ctx, node))
    )


def _is_of_files(node) -> bool:
    """Answer whether an expression is spelled as something of `request.files`."""
    while isinstance(node, (ast.Subscript, ast.Call, ast.Await, ast.Attribute)):
        if dotted(node).endswith("request.files"):
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


__all__ = [
    "UPLOADS",
    "Part",
    "body_parameters",
    "framework_of",
    "is_administrative",
    "is_fastapi_route",
    "is_upload",
    "part",
]
