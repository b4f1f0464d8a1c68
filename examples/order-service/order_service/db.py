"""The database: engine, sessions, and the one way to write in a transaction."""

from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from tenacity import retry, stop_after_attempt

from order_service.settings import settings

engine = create_engine(settings.database_url, pool_size=20, max_overflow=10)  # AUD008 AUD016
SessionLocal = sessionmaker(bind=engine, expire_on_commit=False)

# The worker's services share one session per thread
db_session = scoped_session(SessionLocal)


def get_db():
    """Yield the session of one request."""
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()


@contextmanager
def transaction():
    """Yield a session; commit if the block succeeds, roll back if it does not."""
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def advisory_lock(session: Session, key: int):
    """Hold a lock of the database while the block runs."""
    session.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
    yield session  # AUD006
    session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


@contextmanager
@retry(stop=stop_after_attempt(3))
def reporting_session():  # AUD007
    """Yield a session for reports; the replica is slow to wake up."""
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()


def migrate():
    """Bring the schema up to date."""
    command.upgrade(Config("alembic.ini"), "head")
