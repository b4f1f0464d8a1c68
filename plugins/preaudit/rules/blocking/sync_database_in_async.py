"""A synchronous database call stops the event loop

## What it does
Reports the methods of a synchronous session, connection or cursor that do I/O (`execute`, `scalars`, `commit`,
`flush`, `refresh`, `all`, `first`, `count` and the like) where the code runs on the event loop: SQLAlchemy,
SQLModel, Flask-SQLAlchemy, psycopg2, psycopg, PyMySQL, sqlite3, PyMongo, peewee, the Django ORM.

## Why it matters
Every query stops all requests of the process for a round trip, and a lock in the database for as long as it is held.

## Bad
```python
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

app = FastAPI()
Maker = sessionmaker(create_engine("postgresql://db/app"))


def get_db():
    with Maker() as session:
        yield session


@app.get("/users")
async def users(db: Session = Depends(get_db)):
    return db.execute(select(1)).all()  # AUD304
```

## Good
```python
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker

app = FastAPI()
Maker = sessionmaker(create_engine("postgresql://db/app"))


def get_db():
    with Maker() as session:
        yield session


@app.get("/users")
def users(db: Session = Depends(get_db)):
    return db.execute(select(1)).all()


async def count(db: AsyncSession):
    return (await db.execute(select(1))).all()
```

## Fixed
Use `AsyncSession` (or the driver's awaitable twin) and await; or make the FastAPI handler a plain `def`, which
runs in a thread.

## Options
None.

## Limits
`add()`, and building a query or a statement, do no I/O and are not reported. Of a query of peewee or Django the first
reading is reported, a loop or a test of its truth; the rows are kept, so that later ones ask nobody
(tests/oracles/test_query_caches.py).
What is called is judged by its type, never by its spelling; where the type is unknown, nothing is said. What start-up
awaits before anything is served blocks nobody. A coroutine that only loops of its own run (`asyncio.run(main())`,
and what it awaits, one after the other, in whatever module) is not judged, nor is one under a comment that says that it
is blocking, nor the code of a command line: a package `cli`, a file of click or typer commands, a task of RQ or Celery.

## Origin
Async-correctness review, recommendation 4.
"""

import ast

from preaudit.core import blocking
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD304",
    name="sync-database-in-async",
    severity="high",
    scope="types",
    words=("async", "call_soon", "call_later", "call_at"),
    message="{name} blocks the event loop while the database answers; use {instead}",
    audits=("D rec. 4",),
    since="0.1.0",
)


@RULE.on(ast.Module)
def check(node, ctx):
    """Report each place on the loop that asks the database."""
    for site in blocking.of_family(ctx, "database"):
        if not ctx.before_serving(site.node):
            yield RULE.at(site.node, name=site.name, instead=site.instead)
