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
    names = ctx.targets(call)
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    certain = bool(names & _CERTAIN)
    if not certain and name not in _SINKS:
        return None
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


def looks_like_sql(text: str) -> bool:
    """Answer whether a text begins as a statement of SQL does."""
    return bool(_SQL.match(text))
