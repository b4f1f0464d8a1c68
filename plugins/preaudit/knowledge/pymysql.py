"""PyMySQL: connecting, executing and transactions; fetching reads what execute() brought."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "PyMySQL"

CANONICAL = {
    "pymysql.connect": "pymysql.connections.Connection",
    "pymysql.Connect": "pymysql.connections.Connection",
    "pymysql.Connection": "pymysql.connections.Connection",
}
CLASSES = {
    "pymysql.connections.Connection": {
        "init": "database",
        "methods": {
            "cursor": "free -> pymysql.cursors.Cursor",
            **each("database", "commit rollback begin ping query connect select_db autocommit kill"),
            **each("free", "close escape literal get_autocommit"),
        },
        "attrs": each("free", "open host port user db autocommit_mode"),
    },
    "pymysql.cursors.Cursor": {
        "methods": {
            **each("database -> int", "execute"),
            **each("database", "executemany callproc"),
            **each("free", "fetchone fetchall fetchmany close mogrify scroll nextset"),
        },
        "attrs": each("free", "rowcount description lastrowid rownumber connection"),
    },
    "pymysql.cursors.DictCursor": {"bases": ("pymysql.cursors.Cursor",)},
    "pymysql.cursors.SSCursor": {
        "bases": ("pymysql.cursors.Cursor",),
        "methods": each("database", "fetchone fetchall fetchmany"),
        "iter_effect": "database",
    },
    "pymysql.cursors.SSDictCursor": {"bases": ("pymysql.cursors.SSCursor",)},
}
INSTEAD = {"pymysql.": "aiomysql.connect"}
TIMEOUTS = {"pymysql.connections.Connection": ("connect_timeout", None, 10)}
