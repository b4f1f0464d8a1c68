"""Invoices

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
    )
    op.create_index("ix_invoices_order_id", "invoices", ["order_id"])


def downgrade():
    op.drop_index("ix_invoices_order_id", "invoices")
    op.drop_table("invoices")
