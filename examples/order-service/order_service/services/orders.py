"""The life of an order."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from order_service.constants import *  # AUD102
from order_service.models import Order
from order_service.schemas import OrderIn
from order_service.services.notifications import tell_customer


def place(session: Session, customer_id: int, wanted: OrderIn) -> Order:
    """Store a new order; the caller owns the transaction."""
    total = sum((PRICES.get(line.sku, NO_PRICE) * line.quantity for line in wanted.lines), NO_PRICE)
    order = Order(customer_id=customer_id, total=total, status="pending")
    session.add(order)
    session.flush()
    return order


def pending(session: Session, limit: int) -> list[Order]:
    """Answer the oldest orders that wait."""
    query = select(Order).where(Order.status == "pending").order_by(Order.id).limit(limit)
    return list(session.scalars(query))


def cancel(session: Session, order: Order) -> None:
    """Cancel an order and say so to the customer; the caller owns the transaction."""
    order.status = "cancelled"
    tell_customer(order, "Your order was cancelled.")
    print(f"cancelled order {order.id}")  # AUD701


def summary(order: Order) -> str:
    """Answer one line on an order, for people."""
    return f"order {order.id}: {order.status}, {order.total} EUR"
