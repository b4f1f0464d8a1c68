"""psycopg 3: sync and async connections and cursors."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "psycopg"

CANONICAL = {
    "psycopg.connection.Connection": "psycopg.Connection",
    "psycopg.connection_async.AsyncConnection": "psycopg.AsyncConnection",
    "psycopg.cursor.Cursor": "psycopg.Cursor",
    "psycopg.cursor_async.AsyncCursor": "psycopg.AsyncCursor",
}
_STATE = each("free", "closed autocommit info row_factory isolation_level pgconn")
_CURSOR_STATE = each("free", "rowcount description statusmessage rownumber")
CLASSES = {
    "psycopg.Connection": {
        "methods": {
            "connect": "database -> self",
            "cursor": "free -> psycopg.Cursor",
            "execute": "database -> psycopg.Cursor",
            **each("database", "commit rollback notifies set_autocommit cancel_safe"),
            "transaction": "database -> contextmanager[psycopg.Transaction]",
            "pipeline": "free",
            "close": "free",
        },
        "attrs": _STATE,
    },
    "psycopg.AsyncConnection": {
        "methods": {
            "connect": "async -> self",
            "cursor": "free -> psycopg.AsyncCursor",
            "execute": "async -> psycopg.AsyncCursor",
            **each("async", "commit rollback close set_autocommit cancel_safe"),
            "transaction": "free -> asynccontextmanager[psycopg.AsyncTransaction]",
            **each("free", "pipeline notifies"),
        },
        "attrs": _STATE,
    },
    "psycopg.Cursor": {
        "methods": {
            **each("database -> self", "execute executemany"),
            "stream": "database",
            "copy": "database",
            # Fetched by execute() already: the cursor is a client side one.
            **each("free", "fetchone fetchmany close scroll nextset"),
            "fetchall": "free -> list",
        },
        "attrs": {"connection": "free -> psycopg.Connection", **_CURSOR_STATE},
    },
    "psycopg.AsyncCursor": {
        "methods": {
            "execute": "async -> self",
            **each("async", "executemany fetchone fetchmany close scroll"),
            "fetchall": "async -> list",
            **each("free", "stream copy"),
        },
        "attrs": {"connection": "free -> psycopg.AsyncConnection", **_CURSOR_STATE},
    },
    "psycopg.ServerCursor": {
        "bases": ("psycopg.Cursor",),
        "methods": {**each("database", "fetchone fetchmany scroll"), "fetchall": "database -> list"},
        "iter_effect": "database",
    },
    "psycopg.Transaction": {},
    "psycopg.AsyncTransaction": {},
}
FUNCTIONS = {"psycopg.connect": "database -> psycopg.Connection"}
INSTEAD = {"psycopg.": "psycopg.AsyncConnection", "psycopg.Cursor": "psycopg.AsyncCursor"}
TIMEOUTS = {
    "psycopg.connect": ("connect_timeout", None, 130),
    "psycopg.Connection.connect": ("connect_timeout", None, 130),
    "psycopg.AsyncConnection.connect": ("connect_timeout", None, 130),
}
UNCHECKED = {
    f"{name}(connect_timeout)": "a parameter of libpq in **kwargs; psycopg.conninfo has the default of 130 seconds"
    for name in TIMEOUTS
}
