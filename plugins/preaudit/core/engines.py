"""Database engines and pools where they are constructed: what each connects to, and how long it lives."""

from __future__ import annotations

import ast

from preaudit.core import lifetimes
from preaudit.core.patterns import lazy
from preaudit.core.reaching import reaching
from preaudit.core.redis_clients import Construction
from preaudit.core.sessions import MAKERS
from preaudit.core.tree import FUNCTIONS, def_of, dotted, enclosing, function_of, inside
from preaudit.core.values import UNKNOWN, alternatives, pattern

ENGINES = frozenset({
    "sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "sqlmodel.create_engine",
    "sqlalchemy.engine.create_engine",
})  # fmt: skip
POOLS = frozenset({
    "psycopg2.pool.SimpleConnectionPool", "psycopg2.pool.ThreadedConnectionPool", "psycopg2.pool.AbstractConnectionPool",
    "psycopg_pool.ConnectionPool", "psycopg_pool.AsyncConnectionPool", "asyncpg.create_pool", "aiopg.create_pool",
    "aiomysql.create_pool", "asyncpg.pool.create_pool", "mysql.connector.pooling.MySQLConnectionPool",
})  # fmt: skip
_DIALECT = lazy(r"([a-z0-9]+)(?:\+[a-z0-9_]+)?:")
_NO_POOL = ("NullPool", "StaticPool", "SingletonThreadPool")


_SPELLED = frozenset(name.rpartition(".")[2] for name in (*ENGINES, *MAKERS, *POOLS))


def may_construct(spelled: str) -> bool:
    """Answer whether a call so spelled (as for `Context.calls`) can have a `kind`: a plain name may be an alias."""
    return spelled[:1] != "." or spelled[1:] in _SPELLED


def kind(call: ast.Call, ctx) -> str:
    """Answer what a call constructs: "engine", "sessionmaker" or "pool"; '' for anything else."""
    function = call.func
    spelled = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if spelled not in _SPELLED and (
        not isinstance(function, ast.Name) or ctx.names.qualname(function).rpartition(".")[2] not in _SPELLED
    ):
        return ""
    names = ctx.targets(call) or {ctx.qualname(call.func)}
    if names & ENGINES:
        return "engine"
    if names & set(MAKERS):
        return "sessionmaker"
    return "pool" if names & POOLS else ""


def given(call: ast.Call, name: str, ctx):
    """Answer the node given for a keyword, through `**{...}` of literals; True where unknown keywords may hold it, else None."""
    found = None
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
        if keyword.arg is None:
            found = found or _in_mapping(keyword.value, name, ctx)
    return found


def _in_mapping(node, name, ctx):
    if isinstance(node, ast.IfExp):
        return _in_mapping(node.body, name, ctx) or _in_mapping(node.orelse, name, ctx)
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if key is None:
                found = _in_mapping(value, name, ctx)
                if found is not None:
                    return found
            elif not isinstance(key, ast.Constant):
                return True
            elif key.value == name:
                return value
        return None
    if isinstance(node, ast.Name):
        scope, bindings = ctx.names.lookup(node, node.id)
        values = [
            b.value.value if b.kind == "annotated" else b.value for b in bindings if b.kind in ("assign", "annotated")
        ]
        if (
            scope is not None
            and values
            and len(values) == len(bindings)
            and all(isinstance(v, ast.Dict) for v in values)
        ):
            for value in values:
                found = _in_mapping(value, name, ctx)
                if found is not None:
                    return found
            # entries that are added later: `options["pool_pre_ping"] = True`, `options.update(...)`
            for other in ctx.nodes(ast.Subscript, ast.Call):
                base = other.value if isinstance(other, ast.Subscript) else other.func
                if dotted(base) == node.id and isinstance(
                    other.slice if isinstance(other, ast.Subscript) else None, ast.Constant
                ):
                    if other.slice.value == name:
                        return True
                if dotted(base) in (f"{node.id}.update", f"{node.id}.setdefault"):
                    return True
            return None
    known = alternatives(ctx.exprs.of(node), ctx.path, ctx.project)
    if known and all(isinstance(value, dict) for value in known):
        return True if any(name in value for value in known) else None
    return True


def url(call: ast.Call):
    """Answer the node of the URL that an engine is made for, None if there is none."""
    return call.args[0] if call.args else next((k.value for k in call.keywords if k.arg in ("url", "dsn")), None)


def dialects(call: ast.Call, ctx) -> set:
    """Answer the dialects (postgresql, sqlite, mysql ...) an engine may be for, as far as its URL tells; empty if it does not."""
    node = url(call)
    found: set = set()
    if node is None:
        return found
    expr = ctx.exprs.of(node)
    for value in [*alternatives(expr, ctx.path, ctx.project), pattern(expr, ctx.path, ctx.project)]:
        hit = _DIALECT.match(value) if isinstance(value, str) else None
        if hit:
            found.add(hit[1])
    for part in _texts(node, ctx):
        hit = _DIALECT.match(part)
        if hit:
            found.add(hit[1])
    return found


def _texts(node, ctx, depth=0):
    """Give the texts that a URL expression begins with: literals, defaults of environment reads, local variables."""
    if depth > 4 or node is None:
        return
    for part in inside(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ast.Name):
            scope, bindings = ctx.names.lookup(part, part.id)
            if scope is not None and len(bindings) > 1:
                bindings = reaching(bindings, part, scope)
            for binding in bindings[:6]:
                if binding.kind == "assign":
                    yield from _texts(binding.value, ctx, depth + 1)


def is_server(call: ast.Call, ctx) -> bool:
    """Answer whether an engine may be for a database server: its URL says so, or nothing says SQLite."""
    known = dialects(call, ctx)
    if known:
        return bool(known - {"sqlite"}) or UNKNOWN in known
    node, owner = url(call), enclosing(call, ast.ClassDef)
    if node is None or owner is not None and "sqlite" in owner.name.lower():
        return False
    return "sqlite" not in ast.unparse(node).lower()


def has_no_pool(call: ast.Call, ctx) -> bool:
    """Answer whether an engine keeps no connections: `poolclass=NullPool` and the like, or unknown keywords that may say so."""
    node = given(call, "poolclass", ctx)
    if node is None:
        return False
    return node is True or dotted(node).rpartition(".")[2] in _NO_POOL or not dotted(node)


def lifetime(call: ast.Call, ctx) -> str:
    """Answer what makes an engine anew each time and leaves it open: "request", "task", "call"; '' if nothing does."""
    often = ctx.per_call(call)
    function = def_of(call)
    if not often or not isinstance(function, FUNCTIONS):
        return ""
    if is_disposed(call, function) or lifetimes.kept(ctx, call) or lifetimes.is_cached(function):
        return ""
    if lifetimes.in_one_shot_script(ctx, call) or lifetimes.loops_for_ever(call):
        return ""
    if often != "call":
        return often
    if lifetimes.runs_once(ctx, function):
        return ""
    if _is_given_back(call, function) or migrates(call, ctx):
        return ""  # a factory: whoever calls it decides how often
    if any(function_of(node) is function for node in ctx.nodes(ast.Yield)):
        return "" if lifetimes.made_once(ctx, function) else often
    return "" if lifetimes.called_once(ctx, function) else often


def _is_given_back(call, function) -> bool:
    """Answer whether a function returns what it made: the engine itself, not what it gets from it."""
    parent = call.parent_
    while isinstance(parent, (ast.Await, ast.IfExp, ast.BoolOp, ast.Tuple)):
        parent = parent.parent_
    if isinstance(parent, ast.Return):
        return True
    names = {dotted(t) for t in parent.targets} if isinstance(parent, ast.Assign) else set()
    for statement in inside(function):
        if isinstance(statement, ast.Return) and statement.value is not None:
            values = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
            if any(dotted(value) in names for value in values):
                return True
    return False


def migrates(call: ast.Call, ctx) -> bool:
    """Answer whether the function that makes an engine has to do with Alembic: it runs once per release."""
    function = function_of(call)
    if not isinstance(function, FUNCTIONS) or "alembic" not in ctx.names.imports():
        return False
    return "alembic" in "".join(ctx.lines[function.lineno - 1 : function.end_lineno]).lower()


def is_lent(call: ast.Call, ctx) -> bool:
    """Answer whether a function returns the engine to callers that do not all keep it, or are not known."""
    function = function_of(call)
    if not isinstance(function, FUNCTIONS) or not _is_given_back(call, function) or lifetimes.is_cached(function):
        return False
    return not lifetimes.made_once(ctx, function)


def is_used_up(call: ast.Call, ctx) -> bool:
    """Answer whether an engine ends with the function that makes it: each connection of it is fresh."""
    return bool(lifetimes.local_names(call)) and not lifetimes.outlives(
        ctx, Construction(call, "", "engine", "", False)
    )


def is_fallback(call: ast.Call) -> bool:
    """Answer whether an engine is made where the pool's arguments were refused, as SQLite's pool does with TypeError."""
    handler = enclosing(call, ast.ExceptHandler)
    return handler is not None and handler.type is not None and dotted(handler.type) == "TypeError"


def is_disposed(call: ast.Call, function) -> bool:
    """Answer whether a function closes the engine it makes, by its name or with a `with`."""
    node, parent = call, call.parent_
    while isinstance(parent, (ast.Await, ast.Call)) and getattr(parent, "func", None) is not node:
        node, parent = parent, parent.parent_
    if isinstance(parent, ast.withitem):
        return True
    for node in inside(function):
        if isinstance(node, ast.Attribute) and node.attr in (
            "dispose",
            "close",
            "closeall",
            "terminate",
            "wait_closed",
        ):
            if isinstance(parent, ast.Assign) and dotted(node.value) == dotted(parent.targets[0]):
                return True
    return False
