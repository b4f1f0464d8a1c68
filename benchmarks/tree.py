"""A generated project of any size: the same text for the same arguments, on every machine.

    python benchmarks/tree.py FOLDER --files 200 --lines 250

The modules look like those of a backend (routes, sessions, Redis, tasks, plain helpers, imports of
each other), so that every group of rules has something to look at; most of it is in order.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

HEADER = '''"""Module {number} of package {package}: {topic}."""

import asyncio
import logging
from datetime import datetime, timedelta

import redis
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from {root}.db import get_db, transaction
from {root}.models import Order
{imports}

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/{topic}")
'''

BLOCKS = (
    '''

@router.get("/{name}/{{item_id}}")
def read_{name}(item_id: int, db: Session = Depends(get_db)):
    """Answer item {name}."""
    order = db.get(Order, item_id)
    if order is None:
        raise HTTPException(status_code=404, detail="no such {name}")
    return {{"id": order.id, "status": order.status, "name": "{name}"}}
''',
    '''

def store_{name}(values: list[int], factor: float = {number}.5) -> int:
    """Store the values of {name} in one transaction; answer how many."""
    kept = [value for value in values if value * factor > {number}]
    with transaction() as session:
        for value in kept:
            session.add(Order(id=value, status="new"))
    logger.info("stored %d of %d for {name}", len(kept), len(values))
    return len(kept)
''',
    '''

class {title}:
    """Keeps {name} for a while."""

    def __init__(self, pool: redis.ConnectionPool, seconds: int = {number}):
        self.cache = redis.Redis(connection_pool=pool)
        self.seconds = seconds

    def get(self, key: str) -> str | None:
        """Answer the text under a key, or None."""
        value = self.cache.get(f"{name}:{{key}}")
        return value.decode() if value else None

    def put(self, key: str, value: str) -> None:
        """Keep a text under a key."""
        if len(value) > 1000:
            raise ValueError(f"{{key}} is too long for {name}")
        self.cache.set(f"{name}:{{key}}", value, ex=self.seconds)
''',
    '''

async def poll_{name}(queue: asyncio.Queue, rounds: int = 3) -> list[str]:
    """Take what is in the queue, a few times."""
    result = []
    for turn in range(rounds):
        try:
            item = await asyncio.wait_for(queue.get(), timeout={number})
        except asyncio.TimeoutError:
            logger.warning("{name}: nothing in round %d", turn)
            continue
        result.append(str(item))
        await asyncio.sleep(0)
    return result
''',
    '''

def split_{name}(text: str, width: int = {number}) -> dict[str, list[str]]:
    """Sort the words of a text by their first letter."""
    words = {{}}
    for word in text.lower().split():
        cleaned = "".join(letter for letter in word if letter.isalnum())
        if not cleaned or len(cleaned) > width:
            continue
        words.setdefault(cleaned[0], []).append(cleaned)
    started = datetime.now() - timedelta(seconds=width)
    logger.debug("{name} since %s: %d letters", started, len(words))
    return {{letter: sorted(found) for letter, found in words.items()}}
''',
)

DB = '''"""Sessions of the generated project."""

from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine("postgresql://localhost/generated", pool_pre_ping=True)
SessionLocal = sessionmaker(bind=engine)


def get_db():
    """Yield the session of a request."""
    with SessionLocal() as session:
        yield session


@contextmanager
def transaction():
    """Yield a session; commit on success, roll back on failure."""
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()
'''

MODELS = '''"""Tables of the generated project."""

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class Order(Base):
    """An order."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
'''

TOPICS = "orders stock prices invoices customers parcels refunds reports carts coupons".split()  # noqa: SIM905
WORDS = "alpha brass cedar delta ember flint grove haven ivory jade kelp lunar maple north ocean".split()  # noqa: SIM905


def module(number, lines, packages, root):
    """Answer the text of one module of about `lines` lines."""
    random_source = random.Random(number)
    package = number % packages
    earlier = sorted({random_source.randrange(number) for _ in range(3)} if number else ())
    imports = "\n".join(f"from {root}.part{n % packages:03}.m{n:05} import router as router_{n}" for n in earlier)
    topic = TOPICS[number % len(TOPICS)]
    text = HEADER.format(number=number, package=package, topic=topic, root=root, imports=imports)
    count = 0
    while text.count("\n") < lines:
        name = f"{WORDS[random_source.randrange(len(WORDS))]}_{number}_{count}"
        block = BLOCKS[random_source.randrange(len(BLOCKS))]
        title = name.title().replace("_", "")
        text += block.format(name=name, title=title, number=random_source.randrange(2, 90))
        count += 1
    return text


def write_tree(folder, files=200, lines=250, root="generated"):
    """Write the project below `folder`; answer [(path, lines)] of its Python files."""
    folder = Path(folder)
    packages = max(1, files // 20)
    written = []

    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".py":
            written.append((path, text.count("\n")))

    write(folder / "pyproject.toml", '[project]\nname = "generated"\nversion = "1"\n\n[tool.preaudit]\n')
    write(folder / root / "__init__.py", '"""A generated project."""\n')
    write(folder / root / "db.py", DB)
    write(folder / root / "models.py", MODELS)
    for package in range(packages):
        write(folder / root / f"part{package:03}" / "__init__.py", f'"""Part {package}."""\n')
    for number in range(files):
        path = folder / root / f"part{number % packages:03}" / f"m{number:05}.py"
        write(path, module(number, lines, packages, root))
    return written


def main(argv=None):
    """Write a tree where the command line says."""
    parser = argparse.ArgumentParser(prog="tree.py", description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--lines", type=int, default=250)
    options = parser.parse_args(argv)
    written = write_tree(options.folder, options.files, options.lines)
    print(f"{len(written)} files, {sum(lines for _, lines in written)} lines")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
