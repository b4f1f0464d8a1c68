"""What AUD013 claims of `alembic downgrade`, on the real Alembic with SQLite."""

import pytest

reason = "runs the claim on the real Alembic: tests/knowledge/requirements.txt"
sqlalchemy = pytest.importorskip("sqlalchemy", reason=reason)
alembic_command = pytest.importorskip("alembic.command", reason=reason)
from alembic.config import Config  # noqa: E402

ENV = """
from alembic import context
from sqlalchemy import create_engine

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
"""
REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "1", None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    {downgrade}
"""


@pytest.mark.parametrize(
    ("downgrade", "left"), [("pass", {"orders"}), ("op.drop_table('orders')", set())], ids=["empty", "written"]
)
def test_an_empty_downgrade_succeeds_and_leaves_the_schema(tmp_path, downgrade, left):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    (tmp_path / "versions" / "1_orders.py").write_text(REVISION.format(downgrade=downgrade))
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path / 'x.db'}")
    alembic_command.upgrade(config, "head")
    alembic_command.downgrade(config, "-1")
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    assert set(sqlalchemy.inspect(engine).get_table_names()) - {"alembic_version"} == left
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT * FROM alembic_version")).all() == []
    engine.dispose()
