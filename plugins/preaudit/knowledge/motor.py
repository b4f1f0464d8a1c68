"""Motor: PyMongo's API, made of wrappers that run in threads and return futures."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "motor"

_M = "motor.motor_asyncio.AsyncIOMotor"
_WRAPPED = "a wrapper made by the class's factory; it returns a future"
CLASSES = {
    f"{_M}Client": {
        "methods": {
            **each("async", "list_database_names drop_database server_info start_session list_databases"),
            "get_database": f"free -> {_M}Database",
            "get_default_database": f"free -> {_M}Database",
            "close": "free",
        },
        "item": f"{_M}Database",
        "getattr": f"{_M}Database",
    },
    f"{_M}Database": {
        "methods": {
            **each("async", "command list_collection_names create_collection drop_collection"),
            "get_collection": f"free -> {_M}Collection",
            "aggregate": f"lazy -> {_M}CommandCursor",
        },
        "attrs": {"client": f"free -> {_M}Client", "name": "free -> str"},
        "item": f"{_M}Collection",
        "getattr": f"{_M}Collection",
    },
    f"{_M}Collection": {
        "methods": {
            **each(
                "async",
                "find_one update_one update_many replace_one delete_one delete_many"
                " find_one_and_update find_one_and_delete find_one_and_replace"
                " estimated_document_count bulk_write create_index create_indexes drop_index drop index_information",
            ),
            "insert_one": "async -> pymongo.results.InsertOneResult",
            "insert_many": "async -> pymongo.results.InsertManyResult",
            "count_documents": "async -> int",
            "distinct": "async -> list",
            "find": f"lazy -> {_M}Cursor",
            "aggregate": f"lazy -> {_M}CommandCursor",
        },
        "attrs": {"database": f"free -> {_M}Database", "name": "free -> str"},
        "item": f"{_M}Collection",
        "getattr": f"{_M}Collection",
    },
    f"{_M}Cursor": {
        "methods": {
            **each("lazy -> self", "sort limit skip batch_size hint"),
            "to_list": "async -> list",
            "distinct": "async",
            "close": "async",
        },
        "iter": "dict",
    },
    f"{_M}CommandCursor": {"methods": {"to_list": "async -> list", "close": "async"}, "iter": "dict"},
}
AWAITABLE = {
    f"{owner}.{name}": _WRAPPED
    for owner, entry in CLASSES.items()
    for name, spec in entry["methods"].items()
    if spec.startswith("async")
}
UNCHECKED = {
    f"{_M}Client.close": "a delegate made by the class's factory",
    **dict.fromkeys(
        (f"{_M}Client.get_database()", f"{_M}Client.get_default_database()", f"{_M}Database.get_collection()"),
        "annotated with PyMongo's class, wrapped in Motor's",
    ),
}
