"""Flask-SQLAlchemy: db.session is a scoped_session, Model.query a Query."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "Flask-SQLAlchemy"

CANONICAL = {
    "flask_sqlalchemy.extension.SQLAlchemy": "flask_sqlalchemy.SQLAlchemy",
}
CLASSES = {
    "flask_sqlalchemy.SQLAlchemy": {
        "methods": {
            **each("database", "create_all drop_all reflect"),
            **each("database -> @0", "get_or_404"),
            **each("database", "first_or_404 one_or_404"),
            "paginate": "database -> flask_sqlalchemy.pagination.Pagination",
            **each("free", "init_app relationship dynamic_loader"),
        },
        "attrs": {
            "session": "free -> sqlalchemy.orm.scoped_session",
            "engine": "free -> sqlalchemy.engine.Engine",
            "engines": "free -> dict",
            "metadata": "free -> sqlalchemy.MetaData",
            "Model": "free -> type[flask_sqlalchemy.model.Model]",
            "Query": "free -> type[flask_sqlalchemy.query.Query]",
        },
    },
    "flask_sqlalchemy.model.Model": {"attrs": {"query": "free -> flask_sqlalchemy.query.Query[self]"}},
    "flask_sqlalchemy.query.Query": {
        "bases": ("sqlalchemy.orm.Query",),
        "methods": {
            **each("database -> elem", "get_or_404 first_or_404 one_or_404"),
            "paginate": "database -> flask_sqlalchemy.pagination.Pagination",
        },
    },
    "flask_sqlalchemy.session.Session": {"bases": ("sqlalchemy.orm.Session",)},
    "flask_sqlalchemy.pagination.Pagination": {
        "methods": {"next": "database -> self", "prev": "database -> self", "iter_pages": "free"},
        "attrs": each("free", "items total page per_page pages has_next has_prev"),
    },
}
INSTEAD = {"flask_sqlalchemy.": "sqlalchemy.ext.asyncio.AsyncSession"}
UNCHECKED = {
    "flask_sqlalchemy.SQLAlchemy.Query": "set on the instance by the constructor",
    "flask_sqlalchemy.pagination.Pagination.items": "set on the instance by the constructor",
}
