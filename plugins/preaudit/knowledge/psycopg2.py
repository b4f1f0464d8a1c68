"""psycopg2: connecting, executing and transactions; fetching reads what execute() brought."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "psycopg2-binary"

CLASSES = {
    "psycopg2.extensions.connection": {
        "methods": {
            "cursor": "free -> psycopg2.extensions.cursor",
            **each("database", "commit rollback cancel reset poll tpc_begin tpc_commit tpc_prepare lobject"),
            **each("free", "close set_session set_isolation_level set_client_encoding fileno get_dsn_parameters"),
            **each("free", "get_backend_pid get_parameter_status get_transaction_status"),
        },
        "attrs": each("free", "closed autocommit notices notifies encoding dsn status isolation_level cursor_factory"),
    },
    "psycopg2.extensions.cursor": {
        "methods": {
            **each("database", "execute executemany callproc copy_from copy_to copy_expert"),
            # The client side cursor, which is the default, has fetched everything in execute().
            **each("free", "fetchone fetchmany fetchall close mogrify scroll setinputsizes nextset"),
        },
        "attrs": {
            "connection": "free -> psycopg2.extensions.connection",
            **each("free", "rowcount description query statusmessage name lastrowid arraysize"),
        },
    },
    "psycopg2.extras.DictCursor": {"bases": ("psycopg2.extensions.cursor",)},
    "psycopg2.extras.RealDictCursor": {"bases": ("psycopg2.extensions.cursor",)},
    "psycopg2.extras.NamedTupleCursor": {"bases": ("psycopg2.extensions.cursor",)},
    "psycopg2.pool.AbstractConnectionPool": {"init": "database", "attrs": each("free", "closed minconn maxconn")},
    "psycopg2.pool.SimpleConnectionPool": {
        "bases": ("psycopg2.pool.AbstractConnectionPool",),
        "init": "database",
        "methods": {
            "getconn": "database -> psycopg2.extensions.connection",
            **each("free", "putconn closeall"),
        },
    },
    "psycopg2.pool.ThreadedConnectionPool": {
        "bases": ("psycopg2.pool.AbstractConnectionPool",),
        "init": "database",
        "methods": {
            "getconn": "database -> psycopg2.extensions.connection",
            **each("free", "putconn closeall"),
        },
    },
}
FUNCTIONS = {
    "psycopg2.connect": "database -> psycopg2.extensions.connection",
    **each("database", "psycopg2.extras.execute_values psycopg2.extras.execute_batch"),
    "psycopg2.extras.register_uuid": "free",
}
CANONICAL = {
    "psycopg2._psycopg.connection": "psycopg2.extensions.connection",
    "psycopg2._psycopg.cursor": "psycopg2.extensions.cursor",
}
INSTEAD = {"psycopg2.": "psycopg.AsyncConnection", "psycopg2.pool.": "psycopg_pool.AsyncConnectionPool"}
TIMEOUTS = {"psycopg2.connect": ("connect_timeout", None, None)}
UNCHECKED = {"psycopg2.connect(connect_timeout)": "a parameter of libpq, handed on through **kwargs"}
