"""databases: async access to a database by URL."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "databases"

CANONICAL = {"databases.core.Database": "databases.Database", "databases.core.DatabaseURL": "databases.DatabaseURL"}
_QUERY = {
    **each("async", "execute execute_many fetch_one fetch_val"),
    "fetch_all": "async -> list",
    "iterate": "free",
    "transaction": "free -> databases.core.Transaction",
}
CLASSES = {
    "databases.Database": {
        "methods": {**_QUERY, **each("async", "connect disconnect"), "connection": "free -> databases.core.Connection"},
        "attrs": {"is_connected": "free -> bool", "url": "free -> databases.DatabaseURL"},
    },
    "databases.core.Connection": {"methods": _QUERY},
    "databases.core.Transaction": {"methods": each("async", "start commit rollback"), "await": "self"},
    "databases.DatabaseURL": {"attrs": each("free", "scheme hostname port database username password")},
}
