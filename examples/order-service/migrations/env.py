"""Alembic's environment: migrations run against the database that the service uses."""

from alembic import context

from order_service.db import engine
from order_service.models import Base

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
