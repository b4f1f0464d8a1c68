"""asyncpg: everything that talks to the server is a coroutine."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "asyncpg"

CANONICAL = {
    "asyncpg.connection.connect": "asyncpg.connect",
    "asyncpg.connection.Connection": "asyncpg.Connection",
    "asyncpg.Pool": "asyncpg.pool.Pool",
    "asyncpg.pool.create_pool": "asyncpg.create_pool",
}
_QUERY = {
    "execute": "async -> str",
    **each("async", "executemany fetchval copy_to_table copy_from_table copy_records_to_table copy_from_query"),
    "fetch": "async -> list[asyncpg.Record]",
    "fetchrow": "async -> asyncpg.Record",
}
CLASSES = {
    "asyncpg.Connection": {
        "methods": {
            **_QUERY,
            **each("async", "close reset set_type_codec add_listener remove_listener reload_schema_state"),
            "prepare": "async",
            "transaction": "free -> asyncpg.transaction.Transaction",
            **each("free", "is_closed is_in_transaction terminate get_server_version get_server_pid cursor"),
        },
    },
    "asyncpg.pool.Pool": {
        "methods": {
            **_QUERY,
            "acquire": "free -> asyncpg.pool.PoolAcquireContext",
            **each("async", "release close expire_connections"),
            **each("free", "terminate get_size get_idle_size get_max_size get_min_size is_closing"),
        },
        "await": "self",
    },
    "asyncpg.pool.PoolAcquireContext": {"aenter": "asyncpg.Connection", "await": "asyncpg.Connection"},
    "asyncpg.transaction.Transaction": {"methods": each("async", "start commit rollback")},
    "asyncpg.Record": {"methods": each("free", "get items keys values")},
}
FUNCTIONS = {"asyncpg.connect": "async -> asyncpg.Connection", "asyncpg.create_pool": "free -> asyncpg.pool.Pool"}
TIMEOUTS = {"asyncpg.connect": ("timeout", None, 60)}
