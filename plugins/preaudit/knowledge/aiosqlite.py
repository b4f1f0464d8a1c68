"""aiosqlite: sqlite3 in a thread of its own."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiosqlite"

CANONICAL = {
    "aiosqlite.core.Connection": "aiosqlite.Connection",
    "aiosqlite.cursor.Cursor": "aiosqlite.Cursor",
    "aiosqlite.core.connect": "aiosqlite.connect",
}
_FETCH = each("async", "fetchone fetchall fetchmany close")
CLASSES = {
    "aiosqlite.Connection": {
        "methods": {
            **each("async -> aiosqlite.Cursor", "execute executemany executescript cursor"),
            **each("async", "execute_fetchall execute_insert commit rollback close backup create_function interrupt"),
            "iterdump": "free",
        },
        "attrs": each("free", "row_factory isolation_level total_changes in_transaction"),
        "await": "self",
    },
    "aiosqlite.Cursor": {
        "methods": {**each("async -> self", "execute executemany executescript"), **_FETCH},
        "attrs": each("free", "rowcount lastrowid description connection"),
    },
}
FUNCTIONS = {"aiosqlite.connect": "free -> aiosqlite.Connection"}
