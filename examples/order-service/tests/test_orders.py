"""Tests of the order service that need no database."""

from decimal import Decimal

from order_service.models import Order
from order_service.services import orders


def test_summary_names_number_status_and_total():
    order = Order(id=7, status="paid", total=Decimal("9.90"))
    assert orders.summary(order) == "order 7: paid, 9.90 EUR"
