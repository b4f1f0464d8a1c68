"""A network call that waits for ever

## What it does
Reports a call that waits for another machine, of a library that sets no time limit by itself, where the call gives
none: requests, urllib.request, http.client, smtplib, ftplib, imaplib, socket, psycopg2, MySQLdb, paramiko,
ldap3, dnspython, cloudinary. Libraries with a limit of their own (httpx, aiohttp, slack_sdk, google-auth,
openai) are silent; Redis clients are AUD202's business.

## Why it matters
A peer that accepts the connection and then says nothing holds the thread until the process is restarted. A few
such peers, and every worker of the service stands still although nothing has failed.

## Bad
```python
import smtplib

import requests

session = requests.Session()


def price(sku):
    return requests.get(f"https://prices.example/{sku}").json()  # AUD604


def stock(sku):
    return session.get(f"https://stock.example/{sku}", timeout=None).json()  # AUD604


def send(message):
    with smtplib.SMTP("mail.example") as server:  # AUD604
        server.send_message(message)
```

## Good
```python
import httpx
import requests


def price(sku):
    return requests.get(f"https://prices.example/{sku}", timeout=(3, 10)).json()


def stock(sku, **options):
    return requests.get(f"https://stock.example/{sku}", **options).json()


def rates():
    return httpx.get("https://rates.example").json()
```

## Fixed
Pass `timeout=`: for requests a number, or a pair of connect and read. A session can get a limit once, through an
adapter of its own that is mounted on it.

## Options
None; `[tool.preaudit.knowledge]` tells what other libraries do.

## Limits
Silent where `**kwargs` may hold the limit, where a DSN is not a literal, where the file sets
`socket.setdefaulttimeout` (for the libraries that follow it), where a session has an adapter or a patched
`request` of its own, and inside a `with` that limits the time. A limit that is set on the socket later counts.

## Origin
Audit D. tests/oracles/test_error_claims.py shows that requests waits without a limit, whatever the socket module says.
ruff's S113 knows the functions of requests and httpx; ours knows sessions, subclasses, and the other libraries.
"""

from __future__ import annotations

import ast
from functools import cache

from preaudit import knowledge
from preaudit.core.rule import Rule
from preaudit.core.source import SourceError

# Which libraries of the tables speak to another machine; celery, redis and subprocess have rules of their own.
LIBRARIES = ("requests", "urllib", "http", "smtplib", "ftplib", "imaplib", "socket", "psycopg2", "MySQLdb", "paramiko",
             "ldap3", "dns", "cloudinary")  # fmt: skip
# These follow socket.setdefaulttimeout, as their documentation says ("the global default timeout setting").
SOCKETS = ("urllib.", "http.", "smtplib.", "ftplib.", "imaplib.", "socket.")
DATABASES = ("psycopg2.connect", "MySQLdb.connect")
# exec_command waits for a command, not for the network
NOT_THE_NETWORK = frozenset({"paramiko.SSHClient.exec_command"})

RULE = Rule(
    code="AUD604",
    name="network-call-without-timeout",
    severity="high",
    since="0.1.0",
    scope="types",
    imports=LIBRARIES,
    message="{name} waits for ever when the peer does not answer; pass {keyword}=",
    audits=("D",),
)


@cache
def _limited() -> frozenset:
    """Answer the last names of what can be reported: asking what every method call calls would take long."""
    tables = [knowledge.table(library) for library in LIBRARIES]
    return frozenset(name.rpartition(".")[2] for table in tables if table for name in getattr(table, "TIMEOUTS", {}))


def _may_wait(spelled: str) -> bool:
    return spelled[:1] != "." or spelled[1:] in _limited()


@RULE.on_calls(_may_wait)
def check(node, ctx):
    """Report a call of the table that has no limit from anywhere."""
    if getattr(node.func, "id", "") in ctx.names.builtins:
        return
    limits = [(name, knowledge.timeout(name)) for name in sorted(ctx.targets(node))]
    if not limits or not all(limit and limit[2] is None and _concerns(name) for name, limit in limits):
        return
    name, (keyword, position, _) = limits[0]
    if _is_given(node, keyword, position) or _in_dsn(node, name, keyword) or _is_local(node, name):
        return
    if _limited_around(node) or (name.startswith(SOCKETS) and _has_default(ctx)) or _set_later(ctx, node, name):
        return
    if name.startswith("requests.Session.") and _session_limits(ctx, node):
        return
    yield RULE.at(node, name=name, keyword=keyword)


def _concerns(name: str) -> bool:
    return name.partition(".")[0] in LIBRARIES and name not in NOT_THE_NETWORK


def _is_given(node: ast.Call, keyword: str, position) -> bool:
    """Answer whether the call gives the limit, or may give it through ** or *."""
    for one in node.keywords:
        if one.arg is None:
            return True
        if one.arg == keyword:
            return not (isinstance(one.value, ast.Constant) and one.value.value is None)
    if position is not None:
        if any(isinstance(arg, ast.Starred) for arg in node.args[: position + 1]):
            return True
        if len(node.args) > position:
            value = node.args[position]
            return not (isinstance(value, ast.Constant) and value.value is None)
    return False


def _in_dsn(node: ast.Call, name: str, keyword: str) -> bool:
    """Answer whether a connection string gives the limit, or is not there to be read."""
    if name not in DATABASES or not node.args:
        return False
    first = node.args[0]
    return not (isinstance(first, ast.Constant) and isinstance(first.value, str)) or keyword in first.value


def _is_local(node: ast.Call, name: str) -> bool:
    """Answer whether a database is asked for without a host: through the socket of this machine."""
    return (
        name in DATABASES and not node.args and not any(one.arg in ("host", "hostaddr", "dsn") for one in node.keywords)
    )


def _limited_around(node) -> bool:
    """Answer whether a `with` that limits the time stands around the call: gevent.Timeout(5), time_limit(3)."""
    parent = node.parent_
    while parent is not None:
        if isinstance(parent, (ast.With, ast.AsyncWith)):
            for item in parent.items:
                manager = item.context_expr
                target = manager.func if isinstance(manager, ast.Call) else manager
                words = ast.unparse(target).lower()
                if node is not manager and ("timeout" in words or "time_limit" in words or "deadline" in words):
                    return True
        parent = parent.parent_
    return False


def _has_default(ctx) -> bool:
    return ctx.once(
        "socket default",
        lambda: any(ctx.qualname(call.func) == "socket.setdefaulttimeout" for call in ctx.nodes(ast.Call)),
    )


def _set_later(ctx, node: ast.Call, name: str) -> bool:
    """Answer whether the object that the call gives gets its limit afterwards: `s.settimeout(5)`."""
    target = node.parent_
    if isinstance(target, ast.withitem):
        bound = target.optional_vars
    elif isinstance(target, ast.Assign):
        bound = target.targets[0]
    else:
        return False
    spelled = ctx.dotted(bound) if bound is not None else ""
    if not spelled:
        return False
    function = ctx.function_of(node)
    where = ctx.inside(function, into_functions=True) if function is not None else ctx.nodes(ast.Call)
    return any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "settimeout"
        and ctx.dotted(call.func.value) in (spelled, f"{spelled}.sock")
        for call in where
    )  # fmt: skip


def _session_limits(ctx, node: ast.Call) -> bool:
    """Answer whether the session may have a limit of its own: a mounted adapter, or a patched method."""
    if _patches(ctx) or any(ctx.is_own(name) for name in ctx.receivers(node)):
        return True
    origin = ctx.names.qualname(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    found = ctx.project.find(origin, ctx.path) if origin else None
    if found is None or found[0] == ctx.path:
        return False
    ctx.project.summary(found[0])
    try:
        text = ctx.project.read(found[0])
    except SourceError:
        return True
    return ".mount(" in text or ".request =" in text


def _patches(ctx) -> bool:
    def find():
        for call in ctx.nodes(ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "mount" and len(call.args) == 2:
                if not ctx.is_a(call.args[1], "requests.adapters.HTTPAdapter") or any(
                    ctx.is_own(name) for name in ctx.types(call.args[1])
                ):
                    return True
        return any(
            isinstance(node.ctx, ast.Store) and node.attr in ("request", "send", "get", "post")
            for node in ctx.nodes(ast.Attribute)
        )

    return ctx.once("patched sessions", find)
