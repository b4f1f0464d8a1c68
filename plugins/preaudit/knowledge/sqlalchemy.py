"""SQLAlchemy: Core, ORM and asyncio.

A result's own methods are free: the round trip was execute(), and an AsyncSession hands out the same
objects. Closing is free by the format's convention, though it may roll back.
"""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "SQLAlchemy"

_ORM = "sqlalchemy.orm."
_AIO = "sqlalchemy.ext.asyncio."

CANONICAL = {
    "sqlalchemy.orm.session.Session": "sqlalchemy.orm.Session",
    "sqlalchemy.orm.session.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "sqlalchemy.orm.session.SessionTransaction": "sqlalchemy.orm.SessionTransaction",
    "sqlalchemy.orm.scoping.scoped_session": "sqlalchemy.orm.scoped_session",
    "sqlalchemy.orm.query.Query": "sqlalchemy.orm.Query",
    "sqlalchemy.Engine": "sqlalchemy.engine.Engine",
    "sqlalchemy.engine.base.Engine": "sqlalchemy.engine.Engine",
    "sqlalchemy.Connection": "sqlalchemy.engine.Connection",
    "sqlalchemy.engine.base.Connection": "sqlalchemy.engine.Connection",
    "sqlalchemy.Transaction": "sqlalchemy.engine.Transaction",
    "sqlalchemy.engine.base.Transaction": "sqlalchemy.engine.Transaction",
    "sqlalchemy.RootTransaction": "sqlalchemy.engine.RootTransaction",
    "sqlalchemy.NestedTransaction": "sqlalchemy.engine.NestedTransaction",
    "sqlalchemy.Result": "sqlalchemy.engine.Result",
    "sqlalchemy.engine.result.Result": "sqlalchemy.engine.Result",
    "sqlalchemy.CursorResult": "sqlalchemy.engine.CursorResult",
    "sqlalchemy.engine.cursor.CursorResult": "sqlalchemy.engine.CursorResult",
    "sqlalchemy.ScalarResult": "sqlalchemy.engine.ScalarResult",
    "sqlalchemy.engine.result.ScalarResult": "sqlalchemy.engine.ScalarResult",
    "sqlalchemy.MappingResult": "sqlalchemy.engine.MappingResult",
    "sqlalchemy.Row": "sqlalchemy.engine.Row",
    "sqlalchemy.Inspector": "sqlalchemy.engine.reflection.Inspector",
    "sqlalchemy.engine.Inspector": "sqlalchemy.engine.reflection.Inspector",
    "sqlalchemy.schema.MetaData": "sqlalchemy.MetaData",
    "sqlalchemy.sql.schema.MetaData": "sqlalchemy.MetaData",
    "sqlalchemy.schema.Table": "sqlalchemy.Table",
    "sqlalchemy.sql.schema.Table": "sqlalchemy.Table",
    "sqlalchemy.schema.Column": "sqlalchemy.Column",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.engine.create.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.sql.text": "sqlalchemy.text",
    "sqlalchemy.sql.expression.text": "sqlalchemy.text",
    "sqlalchemy.sql.expression.select": "sqlalchemy.select",
    "sqlalchemy.sql.select": "sqlalchemy.select",
    "sqlalchemy.future.select": "sqlalchemy.select",
    "sqlalchemy.sql.expression.insert": "sqlalchemy.insert",
    "sqlalchemy.sql.expression.update": "sqlalchemy.update",
    "sqlalchemy.sql.expression.delete": "sqlalchemy.delete",
    "sqlalchemy.ext.asyncio.session.AsyncSession": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.session.async_sessionmaker": "sqlalchemy.ext.asyncio.async_sessionmaker",
    "sqlalchemy.ext.asyncio.engine.AsyncEngine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.engine.AsyncConnection": "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.ext.asyncio.engine.create_async_engine": "sqlalchemy.ext.asyncio.create_async_engine",
}

_STATE = each("free", "add add_all expire expire_all expunge expunge_all is_modified close reset get_bind")
_SESSION = {
    **_STATE,
    "begin": "free -> sqlalchemy.orm.SessionTransaction",
    "begin_nested": "database -> sqlalchemy.orm.SessionTransaction",
    "commit": "database",
    "rollback": "database",
    "flush": "database",
    "refresh": "database",
    "delete": "database",  # loads what it cascades to; AsyncSession awaits it for that reason
    "merge": "database -> @0",
    "get": "database -> @0",
    "get_one": "database -> @0",
    "execute": "database -> sqlalchemy.engine.Result",
    "scalar": "database",
    "scalars": "database -> sqlalchemy.engine.ScalarResult",
    "connection": "database -> sqlalchemy.engine.Connection",
    "query": "lazy -> sqlalchemy.orm.Query[@0]",
    **each("database", "bulk_save_objects bulk_insert_mappings bulk_update_mappings"),
}
_SESSION_ATTRS = each("free", "new dirty deleted identity_map is_active info no_autoflush autoflush bind")
_ASYNC_SESSION = {
    **_STATE,
    "close": "async",
    "reset": "async",
    "aclose": "async",
    "begin": "free -> sqlalchemy.ext.asyncio.AsyncSessionTransaction",
    "begin_nested": "free -> sqlalchemy.ext.asyncio.AsyncSessionTransaction",
    **each("async", "commit rollback flush refresh delete scalar invalidate"),
    "merge": "async -> @0",
    "get": "async -> @0",
    "get_one": "async -> @0",
    "execute": "async -> sqlalchemy.engine.Result",
    "scalars": "async -> sqlalchemy.engine.ScalarResult",
    "stream": "async -> sqlalchemy.ext.asyncio.AsyncResult",
    "stream_scalars": "async -> sqlalchemy.ext.asyncio.AsyncScalarResult",
    "connection": "async -> sqlalchemy.ext.asyncio.AsyncConnection",
    "close_all": "async",
}
_RESULT = {
    **each("free", "first one one_or_none fetchone close"),
    **each("free -> list", "all fetchall fetchmany"),
    **each("free -> self", "unique yield_per columns"),
    "partitions": "free",
}
_TRANSACTION = each("database", "commit rollback")

CLASSES = {
    "sqlalchemy.orm.Session": {
        "methods": {
            **_SESSION,
            **each("free", "in_transaction in_nested_transaction get_transaction get_nested_transaction invalidate"),
            **each("free", "bind_mapper bind_table enable_relationship_loading object_session identity_key"),
            "prepare": "database",
        },
        "attrs": _SESSION_ATTRS,
    },
    "sqlalchemy.orm.SessionTransaction": {
        "methods": {**_TRANSACTION, "prepare": "database", "close": "free"},
        "attrs": {"session": "free -> sqlalchemy.orm.Session"},
    },
    "sqlalchemy.orm.sessionmaker": {
        "methods": {
            "begin": "free -> contextmanager[sqlalchemy.orm.Session]",
            **each("free", "configure object_session identity_key"),
        },
        "call": "free -> sqlalchemy.orm.Session",
    },
    "sqlalchemy.orm.scoped_session": {
        "methods": {**_SESSION, **each("free", "remove configure query_property object_session")},
        "attrs": _SESSION_ATTRS,
        "call": "free -> sqlalchemy.orm.Session",
    },
    "sqlalchemy.orm.Query": {
        "methods": {
            **each(
                "lazy -> self",
                "filter filter_by where order_by group_by having join outerjoin options limit offset distinct slice"
                " select_from with_entities with_for_update populate_existing yield_per execution_options params"
                " add_columns add_column add_entity union union_all intersect intersect_all except_ except_all"
                " correlate autoflush enable_eagerloads enable_assertions prefix_with suffix_with with_session"
                " with_hint with_statement_hint with_parent from_statement reset_joinpoint with_labels apply_labels"
                " tuples only_return_tuples with_transformation set_label_style",
            ),
            **each("lazy", "subquery scalar_subquery as_scalar cte exists label"),
            **each("database -> elem", "first one one_or_none get"),
            **each("database", "scalar value values"),
            "all": "database -> list[elem]",
            "count": "database -> int",
            **each("database -> int", "delete update"),
        },
        "attrs": {
            "session": "free -> sqlalchemy.orm.Session",
            **each("free", "statement selectable whereclause column_descriptions"),
        },
        "iter_effect": "database",
    },
    "sqlalchemy.orm.DeclarativeBase": {"attrs": {"metadata": "free -> sqlalchemy.MetaData", "registry": "free"}},
    "sqlalchemy.orm.MappedAsDataclass": {},
    "sqlalchemy.orm.Mapped": {},
    "sqlalchemy.engine.Engine": {
        "methods": {
            "connect": "database -> sqlalchemy.engine.Connection",
            "begin": "database -> contextmanager[sqlalchemy.engine.Connection]",
            "raw_connection": "database -> sqlalchemy.pool.PoolProxiedConnection",
            "execution_options": "free -> sqlalchemy.engine.Engine",
            "dispose": "free",
            **each("free", "clear_compiled_cache update_execution_options get_execution_options"),
        },
        "attrs": {**each("free", "url pool dialect echo"), "name": "free -> str", "driver": "free -> str"},
    },
    "sqlalchemy.engine.Connection": {
        "methods": {
            "execute": "database -> sqlalchemy.engine.CursorResult",
            "exec_driver_sql": "database -> sqlalchemy.engine.CursorResult",
            "scalar": "database",
            "scalars": "database -> sqlalchemy.engine.ScalarResult",
            "begin": "free -> sqlalchemy.engine.RootTransaction",
            "begin_nested": "database -> sqlalchemy.engine.NestedTransaction",
            "begin_twophase": "database",
            **_TRANSACTION,
            "execution_options": "free -> self",
            **each("free", "close detach invalidate in_transaction in_nested_transaction get_transaction"),
        },
        "attrs": {
            "engine": "free -> sqlalchemy.engine.Engine",
            "connection": "database -> sqlalchemy.pool.PoolProxiedConnection",
            **each("free", "closed invalidated info dialect"),
        },
    },
    "sqlalchemy.engine.Transaction": {
        "methods": {**_TRANSACTION, "close": "free"},
        "attrs": {"connection": "free -> sqlalchemy.engine.Connection", "is_active": "free -> bool"},
    },
    "sqlalchemy.engine.RootTransaction": {"bases": ("sqlalchemy.engine.Transaction",)},
    "sqlalchemy.engine.NestedTransaction": {"bases": ("sqlalchemy.engine.Transaction",)},
    "sqlalchemy.engine.Result": {
        "methods": {
            **_RESULT,
            **each("free", "scalar scalar_one scalar_one_or_none keys freeze merge"),
            "scalars": "free -> sqlalchemy.engine.ScalarResult",
            "mappings": "free -> sqlalchemy.engine.MappingResult",
            "tuples": "free",
            "fetchone": "free -> sqlalchemy.engine.Row",
            "one": "free -> sqlalchemy.engine.Row",
            "one_or_none": "free -> sqlalchemy.engine.Row",
            "first": "free -> sqlalchemy.engine.Row",
        },
        "attrs": {"closed": "free -> bool"},
        "iter": "sqlalchemy.engine.Row",
    },
    "sqlalchemy.engine.CursorResult": {
        "bases": ("sqlalchemy.engine.Result",),
        "attrs": {
            "rowcount": "free -> int",
            **each("free", "lastrowid inserted_primary_key returns_rows is_insert context cursor"),
        },
    },
    "sqlalchemy.engine.ScalarResult": {
        "methods": {name: spec for name, spec in _RESULT.items() if name not in ("columns", "fetchone")},
    },
    "sqlalchemy.engine.MappingResult": {"methods": {**_RESULT, "keys": "free"}},
    "sqlalchemy.engine.Row": {"attrs": {"count": "free", "index": "free"}},
    "sqlalchemy.engine.reflection.Inspector": {
        "default": "database",
        "methods": {
            **each(
                "database -> list",
                "get_table_names get_columns get_foreign_keys get_indexes get_schema_names"
                " get_unique_constraints get_view_names",
            ),
            "has_table": "database -> bool",
        },
        "attrs": each("free", "engine bind dialect default_schema_name"),
    },
    "sqlalchemy.pool.PoolProxiedConnection": {
        "methods": {**each("database", "commit rollback"), **each("free", "close cursor detach invalidate")},
    },
    "sqlalchemy.MetaData": {
        "methods": {
            **each("database", "create_all drop_all reflect"),
            "clear": "free",
            "remove": "free",
        },
        "attrs": {"tables": "free", "sorted_tables": "free -> list"},
    },
    "sqlalchemy.Table": {
        "methods": {
            **each("database", "create drop"),
            **each("lazy", "select insert update delete join alias outerjoin"),
        },
        "attrs": each("free", "c columns name metadata primary_key schema indexes"),
    },
    "sqlalchemy.Column": {},
    "sqlalchemy.ext.asyncio.AsyncSession": {
        "methods": {
            **_ASYNC_SESSION,
            "run_sync": "async",
            **each("free", "in_transaction in_nested_transaction get_transaction object_session identity_key"),
        },
        "attrs": {
            **_SESSION_ATTRS,
            "sync_session": "free -> sqlalchemy.orm.Session",
        },
    },
    "sqlalchemy.ext.asyncio.AsyncSessionTransaction": {
        "methods": each("async", "commit rollback start"),
        "attrs": {"session": "free -> sqlalchemy.ext.asyncio.AsyncSession"},
        "await": "self",
    },
    "sqlalchemy.ext.asyncio.async_sessionmaker": {
        "methods": {
            "begin": "free -> asynccontextmanager[sqlalchemy.ext.asyncio.AsyncSession]",
            "configure": "free",
        },
        "call": "free -> sqlalchemy.ext.asyncio.AsyncSession",
    },
    "sqlalchemy.ext.asyncio.async_scoped_session": {
        "methods": {**_ASYNC_SESSION, "remove": "async", "configure": "free"},
        "attrs": _SESSION_ATTRS,
        "call": "free -> sqlalchemy.ext.asyncio.AsyncSession",
    },
    "sqlalchemy.ext.asyncio.AsyncEngine": {
        "methods": {
            "connect": "free -> sqlalchemy.ext.asyncio.AsyncConnection",
            "begin": "free -> asynccontextmanager[sqlalchemy.ext.asyncio.AsyncConnection]",
            "dispose": "async",
            "raw_connection": "async -> sqlalchemy.pool.PoolProxiedConnection",
            "execution_options": "free -> self",
        },
        "attrs": {
            **each("free", "url pool dialect echo name driver"),
            "sync_engine": "free -> sqlalchemy.engine.Engine",
        },
    },
    "sqlalchemy.ext.asyncio.AsyncConnection": {
        "methods": {
            "execute": "async -> sqlalchemy.engine.CursorResult",
            "exec_driver_sql": "async -> sqlalchemy.engine.CursorResult",
            "scalar": "async",
            "scalars": "async -> sqlalchemy.engine.ScalarResult",
            "stream": "async -> sqlalchemy.ext.asyncio.AsyncResult",
            "stream_scalars": "async -> sqlalchemy.ext.asyncio.AsyncScalarResult",
            "run_sync": "async",
            "begin": "free -> sqlalchemy.ext.asyncio.AsyncTransaction",
            "begin_nested": "free -> sqlalchemy.ext.asyncio.AsyncTransaction",
            **each("async", "commit rollback close aclose invalidate get_raw_connection"),
            "start": "async -> self",
            "execution_options": "async -> self",
            **each("free", "in_transaction in_nested_transaction get_transaction"),
        },
        "attrs": {
            "engine": "free -> sqlalchemy.ext.asyncio.AsyncEngine",
            "sync_connection": "free -> sqlalchemy.engine.Connection",
            **each("free", "closed info dialect"),
        },
        "await": "self",
    },
    "sqlalchemy.ext.asyncio.AsyncTransaction": {
        "methods": each("async", "commit rollback close start"),
        "await": "self",
    },
    "sqlalchemy.ext.asyncio.AsyncResult": {
        "methods": {
            **each("async", "first one one_or_none fetchone scalar scalar_one scalar_one_or_none close"),
            **each("async -> list", "all fetchall fetchmany"),
            "scalars": "free -> sqlalchemy.ext.asyncio.AsyncScalarResult",
            "mappings": "free -> sqlalchemy.ext.asyncio.AsyncMappingResult",
            **each("free -> self", "unique yield_per columns"),
            "partitions": "free",
        },
        "iter": "sqlalchemy.engine.Row",
    },
    "sqlalchemy.ext.asyncio.AsyncScalarResult": {
        "methods": {
            **each("async", "first one one_or_none close"),
            **each("async -> list", "all fetchall fetchmany"),
            "unique": "free -> self",
            "partitions": "free",
        },
    },
    "sqlalchemy.ext.asyncio.AsyncMappingResult": {
        "methods": {
            **each("async", "first one one_or_none fetchone close"),
            **each("async -> list", "all fetchall fetchmany"),
            "unique": "free -> self",
        },
    },
    "sqlalchemy.ext.asyncio.AsyncAttrs": {"attrs": {"awaitable_attrs": "free"}},
}
FUNCTIONS = {
    "sqlalchemy.create_engine": "free -> sqlalchemy.engine.Engine",
    "sqlalchemy.engine_from_config": "free -> sqlalchemy.engine.Engine",
    "sqlalchemy.inspect": "unknown",
    **each(
        "lazy",
        "sqlalchemy.select sqlalchemy.insert sqlalchemy.update sqlalchemy.delete sqlalchemy.text sqlalchemy.func"
        " sqlalchemy.and_ sqlalchemy.or_ sqlalchemy.not_ sqlalchemy.case sqlalchemy.cast sqlalchemy.exists"
        " sqlalchemy.desc sqlalchemy.asc sqlalchemy.literal sqlalchemy.union sqlalchemy.union_all"
        " sqlalchemy.distinct sqlalchemy.column sqlalchemy.table sqlalchemy.bindparam",
    ),
    **each(
        "free",
        "sqlalchemy.orm.declarative_base sqlalchemy.ext.declarative.declarative_base sqlalchemy.orm.relationship"
        " sqlalchemy.orm.mapped_column sqlalchemy.orm.joinedload sqlalchemy.orm.selectinload"
        " sqlalchemy.orm.subqueryload sqlalchemy.orm.aliased sqlalchemy.event.listens_for sqlalchemy.event.listen"
        " sqlalchemy.engine.make_url",
    ),
    "sqlalchemy.orm.object_session": "free -> sqlalchemy.orm.Session",
    "sqlalchemy.orm.close_all_sessions": "free",
    "sqlalchemy.ext.asyncio.create_async_engine": "free -> sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.async_engine_from_config": "free -> sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.async_object_session": "free -> sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.async_session": "free -> sqlalchemy.ext.asyncio.AsyncSession",
}
INSTEAD = {
    "sqlalchemy.": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.orm.": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.engine.": "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.engine.Engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.MetaData": "sqlalchemy.ext.asyncio.AsyncConnection.run_sync",
    "sqlalchemy.Table": "sqlalchemy.ext.asyncio.AsyncConnection.run_sync",
}
AWAITABLE = {
    "sqlalchemy.ext.asyncio.AsyncConnection.stream": "an object to await or to enter",
    "sqlalchemy.ext.asyncio.AsyncConnection.stream_scalars": "an object to await or to enter",
}
UNCHECKED = {
    "sqlalchemy.orm.DeclarativeBase.metadata": "set when a class derives from it",
    "sqlalchemy.orm.DeclarativeBase.registry": "set when a class derives from it",
    **dict.fromkeys(
        (f"sqlalchemy.pool.PoolProxiedConnection.{name}" for name in ("commit", "rollback", "cursor")),
        "declared for type checkers only; handed on to the driver's connection",
    ),
}
