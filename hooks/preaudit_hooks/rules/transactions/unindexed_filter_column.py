"""A column that is searched by and has no index

## What it does
Reports a column of a model that at least three places of the project compare, filter or sort by, while no index, unique
constraint or primary key begins with it. The message names the places. Off by default: whether a table is small enough to do
without cannot be seen in the code.

## Why it matters
Each of those queries reads the whole table. With a thousand rows nobody notices; with a million each takes seconds,
and the application stands still because its connections are all busy reading. tests/oracles/test_postgresql_claims.py
shows that an index serves the column that leads it only.

## Bad
```python shop/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))  # AUD012
```
```python shop/queries.py
from shop.models import Order
from sqlalchemy import select


def pending():
    return select(Order).where(Order.status == "pending")


def paid():
    return select(Order).where(Order.status == "paid")


def by_status():
    return select(Order).order_by(Order.status)
```

## Good
```python shop/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
```

## Fixed
`index=True`, or an `Index` with the columns that are searched together, this one first; and a migration that creates it.

## Options
`small-tables`: tables that stay small and need no index.

## Limits
Booleans and enums are silent, and foreign keys are left to AUD011. A place is a function; tests for NULL and `!=`, which an
index rarely serves, do not count, nor does a query that filters by another column, of this table or a joined one, that is
indexed or a foreign key. How many rows a table has is not known: name the small ones. A table that some query reads whole
(`Group.query.all()`) is taken for small. A mixin's column is reported once, for the table
that is searched most.

## Origin
Audit A, HIGH-1.
"""

from preaudit.core.rule import Related, Rule

RULE = Rule(
    code="AUD012",
    name="unindexed-filter-column",
    severity="medium",
    message="{table}.{column} is searched by in {count} places ({places}) and has no index; pass index=True",
    since="0.1.0",
    scope="project",
    default=False,
    options=("small-tables",),
    audits=("A HIGH-1",),
)

_LEAST = 3
_SHOWN = 3


@RULE.on_project("models")
def check(project):
    """Report the columns that three places search by and no index serves."""
    columns: dict = {}
    for path, fact in project.facts("models"):
        if project.is_test(path):
            continue
        module = project.module(path)
        for name, table, found in fact.get("tables", ()):
            for attribute, column in found.items():
                columns[(f"{module}.{name}", attribute)] = (path, table or name, column)
    uses = _uses(project, columns)
    small = _read_whole(project)
    reported: set = set()
    # a column of a mixin is one place, whatever the tables: the one that is searched most speaks for it
    for key in sorted(uses, key=lambda k: (columns[k][0], columns[k][2][4], -len(uses[k]), k)):
        path, table, (led, boolean, foreign, name, place) = columns[key]
        places = sorted(uses[key])
        if led or boolean or foreign or len({(place[0], place[3]) for place in places}) < _LEAST:
            continue  # several queries of one function are one place
        if {table, name} & set(project.settings.small_tables) or key[0] in small:
            continue
        if (path, tuple(place)) in reported:
            continue
        reported.add((path, tuple(place)))
        shown = ", ".join(f"{p.rpartition('/')[2]} line {line}" for p, line, _, _ in places[:_SHOWN])
        more = "" if len(places) <= _SHOWN else ", ..."
        related = [Related(p, line, column, "searches by it") for p, line, column, _ in places[:10]]
        yield RULE.at(tuple(place), path=path, related=related, scope=key[0].rpartition(".")[2], table=table, column=name,
                      count=len(places), places=shown + more)  # fmt: skip


def _uses(project, columns):
    """Answer {(class, attribute): places} of what the project searches by, inherited columns under their own class."""
    found: dict = {}
    seen: dict = {}
    for path, fact in project.facts("models"):
        if project.is_test(path):
            continue

        def classes(expr, path=path):
            key = (path, repr(expr))
            if key not in seen:
                seen[key] = [v[1] for v in project.values(expr, path) if v[0] == "c"]
            return seen[key]

        for expr, attribute, kind, line, column, beside, others, where in fact.get("uses", ()):
            if kind == "null":
                continue
            for cls in classes(expr):
                owner = next((c for c in project.types.mro(cls, path) if (c, attribute) in columns), None)
                if owner is None or _is_narrowed(cls, beside, columns, project, path):
                    continue
                if any(
                    _is_narrowed(c, names, columns, project, path) for other, names in others for c in classes(other)
                ):
                    continue
                found.setdefault((owner, attribute), set()).add((path, line, column, where))
    return found


def _read_whole(project):
    """Answer the models whose rows the project reads all at once, and so takes to be few."""
    return {
        value[1]
        for path, fact in project.facts("models")
        if not project.is_test(path)
        for expr in fact.get("whole", ())
        for value in project.values(expr, path)
        if value[0] == "c"
    }


def _is_narrowed(cls, attributes, columns, project, path):
    """Answer whether the same query also filters by a column that an index, unique constraint or primary key leads."""
    for owner in project.types.mro(cls, path):
        for attribute in attributes:
            column = columns.get((owner, attribute))
            if column is not None and (column[2][0] or column[2][2]):
                return True  # a foreign key without an index is AUD011's
    return False
