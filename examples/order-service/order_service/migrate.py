"""Brings the schema of the database up to date."""

from alembic import command
from alembic.config import Config


def run_migrations() -> None:
    """Run the migrations that this database has not seen."""
    command.upgrade(Config("alembic.ini"), "head")
