"""psycopg_pool: connection() waits for a free connection."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "psycopg-pool"

CANONICAL = {
    "psycopg_pool.pool.ConnectionPool": "psycopg_pool.ConnectionPool",
    "psycopg_pool.pool_async.AsyncConnectionPool": "psycopg_pool.AsyncConnectionPool",
}
CLASSES = {
    "psycopg_pool.ConnectionPool": {
        # open=True, the default, connects in threads of the pool's own.
        "methods": {
            "connection": "database -> contextmanager[psycopg.Connection]",
            "getconn": "database -> psycopg.Connection",
            **each("database", "wait check"),
            **each("free", "putconn open close get_stats resize"),
        },
    },
    "psycopg_pool.AsyncConnectionPool": {
        "methods": {
            "connection": "free -> asynccontextmanager[psycopg.AsyncConnection]",
            "getconn": "async -> psycopg.AsyncConnection",
            **each("async", "wait check putconn open close resize"),
            "get_stats": "free",
        },
    },
}
INSTEAD = {"psycopg_pool.": "psycopg_pool.AsyncConnectionPool"}
TIMEOUTS = {
    "psycopg_pool.ConnectionPool": ("timeout", None, 30.0),
    "psycopg_pool.AsyncConnectionPool": ("timeout", None, 30.0),
}
