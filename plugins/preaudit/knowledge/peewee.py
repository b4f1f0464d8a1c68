"""peewee: queries are lazy until iterated or executed."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "peewee"

_BUILD = each(
    "lazy -> self",
    "where order_by limit offset join switch group_by having distinct alias namedtuples objects with_cte",
)
_BUILD["dicts"] = "lazy -> peewee.ModelSelect[dict]"
_BUILD["tuples"] = "lazy -> peewee.ModelSelect[tuple]"
_RUN = {
    **each("database -> elem", "get first get_or_none"),
    **each("database", "scalar peek execute"),
    "count": "database -> int",
    "exists": "database -> bool",
    "iterator": "database",
}
CLASSES = {
    "peewee.Model": {
        "methods": {
            "select": "lazy -> peewee.ModelSelect[self]",
            **each("lazy", "insert insert_many insert_from update delete replace replace_many raw alias"),
            **each("database -> self", "create get get_by_id get_or_none"),
            **each("database", "get_or_create set_by_id delete_by_id bulk_create bulk_update create_table drop_table"),
            **each("database", "table_exists truncate_table delete_instance save"),
            **each("free", "filter noop bind bind_ctx dependencies is_dirty"),
        },
    },
    "peewee.ModelSelect": {"methods": {**_BUILD, **_RUN}, "iter_effect": "database"},
    "peewee.Select": {"methods": {name: _BUILD[name] for name in ("where", "order_by", "limit", "join")}},
    "peewee.Database": {
        "methods": {
            **each("database", "connect execute_sql execute create_tables drop_tables get_tables table_exists"),
            **each("free", "close is_closed init bind connection_context cursor"),
            "atomic": "free",
            "transaction": "free",
            **each("database", "commit rollback begin"),
        },
    },
    "peewee.SqliteDatabase": {"bases": ("peewee.Database",)},
    "peewee.PostgresqlDatabase": {"bases": ("peewee.Database",)},
    "peewee.MySQLDatabase": {"bases": ("peewee.Database",)},
}
CLASSES["peewee.Model"]["methods"]["filter"] = "lazy -> peewee.ModelSelect[self]"
INSTEAD = {"peewee.": "asyncio.to_thread"}
UNCHECKED = {"peewee.Model.delete": "a descriptor that is another method on the class than on an instance"}
