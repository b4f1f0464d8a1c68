"""The client's file name becomes a path

## What it does
Reports the `filename` of an upload (FastAPI, Starlette, Flask, Quart, aiohttp) that is joined into a path as it came: with
`os.path.join`, `Path(...) / name`, `joinpath`, or a text that is opened or saved to.

## Why it matters
The name is whatever the client sends: `../../app/main.py` leaves the folder, and an absolute name replaces it altogether,
with `os.path.join` as with `/`. Whoever may upload a file may then overwrite any that the server can write.

## Bad
```python
import os
from pathlib import Path

from fastapi import FastAPI, UploadFile

app = FastAPI()
FOLDER = Path("uploads")


@app.post("/photo")
async def upload(file: UploadFile):
    path = FOLDER / file.filename  # AUD517
    path.write_bytes(await file.read())


@app.post("/report")
async def report(file: UploadFile):
    name = file.filename or "report.pdf"
    with open(os.path.join("reports", name), "wb") as target:  # AUD517
        target.write(await file.read())
```

## Good
```python
import uuid
from pathlib import Path

from fastapi import FastAPI, UploadFile

app = FastAPI()
FOLDER = Path("uploads")


@app.post("/photo")
async def upload(file: UploadFile):
    path = FOLDER / f"{uuid.uuid4().hex}{Path(file.filename).suffix}"
    path.write_bytes(await file.read())
```

## Fixed
Take a name of your own, and keep the client's one in the database if anybody needs it; or only its last part, by
`secure_filename(name)` or `Path(name).name`.

## Options
None.

## Limits
The name is followed through the variables of one function. Silent: after `secure_filename`, `basename`, `.name`, `.suffix`
or any other function that is given the name; behind other text in the same part of the path (`f"{order}-{name}"` names a
folder that does not exist); where the function compares the name or its path, or hands the name to a check.

## Origin
Seen in upload endpoints of the audited services. Bandit and ruff have no rule on it.
"""

import ast
import re

from preaudit.core import dataflow, requests
from preaudit.core.environ import constant_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted

RULE = Rule(
    code="AUD517",
    name="unsanitised-upload-name",
    severity="high",
    scope="types",
    message="{name} is the client's and can lead out of the folder (../, /etc); take a name of your own, or Path({name}).name",
    since="0.1.0",
    words=("filename",),
)
JOINS = frozenset({"os.path.join", "posixpath.join", "ntpath.join"})
OPENS = frozenset(
    {"builtins.open", "io.open", "aiofiles.open", "aiofiles.threadpool.open", "anyio.open_file", "os.open"}
)
PATHS = frozenset({"pathlib.Path", "pathlib.PosixPath", "anyio.Path"})
MOVES = frozenset(
    {"shutil.move", "shutil.copy", "shutil.copyfile", "os.rename", "os.replace", "os.remove", "os.unlink"}
)
KEEPS = ("strip", "lstrip", "rstrip", "lower", "upper", "casefold", "title", "removeprefix", "removesuffix")
PARTS = ("name", "suffix", "stem", "suffixes")
CHECKS = lazy(r"valid|sanit|safe|secure|check|clean|is_relative_to|relative_to|commonpath|commonprefix", re.I)


@RULE.on(ast.Attribute)
def check(node, ctx):
    """Report where the name of an upload, or a variable that holds it, is joined into a path."""
    if node.attr != "filename" or not isinstance(node.ctx, ast.Load) or not requests.is_upload(ctx, node.value):
        return
    function = ctx.function_of(node)
    if function is None or isinstance(function, ast.Lambda):
        return
    name = dotted(node) or "filename"
    for place in sorted(_joins(node, ctx, function, name, 0), key=lambda one: (one.lineno, one.col_offset)):
        if place not in ctx.once("joined", set):
            ctx.once("joined", set).add(place)
            yield RULE.at(place, name=name)


def _joins(node, ctx, function, name, depth) -> set:
    """Answer the places where an expression that is the raw name is made a path, itself or through a variable."""
    if depth > 4 or _is_checked(node, ctx, function):
        return set()
    whole = _whole(node)
    parent = whole.parent_
    if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and parent.value is whole:
        found = set()
        for use in dataflow.uses(ctx, whole):
            found |= _joins(use, ctx, function, name, depth + 1)
        return found
    text = _segment(whole, ctx)
    if text is not None:
        place = text
        uses = dataflow.uses(ctx, text)
        if uses:
            return {
                place for use in uses
                if not _is_checked(use, ctx, function) and _is_opened(use, ctx)
            }  # fmt: skip
        return {place} if _is_opened(text, ctx) else set()
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Div) and parent.right is whole:
        return set() if _takes_part(parent) else {parent}
    if isinstance(parent, ast.Call) and whole in parent.args:
        called = ctx.qualname(parent.func)
        last = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
        if called in JOINS and parent.args.index(whole) or last == "joinpath":
            return set() if _takes_part(parent) else {parent}
        if called in PATHS and parent.args.index(whole) and not _takes_part(parent):
            return {parent}
    return {whole} if _is_opened(whole, ctx) else set()


def _whole(node):
    """Answer the outermost expression that still is the raw name: `(file.filename or "x").strip()`."""
    while True:
        parent = node.parent_
        if (
            isinstance(parent, ast.BoolOp)
            and isinstance(parent.op, ast.Or)
            or isinstance(parent, ast.IfExp)
            and parent.test is not node
        ):
            node = parent
        elif isinstance(parent, ast.Attribute) and _keeps_path(parent):
            node = parent.parent_
        elif (
            isinstance(parent, ast.Call)
            and dotted(parent.func) in ("str", "os.fspath", "cast")
            and parent.args[-1] is node
        ):
            node = parent
        else:
            return node


def _keeps_path(method) -> bool:
    """Answer whether a method of a text is called that leaves the slashes in it where they are."""
    call = method.parent_
    if not (isinstance(call, ast.Call) and call.func is method):
        return False
    if method.attr != "replace":
        return method.attr in KEEPS
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else "/"
    return isinstance(first, str) and "/" not in first and ".." not in first


def _segment(whole, ctx):
    """Answer the text in which the raw name begins a part of a path: `f"{folder}/{name}"`, `"uploads/" + name`; or None."""
    parent = whole.parent_
    if isinstance(parent, ast.FormattedValue) and isinstance(parent.parent_, ast.JoinedStr):
        text = parent.parent_
        index = text.values.index(parent)
        before = text.values[index - 1] if index else None
        return text if isinstance(before, ast.Constant) and str(before.value).endswith(("/", "\\")) else None
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add) and parent.right is whole:
        left = parent.left.right if isinstance(parent.left, ast.BinOp) else parent.left
        value = constant_of(ctx, left)
        ends = isinstance(value, str) and value.endswith(("/", "\\")) or dotted(left) in ("os.sep", "os.path.sep")
        return parent if ends else None
    return None


def _is_opened(node, ctx) -> bool:
    """Answer whether an expression is used as a path: opened, saved to, moved to, or made a Path."""
    parent = node.parent_
    if isinstance(parent, ast.keyword):
        parent = parent.parent_
    if not isinstance(parent, ast.Call) or node not in parent.args[:2]:
        return False
    called = ctx.qualname(parent.func) or (dotted(parent.func) if dotted(parent.func) == "open" else "")
    if called in OPENS or called == "open":
        return parent.args[0] is node
    if called in PATHS:
        return isinstance(node, (ast.JoinedStr, ast.BinOp)) and not _takes_part(parent)
    if called in MOVES:
        return True
    return (
        isinstance(parent.func, ast.Attribute)
        and parent.func.attr == "save"
        and requests.is_upload(ctx, parent.func.value)
    )


def _takes_part(node) -> bool:
    """Answer whether only the last part of a path is taken: `Path(name).suffix`, `os.path.basename(...)`."""
    parent = node.parent_
    if isinstance(parent, ast.Attribute):
        return parent.attr in PARTS
    return isinstance(parent, ast.Call) and dotted(parent.func).rpartition(".")[2] in (
        "basename",
        "splitext",
        "secure_filename",
    )


def _is_checked(node, ctx, function) -> bool:
    """Answer whether the function looks at the name or the path before it is used, or hands the name to a check."""
    spelled = dotted(node)
    for one in ctx.body_of(function):
        if isinstance(one, ast.Compare):
            texts = {part.value for part in ast.walk(one) if isinstance(part, ast.Constant)}
            if texts & {"..", "/", "../", "\\", "."} and "." not in texts - {".."}:
                return True
            if isinstance(one.ops[0], (ast.In, ast.NotIn)) and dotted(one.left) == spelled:
                return True
            if isinstance(one.ops[0], (ast.NotEq, ast.Eq)) and dotted(one.left) == spelled:
                other = one.comparators[0]
                if not (isinstance(other, ast.Constant) and other.value in ("", None)):
                    return True
        elif isinstance(one, ast.Call):
            last = one.func.attr if isinstance(one.func, ast.Attribute) else dotted(one.func)
            if CHECKS.search(last) or last in ("match", "fullmatch", "startswith") and len(one.args) <= 2 and (
                any(dotted(argument) == spelled for argument in one.args) or last == "startswith"
                and isinstance(one.func, ast.Attribute) and isinstance(one.func.value, ast.Call)
            ):  # fmt: skip
                return True
    return False
