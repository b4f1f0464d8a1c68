"""SQLModel: SQLAlchemy's Session with exec(), and models that are pydantic's too."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "sqlmodel"

CANONICAL = {
    "sqlmodel.orm.session.Session": "sqlmodel.Session",
    "sqlmodel.main.SQLModel": "sqlmodel.SQLModel",
    "sqlmodel.create_engine": "sqlalchemy.create_engine",
    "sqlmodel.text": "sqlalchemy.text",
    "sqlmodel.sql.expression.select": "sqlmodel.select",
}
CLASSES = {
    "sqlmodel.Session": {
        "bases": ("sqlalchemy.orm.Session",),
        "methods": {"exec": "database -> sqlalchemy.engine.ScalarResult"},
    },
    "sqlmodel.ext.asyncio.session.AsyncSession": {
        "bases": ("sqlalchemy.ext.asyncio.AsyncSession",),
        "methods": {"exec": "async -> sqlalchemy.engine.ScalarResult"},
    },
    "sqlmodel.SQLModel": {
        "bases": ("pydantic.BaseModel",),
        "attrs": {"metadata": "free -> sqlalchemy.MetaData"},
    },
}
FUNCTIONS = {
    **each("lazy", "sqlmodel.select sqlmodel.or_ sqlmodel.and_ sqlmodel.col"),
    "sqlmodel.Field": "free",
    "sqlmodel.Relationship": "free",
}
INSTEAD = {"sqlmodel.": "sqlmodel.ext.asyncio.session.AsyncSession"}
