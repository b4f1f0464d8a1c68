"""A file or socket that is not closed on every path

## What it does
Reports `open()`, `Path.open()`, `gzip.open()`, `os.fdopen()`, `NamedTemporaryFile(delete=False)`, sockets, zip and tar
files that nobody closes, and those whose `close()` does not run when a statement before it fails or returns.

## Why it matters
A process has a limited number of open files. One handle lost per failed request adds up until nothing can be opened any
more, neither a file nor a connection. What was written to a file that is not closed may not be in it.

## Bad
```python
import json
import socket


def read(path):
    return json.load(open(path))  # AUD601


def write(path, rows):
    target = open(path, "w")  # AUD601
    for row in rows:
        target.write(row.as_line())
    target.close()


def greet(host):
    connection = socket.create_connection((host, 25), timeout=5)  # AUD601
    return connection.recv(100)
```

## Good
```python
import json


def read(path):
    with open(path) as source:
        return json.load(source)


def opened(path):
    return open(path)


def write(path, rows):
    target = open(path, "w")
    try:
        for row in rows:
            target.write(row.as_line())
    finally:
        target.close()
```

## Fixed
```python
import json


def read(path):
    with open(path) as source:
        return json.load(source)
```

## Options
None.

## Limits
What is returned, yielded, stored, appended, handed to another function or to an `ExitStack` is theirs to close, and is
silent; calls that are known to leave a file open (`json.load`, `csv.reader`, `requests.post`) are no such owners
(tests/oracles/test_error_claims.py). An archive or file around an object in memory is silent, as is a file that a module
keeps open at its top level, and `setup.py`, which a build runs once.

## Origin
Audit A HIGH-7. ruff's SIM115 and pylint's R1732 ask for `with` wherever there is none, also where the file is returned,
stored or closed in a `finally`.
"""

import ast
import re

from preaudit.core.ownership import fate, shown
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD601",
    name="file-handle-leak",
    severity="high",
    scope="types",
    message="{name} opens what {what}; write `with {name}(...) as ...:`",
    since="0.1.0",
    audits=("A HIGH-7",),
    words=("open", "socket", "NamedTemporaryFile", "ZipFile", "TarFile"),
)
OPENS = frozenset({
    "builtins.open", "io.open", "codecs.open", "os.fdopen", "gzip.open", "bz2.open", "lzma.open", "pathlib.Path.open",
    "socket.socket", "socket.create_connection", "socket.create_server", "tempfile.NamedTemporaryFile",
})  # fmt: skip
ARCHIVES = frozenset({"zipfile.ZipFile", "tarfile.open", "tarfile.TarFile", "zipfile.PyZipFile"})
# a build runs these once and ends
BUILD = ("setup.py", "versioneer.py")
SPELLED = lazy(r"(?:^|\.)(?:\w*open|fdopen|socket|create_\w+|NamedTemporaryFile|\w*ZipFile|TarFile)$")
PATHS = lazy(r"(?:^|_)(?:path|file_?name|archive_path|zip_path|tar_path)s?$", re.I)


@RULE.on(ast.Call)
def check(node, ctx):
    """Report a call that opens something nobody closes on some way."""
    spelled = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if not spelled or not (SPELLED.search(spelled) or spelled in ctx.once("renamed", lambda: _renamed(ctx))):
        return
    name = _opens(node, ctx)
    if not name or ctx.path.rpartition("/")[2] in BUILD:
        return
    found = fate(ctx, node)
    if found.kind == "never":
        what = "nobody closes"
    elif found.kind == "unless":
        what = f"stays open when {shown(found.node)} fails or leaves before close()"
    elif found.kind == "held":
        what = f"{ctx.dotted(found.node)} keeps and nothing closes"
    else:
        return
    yield RULE.at(node, name=name, what=what)


def _renamed(ctx) -> frozenset:
    """Answer the names that the file gives to what it imports: `from zipfile import ZipFile as Archive`."""
    return frozenset(alias.asname for node in ctx.nodes(ast.ImportFrom) for alias in node.names if alias.asname)


def _opens(node, ctx) -> str:
    """Answer the name of what opens something that needs to be closed, '' if the call is no such."""
    names = ctx.targets(node) or {ctx.qualname(node.func)}
    if len(names) != 1:
        return ""
    name = next(iter(names))
    shown_as = name.rpartition(".")[2] if name.startswith("builtins.") else name
    if name in ARCHIVES:
        return shown_as if _is_path(node, ctx) else ""
    if name not in OPENS:
        return ""
    if name == "tempfile.NamedTemporaryFile":
        kept = any(
            k.arg == "delete" and isinstance(k.value, ast.Constant) and k.value.value is False for k in node.keywords
        )
        return shown_as if kept else ""
    if name in ("gzip.open", "bz2.open", "lzma.open"):
        return shown_as if _is_path(node, ctx) else ""
    if name == "pathlib.Path.open":
        return "Path.open"
    return shown_as


def _is_path(node, ctx) -> bool:
    """Answer whether an archive is opened by its path: around a file object it owns nothing."""
    if any(keyword.arg in ("fileobj", None) for keyword in node.keywords):
        return False
    first = (
        node.args[0]
        if node.args
        else next((k.value for k in node.keywords if k.arg in ("file", "name", "filename")), None)
    )
    if (
        isinstance(first, (ast.JoinedStr, ast.BinOp))
        or isinstance(first, ast.Constant)
        and isinstance(first.value, str)
    ):
        return True
    if first is None:
        return False
    types = ctx.types(first)
    if types:
        return all(one in ("builtins.str", "pathlib.Path", "pathlib.PurePath") for one in types)
    return bool(PATHS.search(ctx.dotted(first).rpartition(".")[2]))
