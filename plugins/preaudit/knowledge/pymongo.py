"""PyMongo: MongoClient blocks, AsyncMongoClient does not; find() and aggregate() are read when iterated."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pymongo"

_COLLECTION = (
    "insert_one insert_many update_one update_many replace_one delete_one delete_many find_one find_one_and_update"
    " find_one_and_delete find_one_and_replace count_documents estimated_document_count distinct bulk_write create_index"
    " create_indexes drop_index drop_indexes drop index_information list_indexes rename watch"
)
_DATABASE = "command list_collection_names list_collections create_collection drop_collection validate_collection watch"
_CLIENT = "list_database_names list_databases drop_database server_info watch"
_CURSOR = "sort limit skip batch_size hint allow_disk_use max_time_ms collation comment"
_RESULTS = {
    "insert_one": "pymongo.results.InsertOneResult",
    "insert_many": "pymongo.results.InsertManyResult",
    **dict.fromkeys(("update_one", "update_many", "replace_one"), "pymongo.results.UpdateResult"),
    **dict.fromkeys(("delete_one", "delete_many"), "pymongo.results.DeleteResult"),
    "count_documents": "int",
    "distinct": "list",
}


def _with_results(effect: str) -> dict:
    return {**each(effect, _COLLECTION), **{name: f"{effect} -> {kind}" for name, kind in _RESULTS.items()}}


def _family(client: str, database: str, collection: str, cursor: str, command_cursor: str, session: str) -> dict:
    """Answer the classes of the sync family; the async one says the same with coroutines."""
    aio = client.startswith("pymongo.Async")
    effect = "async" if aio else "database"
    close = "async" if aio else "free"
    return {
        client: {
            "methods": {
                **each(effect, _CLIENT),
                "get_database": f"free -> {database}",
                "get_default_database": f"free -> {database}",
                "start_session": f"free -> {session}",
                "close": close,
            },
            "attrs": each("free", "address is_primary nodes options"),
            "item": database,
            "getattr": database,
        },
        database: {
            "methods": {
                **each(effect, _DATABASE),
                "aggregate": f"{effect} -> {command_cursor}",
                "get_collection": f"free -> {collection}",
                "with_options": "free -> self",
            },
            "attrs": {"client": f"free -> {client}", "name": "free -> str"},
            "item": collection,
            "getattr": collection,
        },
        collection: {
            "methods": {
                **_with_results(effect),
                "find": f"lazy -> {cursor}",
                "aggregate": f"{effect} -> {command_cursor}",
                "with_options": "free -> self",
            },
            "attrs": {"database": f"free -> {database}", **each("free -> str", "name full_name")},
            "item": collection,
            "getattr": collection,
        },
        cursor: {
            "methods": {
                **each("lazy -> self", _CURSOR),
                "to_list": f"{effect} -> list",
                **each(effect, "distinct explain next"),
                "close": close,
                "clone": "free",
            },
            **({} if aio else {"iter_effect": "database"}),
            "iter": "dict",
        },
        command_cursor: {
            "methods": {"to_list": f"{effect} -> list", "next": effect, "close": close},
            **({} if aio else {"iter_effect": "database"}),
            "iter": "dict",
        },
        session: {
            "methods": {
                **each(effect, "commit_transaction abort_transaction with_transaction"),
                "end_session": close,
            },
        },
    }


CLASSES = {
    **_family(
        "pymongo.MongoClient",
        "pymongo.database.Database",
        "pymongo.collection.Collection",
        "pymongo.cursor.Cursor",
        "pymongo.command_cursor.CommandCursor",
        "pymongo.client_session.ClientSession",
    ),
    **_family(
        "pymongo.AsyncMongoClient",
        "pymongo.asynchronous.database.AsyncDatabase",
        "pymongo.asynchronous.collection.AsyncCollection",
        "pymongo.asynchronous.cursor.AsyncCursor",
        "pymongo.asynchronous.command_cursor.AsyncCommandCursor",
        "pymongo.asynchronous.client_session.AsyncClientSession",
    ),
    "pymongo.results.InsertOneResult": {"attrs": each("free", "inserted_id acknowledged")},
    "pymongo.results.InsertManyResult": {"attrs": each("free", "inserted_ids acknowledged")},
    "pymongo.results.UpdateResult": {"attrs": each("free", "matched_count modified_count upserted_id")},
    "pymongo.results.DeleteResult": {"attrs": {"deleted_count": "free -> int"}},
    **dict.fromkeys(("pymongo.InsertOne", "pymongo.UpdateOne", "pymongo.ReplaceOne", "pymongo.DeleteOne"), {}),
}
CLASSES["pymongo.client_session.ClientSession"]["methods"]["start_transaction"] = "free"
CANONICAL = {
    "pymongo.mongo_client.MongoClient": "pymongo.MongoClient",
    "pymongo.synchronous.mongo_client.MongoClient": "pymongo.MongoClient",
    "pymongo.synchronous.database.Database": "pymongo.database.Database",
    "pymongo.synchronous.collection.Collection": "pymongo.collection.Collection",
    "pymongo.synchronous.cursor.Cursor": "pymongo.cursor.Cursor",
    "pymongo.asynchronous.mongo_client.AsyncMongoClient": "pymongo.AsyncMongoClient",
}
INSTEAD = {"pymongo.": "pymongo.AsyncMongoClient"}
TIMEOUTS = {"pymongo.MongoClient": ("serverSelectionTimeoutMS", None, 30)}
UNCHECKED = {
    "pymongo.MongoClient(serverSelectionTimeoutMS)": "an option in **kwargs; pymongo.common has 30 seconds",
}
