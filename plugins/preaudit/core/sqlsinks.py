"""Calls that take SQL: which they are, and whether a text begins as SQL does."""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy

_SINKS = frozenset({
    "execute", "executemany", "exec_driver_sql", "executescript", "from_statement", "fetch", "fetchrow", "fetchval", "fetch_all",
    "fetch_one", "fetch_val", "read_sql", "read_sql_query", "raw", "extra", "scalar", "scalars", "execute_async", "mogrify",
    "iterate", "exec", "fetchmany", "fetchall", "RawSQL",
})  # fmt: skip
_CERTAIN = frozenset({
    "sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "pandas.read_sql", "pandas.read_sql_query",
    "sqlmodel.text", "django.db.models.expressions.RawSQL", "flask_sqlalchemy.SQLAlchemy.text", "sqlalchemy.DDL",
})  # fmt: skip
_SPELLED = frozenset(name.rpartition(".")[2] for name in _CERTAIN)
_LIBRARIES = (
    "sqlalchemy.", "sqlite3.", "psycopg2.", "psycopg.", "asyncpg.", "pymysql.", "MySQLdb.", "mysql.", "aiosqlite.", "aiomysql.",
    "aiopg.", "django.db.", "duckdb.", "clickhouse_driver.", "clickhouse_connect.", "pyodbc.", "databases.", "sqlmodel.",
    "flask_sqlalchemy.", "pandas.", "cx_Oracle.", "oracledb.", "snowflake.",
)  # fmt: skip
_ARGUMENTS = ("statement", "sql", "query", "operation", "clause", "text", "command", "raw_query")
_SQL = lazy(
    r"\s*(?:\(?\s*SELECT\b|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|REPLACE\s+INTO\b|UPDATE\s+\S+|DELETE\s+FROM\b|WITH\s+(?:RECURSIVE\s+)?\S+\s+AS\b"
    r"|(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:\w+\s+)?(?:TABLE|INDEX|DATABASE|SCHEMA|VIEW|USER|ROLE|SEQUENCE|TYPE|EXTENSION|FUNCTION|TRIGGER)\b"
    r"|TRUNCATE\b|MERGE\s+INTO\b|GRANT\s|REVOKE\s|COPY\s|PRAGMA\s|REFRESH\s+MATERIALIZED|LOCK\s+TABLE|SET\s+\w+|ATTACH\s|VACUUM|ANALYZE\s)",
    re.I,
)


def sink(call: ast.Call, ctx) -> tuple | None:
    """Answer (name of the sink, its SQL argument, whether it certainly takes SQL), None if the call takes none."""
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name not in _SINKS and name not in _SPELLED:
        renamed = ctx.names.qualname(function).rpartition(".")[2] in _SPELLED
        if not renamed and not any(may_be_sql(value, ctx) for value in _given(call)):
            return None
    names = ctx.targets(call)
    certain = bool(names & _CERTAIN)
    if not certain and name not in _SINKS:
        return _helper(call, names, ctx)
    if not certain and names:
        # a method of something known: a database's, or of another kind
        if not any(n.startswith(_LIBRARIES) for n in names):
            if all(ctx.is_own(n) or not n.startswith("builtins.") and "." in n for n in names) and name in (
                "fetch",
                "raw",
                "exec",
                "extra",
            ):
                return None
            if not any(ctx.is_own(n) for n in names):
                return None
    argument = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg in _ARGUMENTS), None)
    if argument is None or isinstance(argument, ast.Starred):
        return None
    known = certain or bool(names) and any(n.startswith(_LIBRARIES) for n in names)
    return ast.unparse(function), argument, known


def _given(call):
    return (*call.args, *(keyword.value for keyword in call.keywords))


def _helper(call, names, ctx):
    """Answer what `sink` answers for a function of the project that hands a parameter to a database as SQL."""
    for target in sorted(names):
        record = ctx.types_engine.function_record(target, ctx.path)
        taken = record[2].get("shape", {}).get("sql") if record else None
        if not taken:
            continue
        params = [parameter[0] for parameter in record[2].get("params", ())]
        first = 1 if params[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute) else 0
        for name in taken:
            given = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
            index = params.index(name) - first if name in params else -1
            if given is None and 0 <= index < len(call.args):
                given = call.args[index]
            if given is not None and not isinstance(given, ast.Starred):
                return ast.unparse(call.func), given, False
    return None


def may_be_sql(node: ast.AST, ctx, depth: int = 0) -> bool:
    """Answer whether an expression is text that is put together and begins like SQL, as far as a glance tells."""
    if isinstance(node, ast.JoinedStr):
        return bool(node.values) and isinstance(node.values[0], ast.Constant) and looks_like_sql(node.values[0].value)
    if isinstance(node, ast.BinOp):
        left = node.left
        if isinstance(left, ast.Constant):
            return isinstance(left.value, str) and looks_like_sql(left.value)
        return may_be_sql(left, ctx, depth + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        base = node.func.value
        return isinstance(base, ast.Constant) and isinstance(base.value, str) and looks_like_sql(base.value)
    if isinstance(node, ast.Name) and depth < 2 and isinstance(node.ctx, ast.Load):
        scope, bindings = ctx.names.lookup(node, node.id)
        if scope is None or scope.outer is None:
            return False
        return any(one.kind == "assign" and may_be_sql(one.value, ctx, depth + 1) for one in bindings[:6])
    return False


def runs(function, ctx) -> str:
    """Answer the sink that the project hands the result of a function of this file to as SQL, '' if none is seen."""
    full = f"{ctx.names.module or '__file__'}.{ctx.scope_name(function)}"
    for path, callee, name in ctx.project.outside(f"sql:{function.name}"):
        if ctx.settings.is_test(path) or ctx.settings.is_migration(path):
            continue  # where SQL that is put together is silent as well
        if full in ctx.types_engine.callee_names(callee, path):
            return name
    return ""


def looks_like_sql(text: str) -> bool:
    """Answer whether a text begins as a statement of SQL does."""
    return bool(_SQL.match(text))
