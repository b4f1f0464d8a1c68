"""Redis clients and pools where they are constructed: what each brings, how long it lives.

One answer for the rules on redis-py, its fork valkey-py and aioredis 2. A construction is found by what
the called name resolves to, subclasses of the project included.
"""

from __future__ import annotations

import ast
from collections import namedtuple

from preaudit import knowledge
from preaudit.core.tree import dotted
from preaudit.core.values import pattern

LIBRARIES = frozenset({"redis", "valkey", "aioredis"})
CLIENTS = frozenset({
    "redis.Redis", "redis.asyncio.Redis", "valkey.Valkey", "valkey.asyncio.Valkey", "aioredis.Redis",
})  # fmt: skip
CLUSTERS = frozenset({
    "redis.RedisCluster", "redis.asyncio.RedisCluster", "valkey.ValkeyCluster", "valkey.asyncio.ValkeyCluster",
})  # fmt: skip
POOLS = frozenset({
    "redis.ConnectionPool", "redis.BlockingConnectionPool", "redis.asyncio.ConnectionPool",
    "redis.asyncio.BlockingConnectionPool", "valkey.ConnectionPool", "valkey.BlockingConnectionPool",
    "valkey.asyncio.ConnectionPool", "valkey.asyncio.BlockingConnectionPool", "aioredis.ConnectionPool",
    "aioredis.BlockingConnectionPool",
})  # fmt: skip
_FROM_URL = {
    "redis.from_url": "redis.Redis", "redis.asyncio.from_url": "redis.asyncio.Redis", "valkey.from_url": "valkey.Valkey",
    "valkey.asyncio.from_url": "valkey.asyncio.Valkey", "aioredis.from_url": "aioredis.Redis",
}  # fmt: skip
# Positions of keywords that may be given without their name, as in Redis(host, port, db, password, socket_timeout).
_POSITIONS = {"socket_timeout": 4, "socket_connect_timeout": 5, "connection_pool": 8}
Construction = namedtuple("Construction", "call cls kind shown from_url")
Construction.__doc__ = """A call that makes a client or a pool.

`kind`: "client", "cluster" or "pool"; `shown`: the name as the source has it; `from_url`: made from a URL.
"""


def constructions(ctx) -> list:
    """Answer the Constructions of a file, in source order."""
    return ctx.once("redis.constructions", lambda: _find(ctx))


def _find(ctx) -> list:
    found = []
    names = {dotted(call.func): None for call in ctx.nodes(ast.Call)}
    for name in names:
        names[name] = bool(name) and _may_construct(name)
    for call in ctx.nodes(ast.Call):
        if not names[dotted(call.func)]:
            continue
        resolved = _class_of(ctx, call)
        if resolved is not None:
            cls, from_url = resolved
            kind = "pool" if _is(ctx, cls, POOLS) else "cluster" if _is(ctx, cls, CLUSTERS) else "client"
            found.append(Construction(call, cls, kind, f"{dotted(call.func)}()", from_url))
    return found


def _may_construct(name: str) -> bool:
    """Answer whether a spelled name can be a class or a from_url: anything else is not worth resolving."""
    last = name.rpartition(".")[2]
    return last == "from_url" or last.lstrip("_")[:1].isupper() or len(last) <= 2


def _class_of(ctx, call: ast.Call):
    """Answer (class, made from a URL) if a call makes a client or pool, None otherwise."""
    origin = ctx.names.qualname(call.func)
    top = origin.partition(".")[0]
    if origin and top not in LIBRARIES and not ctx.is_own(origin) and not origin.startswith("__file__."):
        return None
    made = set()
    for name in ctx.targets(call):
        if name in _FROM_URL:
            made.add((_FROM_URL[name], True))
            continue
        if name.endswith(".from_url"):
            receivers = ctx.receivers(call) or {name.rpartition(".")[0]}
            made.update((cls, True) for cls in receivers)
            continue
        made.add((name, False))
    made = {(cls, from_url) for cls, from_url in made if _is(ctx, cls, CLIENTS | CLUSTERS | POOLS)}
    if len(made) != 1:
        return None
    cls, from_url = made.pop()
    record = ctx.types_engine.class_record(cls, ctx.path)
    if record is not None and f"{record[1]}.__init__" in ctx.project.summary(record[0])["functions"]:
        return None  # a subclass with a constructor of its own decides about its pool there
    return cls, from_url


def _is(ctx, cls: str, classes) -> bool:
    return cls in classes or any(base in classes for base in ctx.types_engine.mro(cls, ctx.path))


# what a construction is given


def given(ctx, made: Construction, name: str):
    """Answer the ast node given for a keyword, True where `**kwargs` or `*args` may hold it, None if it is not given."""
    call = made.call
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
        if keyword.arg is None:
            if not isinstance(keyword.value, ast.Dict):
                return True
            for key, value in zip(keyword.value.keys, keyword.value.values):
                if key is None or not isinstance(key, ast.Constant):
                    return True
                if key.value == name:
                    return value
    if any(isinstance(arg, ast.Starred) for arg in call.args):
        return True
    position = _POSITIONS.get(name)
    if made.kind == "client" and not made.from_url and position is not None and len(call.args) > position:
        return call.args[position]
    query = url_options(ctx, made)
    return True if name in query else None


def url_options(ctx, made: Construction) -> dict:
    """Answer the options in the query of the URL a construction is given, {} where the URL is not known."""
    if not made.from_url:
        return {}
    node = made.call.args[0] if made.call.args else next((k.value for k in made.call.keywords if k.arg == "url"), None)
    text = pattern(ctx.exprs.of(node), ctx.path, ctx.project) if node is not None else None
    if not text or "?" not in text:
        return {}
    from urllib.parse import parse_qs, urlsplit  # only here: it is slow to import

    try:
        return parse_qs(urlsplit(text).query)
    except ValueError:
        return {}


def library(made: Construction, ctx) -> str:
    """Answer the top-level package of a construction's class: redis, valkey or aioredis."""
    for base in ctx.types_engine.mro(made.cls, ctx.path):
        if base.partition(".")[0] in LIBRARIES and knowledge.is_class(base):
            return base.partition(".")[0]
    return made.cls.partition(".")[0]
