"""The tasks."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from order_service.cache import record_job
from order_service.db import SessionLocal, transaction
from order_service.models import Invoice, Order
from order_service.services.registry import services
from order_service.settings import settings
from order_service.worker.app import app

logger = logging.getLogger(__name__)


@app.task(name="order_service.worker.tasks.charge_order")
def charge_order(order_id: int, job_id: str) -> str:
    """Charge the card of an order that waits."""
    record_job(job_id, "processing")
    with transaction() as session:
        order = session.get(Order, order_id)
        if order.status != "pending":
            return order.status
        reference = services.get("payments").charge(order.id, str(order.total))
        order.status = "paid"  # AUD005
    record_job(job_id, "done")
    return reference


@app.task
def send_invoice(order_id: int) -> int:
    """Write the invoice of an order and store where it is."""
    path = Path(settings.upload_folder, f"invoice-{order_id}.txt")
    session = SessionLocal()  # AUD004
    order = session.get(Order, order_id)
    path.write_text(f"Invoice\n\nOrder {order.id}: {order.total} EUR\n", encoding="utf-8")
    invoice = Invoice(order_id=order_id, path=str(path))
    session.add(invoice)
    session.commit()  # AUD001
    return invoice.id


@app.task
def expire_orders() -> int:
    """Expire what has waited for more than a week; answer how many that were."""
    limit = datetime.now() - timedelta(days=7)
    with SessionLocal() as session:
        stale = session.scalars(select(Order).where(Order.status == "pending", Order.created_at < limit)).all()
        for order in stale:
            order.status = "expired"
            session.commit()  # AUD002
    logger.info("expired %d orders", len(stale))
    print(f"{len(stale)} orders have expired")  # AUD702
    return len(stale)


@app.task
def restock_report() -> None:
    """Write the orders that wait into the log."""
    with SessionLocal() as session:
        for order in session.scalars(select(Order).where(Order.status == "pending")):
            logger.info("order %s waits since %s", order.id, order.created_at)
