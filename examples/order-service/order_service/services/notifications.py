"""Tells customers what happens to their orders."""

import smtplib
from email.message import EmailMessage

from order_service.models import Order
from order_service.services import orders  # AUD103
from order_service.settings import settings


def tell_customer(order: Order, text: str) -> None:
    """Send one mail about an order."""
    message = EmailMessage()
    message["To"] = order.customer.email
    message["From"] = "shop@example.com"
    message["Subject"] = orders.summary(order)
    message.set_content(text)
    with smtplib.SMTP(settings.mail_host, timeout=10) as server:
        server.send_message(message)
