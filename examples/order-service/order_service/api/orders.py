"""Orders: place, look at, cancel."""

import asyncio
import logging
import threading
import uuid

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from order_service.api.auth import current_customer
from order_service.cache import async_client, client, forget_customer
from order_service.db import get_db, transaction
from order_service.models import Customer, Order
from order_service.schemas import OrderIn, OrderOut
from order_service.services import orders
from order_service.services.payments import PaymentGateway
from order_service.worker.tasks import charge_order, send_invoice

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/orders")


@router.post("", status_code=202)
def place_order(wanted: OrderIn, customer: Customer = Depends(current_customer)):
    """Store an order and have its card charged."""
    with transaction() as session:
        order = orders.place(session, customer.id, wanted)
    job_id = uuid.uuid4().hex
    charge_order.delay(order.id, job_id)
    threading.Thread(target=forget_customer, args=(customer.id,)).start()  # AUD218
    return {"order": order.id, "job": job_id}


@router.get("/jobs/{job_id}")
def job_status(job_id: str):
    """Say what became of a job."""
    status = client.get(f"job:{job_id}")  # AUD217
    if status is None:
        raise HTTPException(status_code=404, detail="no such job")
    return {"status": status.decode()}


@router.get("/{order_id}", response_model=OrderOut)
async def show_order(order_id: int, db: Session = Depends(get_db)):
    """Show an order, from the cache if it is there."""
    if cached := client.get(f"order:{order_id}"):  # AUD302
        return OrderOut.model_validate_json(cached)
    order = db.get(Order, order_id)  # AUD304
    if order is None:
        raise HTTPException(status_code=404, detail="no such order")
    shown = OrderOut(id=order.id, status=order.status, total=order.total)
    await async_client.set(f"order:{order_id}", shown.model_dump_json(), ex=60)
    asyncio.create_task(count_view(order_id))  # AUD310
    return shown


async def count_view(order_id: int) -> None:
    """Count how often an order was looked at."""
    await async_client.incr(f"views:{order_id}")


@router.post("/{order_id}/cancel")
def cancel_order(order_id: int, customer: Customer = Depends(current_customer)):
    """Cancel an order, and give the money back."""
    try:
        with transaction() as session:
            order = session.get(Order, order_id)
            if order is None:
                raise HTTPException(status_code=404, detail="no such order")  # AUD406
            orders.cancel(session, order)
        PaymentGateway().refund(f"order-{order_id}")  # AUD105
    except Exception as error:
        logger.exception("cancelling order %s failed", order_id)
        raise HTTPException(status_code=500, detail=str(error)) from error  # AUD405
    return {"status": "cancelled"}


@router.get("/{order_id}/invoice")
def invoice(order_id: int):
    """Have the invoice written, and answer its number."""
    return {"invoice": send_invoice.delay(order_id).get()}  # AUD219
