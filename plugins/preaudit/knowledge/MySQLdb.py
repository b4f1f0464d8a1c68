"""mysqlclient: connecting, executing and transactions."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "mysqlclient"

CLASSES = {
    "MySQLdb.connections.Connection": {
        "init": "database",
        "methods": {
            "cursor": "free -> MySQLdb.cursors.Cursor",
            **each("database", "commit rollback begin ping query select_db autocommit"),
            "close": "free",
        },
    },
    "MySQLdb.cursors.Cursor": {
        "methods": {
            **each("database", "execute executemany callproc"),
            **each("free", "fetchone fetchall fetchmany close"),
        },
        "attrs": each("free", "rowcount description lastrowid"),
    },
    "MySQLdb.cursors.DictCursor": {"bases": ("MySQLdb.cursors.Cursor",)},
}
FUNCTIONS = {"MySQLdb.connect": "database -> MySQLdb.connections.Connection"}
INSTEAD = {"MySQLdb.": "aiomysql.connect"}
TIMEOUTS = {"MySQLdb.connect": ("connect_timeout", None, None)}
UNCHECKED = {"MySQLdb.connect(connect_timeout)": "a parameter of the client library, handed on through **kwargs"}
