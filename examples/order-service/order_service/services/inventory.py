"""Keeps the books on the stock; used by the worker, one session per thread."""

import logging

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from order_service.db import db_session, transaction
from order_service.models import Order, StockItem

logger = logging.getLogger(__name__)


def reserve(sku: str, quantity: int) -> bool:
    """Take pieces out of the stock; answer whether there were enough."""
    item = db_session.get(StockItem, sku, with_for_update=True)
    if item is None or item.quantity < quantity:
        db_session.rollback()
        return False
    item.quantity -= quantity
    db_session.commit()  # AUD001
    return True


def restock(sku: str, quantity: int) -> None:
    """Put pieces back."""
    with transaction() as session:
        item = session.get(StockItem, sku, with_for_update=True) or StockItem(sku=sku, quantity=0)
        item.quantity += quantity
        session.add(item)


def correct(sku: str, quantity: int) -> bool:
    """Set the count after stocktaking; answer whether it was stored."""
    try:
        item = db_session.get(StockItem, sku)
        item.quantity = quantity
        db_session.commit()  # AUD003
    except SQLAlchemyError:
        logger.exception("could not store the count of %s", sku)
        return False
    return True


def count_and_log(sku: str) -> int:
    """Answer the count of a product, and note in the database that somebody asked."""
    with transaction() as session:
        item = session.get(StockItem, sku)
        try:
            session.execute(text("INSERT INTO questions (sku) VALUES (:sku)"), {"sku": sku})
        except SQLAlchemyError:  # AUD018
            logger.warning("the question about %s was not noted", sku)
        return session.scalar(select(StockItem.quantity).where(StockItem.sku == sku)) if item else 0


def open_orders() -> int:
    """Answer how many orders wait for stock."""
    with transaction() as session:
        return len(session.scalars(select(Order).where(Order.status == "pending")).all())
