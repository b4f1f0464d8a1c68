"""The schema has no migrations, or nobody runs them

## What it does
Reports a project with ORM models on a server database and no migration environment, once, on the line that makes the
engine. And a migration function that nothing calls any more while its call stands commented out, on the comment's line.

## Why it matters
`create_all()` makes missing tables and changes none: the first new column works on every laptop and on no server that
exists. A commented-out migration is the same a release later, and looks like a project that has migrations.
tests/oracles/test_session_claims.py shows that `create_all()` changes no table that exists.

## Bad
```python shop/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_engine("postgresql://db/shop", pool_pre_ping=True)  # AUD015


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
```

## Good
```python shop/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_engine("postgresql://db/shop", pool_pre_ping=True)


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
```
```ini alembic.ini
[alembic]
script_location = migrations
```

## Fixed
`alembic init migrations`, a first revision with `--autogenerate`, and `alembic upgrade head` in the release step. Or take the
comment sign away.

## Options
`migration-files`: where migrations lie.

## Limits
Migrations that another repository holds are not known; any folder called `migrations` or `alembic`, an `alembic.ini`, or a
library such as Flask-Migrate, yoyo or aerich in the requirements counts, and so does the schema of Prisma, Drizzle or Knex for a
front end in the same repository, whose tables these are. Where the environment holds the URL, the driver of a
database server in the requirements tells what it is.

## Origin
Audit A, MEDIUM-8; audit E, 1.
"""

import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD015",
    name="migrations-missing-or-disabled",
    severity="high",
    message="{what}; {advice}",
    since="0.1.0",
    scope="project",
    options=("migration-files",),
    audits=("A MEDIUM-8", "E 1"),
    posture=True,
)

_ENVIRONMENT = lazy(
    r"(?:^|/)(?:alembic\.ini|alembic|migrations?|versions|db_migrations|sql_migrations|flyway|liquibase|prisma|schema\.prisma|drizzle\.config\.\w+|knexfile\.\w+|db/migrate|atlas\.hcl|yoyo\.ini|aerich\.ini)(?:/|$)",
    re.I,
)
_TOOL = lazy(r"\b(?:alembic|flask[-_]migrate|yoyo|aerich|sqlalchemy[-_]migrate|dbmate|piccolo|django)\b", re.I)

_DRIVER = lazy(
    r"\b(?:psycopg2?|asyncpg|aiopg|pymysql|mysqlclient|aiomysql|asyncmy|pyodbc|aioodbc|oracledb|cx[-_]oracle)\b", re.I
)


@RULE.on_project("models", "migrations", "imports")
def check(project):
    """Report missing migrations on the engine, and a disabled one on its comment."""
    yield from _disabled(project)
    yield from _missing(project)


def _missing(project):
    facts = [(path, fact) for path, fact in project.facts("models") if not project.is_test(path)]
    models = sum(bool(table) for _, fact in facts for _, table, _ in fact.get("tables", ()))
    if not models or any(_ENVIRONMENT.search(path) for path in project.paths) or project.facts("migrations"):
        return
    driver = False
    for path in project.paths:
        if path.rpartition("/")[2] in (
            "pyproject.toml",
            "requirements.txt",
            "setup.py",
            "setup.cfg",
            "Pipfile",
            "manage.py",
        ):
            try:
                text = project.project.read(path)
            except (OSError, ValueError):
                continue
            if _TOOL.search(text):
                return
            driver = driver or bool(_DRIVER.search(text))
    engines = [(path, *engine[:2]) for path, fact in facts for engine in fact.get("engines", ())]
    if any("sqlite" in dialects for _, _, dialects in engines):
        driver = False  # what the environment leaves open may be that file
    for path, place, dialects in engines:
        if dialects and "sqlite" not in dialects or driver and not dialects:
            yield RULE.at(
                tuple(place), path=path, what=f"{models} tables are mapped on a server database and nothing migrates them",
                advice="set up Alembic, and run `alembic upgrade head` in the release",
            )  # fmt: skip
            return


def _disabled(project):
    defined, called, commented = {}, set(), []
    for path, fact in project.facts("migrations"):
        if project.is_test(path):
            continue
        for name in fact.get("functions", ()):
            defined.setdefault(name, path)
        called.update(fact.get("calls", ()))
        commented += [(path, *row) for row in fact.get("commented", ())]
    for path, name, line, column, end in commented:
        if name in defined and name not in called:
            yield RULE.at((line, column, line, end), path=path, what=f"{name}() is called by nobody, its call is commented out",
                          advice="run the migrations in the release step, or delete the function")  # fmt: skip
