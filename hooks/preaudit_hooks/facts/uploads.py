"""Where uploads are taken whole, and what limits the size of a request.

{"reads": [[place, name of the file, "flask" or "asgi"]], "limits": ["flask", "asgi"]}

A read that its function checks is left out, and so are those of administrators and
of code that only debug or tests reach. Quart and aiohttp limit requests by themselves.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import dataflow, requests
from preaudit.core.development import in_development
from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, dotted, function_of, parents, statement_of

KIND = "uploads"
WORDS = (
    "UploadFile", ".files", "File(", ".form(", "MAX_CONTENT_LENGTH", "max_content_length", "ontent-length", "ontent-Length",
    "content_length", "add_middleware", "Middleware(",
)  # fmt: skip
_ASGI = frozenset({"fastapi.UploadFile", "starlette.datastructures.UploadFile"})
_CHECKS = lazy(
    r"(?:^|_)(?:size|valid|check|limit|large|quota|verify|too_big|toolarge|content_length|max|allowed|accept)|[a-z](?:Size|Valid|Limit)"
)
_SIZES = lazy(r"(?i)size|limit|length|large|upload|file")
_LIMITERS = lazy(r"(?=.*(?:size|limit|max))(?=.*(?:size|upload|body|content|length|payload|request))", re.I)
_ANSWERS = lazy(r"(?i)resp|\b(?:res|r|reply|answer|result|head)\b")
_RATE = lazy(r"rate|slow|thrott", re.I)


def collect(ctx):
    """Answer the uploads and limits of a Python file, None if it has neither."""
    record = {}
    limits = sorted(_limits(ctx))
    if limits:
        record["limits"] = limits
    reads = []
    for call in ctx.nodes(ast.Call):
        found = _read(ctx, call)
        if found is not None and _is_open(ctx, call, found[1]) and not _checked(ctx, call, found[0]):
            reads.append([list(ctx.place(call)), dotted(found[0]) or "the upload", found[1]])
    handled = {function_of_place(ctx, row) for row in reads if row[2] == "flask"}
    for node in ctx.nodes(ast.Subscript, ast.Call):
        if (
            _takes(ctx, node)
            and function_of(node) not in handled
            and _is_open(ctx, node, "flask")
            and not _checked(ctx, node, node)
        ):
            handled.add(function_of(node))
            reads.append([list(ctx.place(node)), "request.files", "flask"])
    for function in ctx.nodes(*FUNCTIONS):
        for argument in _bytes(ctx, function):
            if _is_open(ctx, function.body[0], "asgi") and not _checked(
                ctx, function.body[0], ast.Name(argument.arg, ast.Load())
            ):
                reads.append([list(ctx.place(argument)), argument.arg, "asgi"])
    if reads:
        record["reads"] = sorted(reads)
    return record or None


def _is_open(ctx, node, framework) -> bool:
    """Answer whether a read is one of a route that others than administrators use.

    Of an upload that a helper is handed its callers may know the size.
    """
    function = function_of(node)
    while isinstance(function_of(function), FUNCTIONS) if function is not None else False:
        function = function_of(function)
    if not isinstance(function, FUNCTIONS) or framework == "asgi" and not ctx.is_handler(function):
        return False
    return not requests.is_administrative(function) and not in_development(node)


def function_of_place(ctx, row):
    """Answer the function in which the call at the place of a row stands."""
    for call in ctx.nodes(ast.Call):
        if list(ctx.place(call)) == row[0]:
            return function_of(call)
    return None


def _read(ctx, call):
    """Answer (node of the upload, framework) where a call takes all of an upload, None for any other call."""
    if not isinstance(call.func, ast.Attribute):
        return None
    method, owner = call.func.attr, call.func.value
    if method == "read" and not _has_size(call):
        if isinstance(owner, ast.Attribute) and owner.attr in ("file", "stream"):
            owner = owner.value
        elif not isinstance(call.parent_, ast.Await) and _upload(ctx, owner) == "asgi":
            return None
        framework = _upload(ctx, owner)
        return (owner, framework) if framework else None
    if method == "save" and call.args:
        return (owner, "flask") if _upload(ctx, owner) == "flask" else None
    return None


def _has_size(call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(given) and not (isinstance(given[0], ast.UnaryOp) and isinstance(given[0].op, ast.USub))


def _upload(ctx, node) -> str:
    """Answer by what framework an uploaded file came: "asgi" or "flask", '' for one that limits by itself or no upload."""
    types = ctx.types(node)
    if types:
        if all(ctx.derives(one, *_ASGI) for one in types):
            return "asgi"
        flask = all(ctx.derives(one, "werkzeug.datastructures.FileStorage") for one in types)
        return "flask" if flask and "quart" not in ctx.names.imports() else ""
    for one in [*dataflow.sources(ctx, node), *(dataflow.iterated(ctx, node) if isinstance(node, ast.Name) else ())]:
        part = _of_files(ctx, one)
        if part is not None and part.kind == "files" and part.framework == "flask":
            return "flask"
    return ""


def _of_files(ctx, node):
    """Answer the part of a request that an expression is taken out of: `request.files["photo"]`."""
    while isinstance(node, (ast.Subscript, ast.Call, ast.Attribute)):
        part = requests.part(ctx, node)
        if part is not None:
            return part
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


def _takes(ctx, node) -> bool:
    """Answer whether a node takes files out of `request.files`: `["photo"]`, `.get("photo")`, `.getlist("photos")`, `.values()`."""
    if isinstance(node, ast.Subscript):
        base = node.value
    elif isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getlist", "values", "items"):
        base = node.func.value
    else:
        return False
    if not isinstance(base, ast.Attribute) or base.attr != "files":
        return False
    part = requests.part(ctx, base)
    return part is not None and part.framework == "flask" and isinstance(function_of(node), FUNCTIONS)


def _bytes(ctx, function):
    """Give the parameters of a FastAPI route that are given the whole upload as bytes: `photo: bytes = File()`."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if "File" not in ctx.text or not positional and not arguments.kwonlyargs:
        return
    for argument in (*positional, *arguments.kwonlyargs):
        note = argument.annotation
        default = ctx.exprs._default(argument, arguments, positional)
        inner = note.slice.elts if isinstance(note, ast.Subscript) and isinstance(note.slice, ast.Tuple) else [note]
        makers = [default, *inner[1:]]
        if dotted(inner[0]) == "bytes" and any(
            isinstance(one, ast.Call) and ctx.qualname(one.func).startswith("fastapi.") and dotted(one.func).endswith("File")
            for one in makers
        ):  # fmt: skip
            if requests.is_fastapi_route(ctx, function):
                yield argument


def _checked(ctx, node, upload) -> bool:
    """Answer whether the function around a read looks at a size: of the file, of what was read, of the request."""
    function = function_of(node)
    if function is None:
        return False
    while isinstance(function_of(function), FUNCTIONS):
        function = function_of(function)
    names = {dotted(upload).partition(".")[0]} - {""}
    names |= {
        one.id for one in ast.walk(statement_of(node)) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return any(_looks(one, names) for one in ast.walk(function))


def _looks(node, names) -> bool:
    """Answer whether a node asks for a size, or hands an upload to what does; `names` are those of the upload."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("size", "content_length", "max_content_length", "tell")
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.lower() == "content-length"
    if isinstance(node, ast.Compare):
        sides = (node.left, *node.comparators)
        return any(
            isinstance(side, ast.Call)
            and dotted(side.func) == "len"
            or re.search(r"(?i)size|length|bytes", dotted(side))
            for side in sides
        )
    if not isinstance(node, ast.Call):
        return False
    last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    if last in ("Depends", "Security"):
        return any(_SIZES.search(dotted(part).rpartition(".")[2]) for part in node.args)
    if not _CHECKS.search(last):
        return False
    given = {part.id for argument in node.args for part in ast.walk(argument) if isinstance(part, ast.Name)}
    return bool(given & names) or "request" in given and bool(_SIZES.search(last))


def _limits(ctx) -> set:
    """Answer for which kind of app the file limits the size of requests: "flask", "asgi"."""
    found: set = set()
    for node in ctx.nodes(ast.Constant):
        if isinstance(node.value, str):
            if node.value == "MAX_CONTENT_LENGTH":
                found.add("flask")
            elif node.value.lower() == "content-length" and _is_asked(node):
                found |= {"asgi", "flask"}
        elif isinstance(node.value, bytes) and node.value.lower() == b"content-length":
            found.add("asgi")
    for node in ctx.nodes(ast.Name, ast.Attribute, ast.keyword):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.arg
        if name in ("MAX_CONTENT_LENGTH", "max_content_length"):
            found |= {"flask", "asgi"}
        elif (
            name == "content_length"
            and isinstance(node, ast.Attribute)
            and dotted(node).endswith("request.content_length")
        ):
            found.add("flask")
    for call in ctx.nodes(ast.Call):
        last = dotted(call.func).rpartition(".")[2] or getattr(call.func, "attr", "")
        if last in ("add_middleware", "Middleware") and call.args:
            name = dotted(call.args[0]).rpartition(".")[2]
            if _LIMITERS.search(name) and not _RATE.search(name):
                found.add("asgi")
    return found


def _is_asked(node) -> bool:
    """Answer whether a header of a request is read: `request.headers.get("content-length")`, `headers["content-length"]`."""
    for parent in parents(node):
        if isinstance(parent, (ast.Set, ast.Tuple, ast.List)):
            return False  # one of the headers that a proxy leaves out
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.ctx, ast.Load) and not _ANSWERS.search(ast.unparse(parent.value))
        if isinstance(parent, ast.Call):
            function = parent.func
            return (
                isinstance(function, ast.Attribute)
                and function.attr == "get"
                and not _ANSWERS.search(ast.unparse(function.value))
            )
        if isinstance(parent, ast.Compare):
            return True
        if isinstance(parent, ast.stmt):
            return False
    return False
