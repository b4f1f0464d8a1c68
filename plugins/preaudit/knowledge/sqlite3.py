"""sqlite3: every statement reads or writes the database file."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

_EXECUTE = each("database -> sqlite3.Cursor", "execute executemany executescript")
CLASSES = {
    "sqlite3.Connection": {
        "methods": {
            **_EXECUTE,
            **each("database", "commit rollback backup iterdump"),
            "cursor": "free -> sqlite3.Cursor",
            **each("free", "close create_function create_aggregate set_trace_callback interrupt set_authorizer"),
            **each("free", "create_collation set_progress_handler"),
        },
        "attrs": each("free", "row_factory text_factory isolation_level total_changes in_transaction"),
    },
    "sqlite3.Cursor": {
        "methods": {
            **_EXECUTE,
            "fetchone": "database",
            **each("database -> list", "fetchall fetchmany"),
            "close": "free",
        },
        "attrs": {
            "connection": "free -> sqlite3.Connection",
            **each("free", "rowcount lastrowid description arraysize row_factory"),
        },
        "iter_effect": "database",
    },
    "sqlite3.Row": {"methods": {"keys": "free -> list"}},
}
FUNCTIONS = {"sqlite3.connect": "database -> sqlite3.Connection"}
INSTEAD = {"sqlite3.": "aiosqlite.connect"}
TIMEOUTS = {"sqlite3.connect": ("timeout", 1, 5.0)}
UNCHECKED = {
    "sqlite3.connect(timeout)": "the C function has no signature to read in Python 3.11; five seconds is documented"
}
