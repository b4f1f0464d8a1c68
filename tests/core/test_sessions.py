"""What is a session, who owns it, what a helper's message name is, and which calls never return."""

import ast

import pytest
from preaudit.core import session_owners, sessions, tree
from preaudit.core.context import Context
from preaudit.core.project import Project
from preaudit.core.settings import Settings

DB = """
from contextlib import contextmanager
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

engine = create_engine("postgresql://db/shop")
SessionLocal = sessionmaker(engine)
registry = scoped_session(SessionLocal)

def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()

@contextmanager
def transaction():
    with SessionLocal() as session:
        yield session
        session.commit()

def fail(error):
    raise ValueError from error

def maybe(error):
    if error:
        raise ValueError

def forget(session):
    session.rollback()

def closes(stream):
    stream.close()
"""


def context(text, **files):
    """Answer the context of `app/x.py` beside `app/db.py`."""
    texts = {"app/db.py": DB, "app/x.py": text, **{f"app/{name}.py": body for name, body in files.items()}}
    settings = Settings()
    project = Project("", settings, paths=sorted(texts), texts=texts)
    module = ast.parse(text)
    by_type = tree.walk(module)
    summary, exprs = project.summarise("app/x.py", by_type)
    project.put("app/x.py", summary)
    return Context("app/x.py", text, module, by_type, exprs, project, settings)


HEAD = """from app.db import SessionLocal, closes, fail, forget, get_db, maybe, registry, transaction
from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
import sys, sqlite3
"""


def asked(body):
    """Answer (sessions, the call of the function `here(...)` in a body, its first argument)."""
    ctx = context(HEAD + body)
    found = sessions.of(ctx)
    call = next(c for c in ctx.nodes(ast.Call) if isinstance(c.func, ast.Name) and c.func.id == "here")
    return found, call, call.args[0] if call.args else None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("s = SessionLocal()\nhere(s)", True),
        ("here(registry)", True),
        ("here(registry())", True),
        ("def f(x: Session): here(x)", True),
        ("def f(x: 'Session'): here(x)", True),
        ("def f(x=Depends(get_db)): here(x)", True),
        ("with transaction() as x: here(x)", True),
        ("class A:\n    def __init__(self): self.x = SessionLocal()\n    def f(self): here(self.x)", True),
        ("def f(session):\n    session.add(1)\n    session.flush()\n    here(session)", True),
        ("def f(session):\n    session.add(1)\n    here(session)", False),
        ("def f(repo):\n    repo.add(1)\n    repo.flush()\n    here(repo)", False),
        ("def f(db):\n    db.execute(1)\n    db.rollback()\n    here(db)", False),
        ("x = create_engine('').connect()\nhere(x)", False),
        ("x = sqlite3.connect('')\nhere(x)", False),
        ("here(1)", False),
    ],
)
def test_what_is_a_session(body, expected):
    found, _, node = asked(body)
    assert found.is_session(node) == expected


@pytest.mark.parametrize(
    ("body", "owner"),
    [
        ("with SessionLocal() as s: here(s)", "with"),
        ("s = SessionLocal()\nwith s: here(s)", "with"),
        ("s = SessionLocal()\ntry:\n    here(s)\nfinally:\n    s.close()", "finally"),
        ("s = SessionLocal()\ntry:\n    here(s)\nexcept KeyError:\n    s.close()", ""),
        ("s = SessionLocal()\nhere(s)", ""),
        ("def f(s: Session = Depends(get_db)): here(s)", "dependency"),
        ("def f(s: Session): here(s)\ndef g():\n    with SessionLocal() as session: f(session)", "caller"),
        ("def f(s: Session): here(s)\ndef g():\n    session = SessionLocal()\n    f(session)", ""),
        ("here(registry)", ""),
        ("def f(app):\n    app.teardown_appcontext(lambda e: registry.remove())\nhere(registry)", "teardown"),
        ("class A:\n    def __init__(self): self.s = SessionLocal()\n    def f(self): here(self.s)", ""),
        (
            "class A:\n    def __init__(self): self.s = SessionLocal()\n    def f(self): here(self.s)\n"
            "    def close(self): self.s.close()",
            "object",
        ),
        ("def f(app, db):\n    with app.app_context(): here(registry)", "with"),
    ],
)
def test_who_owns_it(body, owner):
    found, call, node = asked(body)
    assert session_owners.of(found.ctx).owner(node, call) == owner


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def f(s: Session):\n    with s.begin(): here()", True),
        ("with SessionLocal.begin() as s: here()", True),
        ("with transaction(): here()", True),
        ("with SessionLocal() as s: here()", False),
        ("def f():\n    here()", False),
        ("@transaction()\ndef f(): here()", True),
    ],
)
def test_transactions(body, expected):
    found, call, _ = asked(body)
    assert found.transaction_around(call) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("registry.rollback()", True),
        ("registry.remove()", True),
        ("forget(registry)", True),
        ("closes(open('x'))", False),
        ("open('x').close()", False),
        ("print(1)", False),
    ],
)
def test_what_undoes(statement, expected):
    ctx = context(HEAD + statement)
    assert sessions.of(ctx).undoes([ctx.module.body[-1]]) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("fail(1)", True),
        ("maybe(1)", False),
        ("sys.exit(1)", True),
        ("self.retry()", True),
        ("self.retry(throw=False)", False),
    ],
)
def test_what_never_returns(call, expected):
    ctx = context(HEAD + call)
    assert sessions.of(ctx).never_returns(ctx.module.body[-1].value) == expected


def test_the_helper_has_a_name_for_the_message():
    found, _, _ = asked("here()")
    assert found.helper() == "transaction() from app.db"
    assert found.helper(is_async=True) == ""


def test_generators_that_lead_to_each_other_are_asked_once():
    # the number of ways through them is exponential
    others = "\n".join(
        f"@contextmanager\ndef g{n}():\n"
        + "".join(f"    with g{other}() as s: yield s\n" for other in range(12) if other != n)
        for n in range(12)
    )
    body = "from contextlib import contextmanager\n" + others + "\nwith g0() as x: here(x)"
    found, call, node = asked(body)
    assert not found.transaction_around(call)
    assert session_owners.of(found.ctx).owner(node, call) == "with"
