"""A foreign key that no index serves

## What it does
Reports a `ForeignKey` column without `index=True`, `unique=True` or a place at the head of the primary key, that no `Index`,
`UniqueConstraint` or `PrimaryKeyConstraint` of the table begins with. `ForeignKeyConstraint`, SQLModel's `foreign_key=` and
Alembic's `create_table` and `add_column` without a `create_index` in the same revision count alike.

## Why it matters
PostgreSQL, Oracle and SQL Server do not index a foreign key by themselves. Each delete or update of the other table
reads the whole of this one to see whether somebody refers to the row, and holds its locks that long; each join reads
it too. tests/oracles/test_postgresql_claims.py asks a real server for the indexes and the plan.

## Bad
```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))  # AUD011
```

## Good
```python
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
```

## Fixed
`index=True` on the column, or put the column first in an index that exists, and a migration that creates it
(`postgresql_concurrently=True` on a large table).

## Options
`database`: `mysql` and `mariadb` index foreign keys by themselves, and the rule is silent.

## Limits
A partial index does not count. Indexes that only exist in the database are not known. In a revision a key is silent whose table,
column or constraint a later revision drops, or for which a later one makes the index. Tables that a revision describes
only to move data are left alone.

## Origin
Audit A, HIGH-1.
"""

import ast

from preaudit.core import ddl, tables
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD011",
    name="foreign-key-without-index",
    severity="medium",
    message="foreign key {column} of {table} has no index, so each delete in the other table reads all of this one; {advice}",
    since="0.1.0",
    imports=("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "alembic"),
    scope="types",
    words=("ForeignKey", "foreign_key"),
    options=("database",),
    audits=("A HIGH-1",),
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report the foreign keys that no index of their table begins with."""
    if ctx.settings.database in ("mysql", "mariadb") or _is_mysql(ctx):
        return
    reported: set = set()
    for table in tables.tables(ctx):
        if "*" in table.leads or "mysql" in table.options:
            continue
        if ctx.is_migration and not _is_revision(table):
            continue  # a revision that moves data describes tables, and makes none
        for column in table.columns.values():
            if column.foreign and not table.is_led(column) and column.node not in reported:
                reported.add(column.node)
                if _is_settled(table, column.name, column.node, ctx):
                    continue
                yield _finding(column.node, column.name, table)
        for names, call in table.composite:
            if any(c.name == names[0] and table.is_led(c) for c in table.columns.values()) or names[0] in table.leads:
                continue
            if call not in reported and not _is_settled(table, names[0], call, ctx):
                reported.add(call)
                yield _finding(call, ", ".join(n for n in names if n), table)


def _finding(place, column, table):
    shown = table.name or (table.cls.name if table.cls is not None else "the table")
    name = column.replace(", ", "_")
    advice = (
        f'add op.create_index("ix_{shown}_{name}", "{shown}", ["{column}"])'
        if _is_revision(table)
        else "pass index=True"
    )
    return RULE.at(place, column=column, table=shown, advice=advice)


def _is_settled(table, column, node, ctx):
    """Answer whether a later revision took the key away again, or made its index."""
    name = next((k.value for k in node.keywords if k.arg == "name"), None)
    for part in ast.walk(name) if name is not None else ():
        if isinstance(part, ast.Constant):
            name = part.value  # name="x", name=op.f("x")
    name = name if isinstance(name, str) else ""
    return _is_revision(table) and ddl.is_settled(ctx.project, ctx.path, table.name, column, name)


def _is_revision(table):
    """Answer whether a table is one that a revision makes or adds to: `op.create_table`, `op.add_column`."""
    function = getattr(table.node, "func", None) if table.cls is None else None
    return isinstance(function, ast.Attribute) and function.attr in ("create_table", "add_column")


def _is_mysql(ctx):
    """Answer whether the file itself says that its database is MySQL."""
    return "mysql+" in ctx.text or "mysql_engine" in ctx.text or "sqlalchemy.dialects.mysql" in ctx.text
