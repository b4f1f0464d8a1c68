"""aiomysql: PyMySQL as coroutines."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiomysql"

CLASSES = {
    "aiomysql.Connection": {
        "methods": {
            **each("async", "commit rollback begin ping ensure_closed"),
            "close": "free",
            "cursor": "free -> aiomysql.utils._ContextManager",
        },
    },
    "aiomysql.Pool": {
        "methods": {
            "acquire": "free -> aiomysql.utils._PoolAcquireContextManager",
            "wait_closed": "async",
            "close": "free",
        },
    },
    "aiomysql.Cursor": {
        "methods": {
            **each("async", "execute executemany callproc close"),
            **each("async", "fetchone fetchall fetchmany"),
        },
        "attrs": each("free", "rowcount lastrowid description"),
    },
    "aiomysql.DictCursor": {"bases": ("aiomysql.Cursor",)},
    "aiomysql.utils._ContextManager": {"aenter": "aiomysql.Cursor", "await": "aiomysql.Cursor"},
    "aiomysql.utils._PoolAcquireContextManager": {"aenter": "aiomysql.Connection", "await": "aiomysql.Connection"},
}
FUNCTIONS = {
    "aiomysql.connect": "async -> aiomysql.Connection",
    "aiomysql.create_pool": "async -> aiomysql.Pool",
}
AWAITABLE = {
    "aiomysql.connect": "an object to await or to enter",
    "aiomysql.create_pool": "an object to await or to enter",
    **dict.fromkeys(
        (f"aiomysql.Cursor.{name}" for name in ("fetchone", "fetchall", "fetchmany")), "returns a future that is done"
    ),
}
