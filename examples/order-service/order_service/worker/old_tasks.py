"""Tasks of the first version, before orders had invoices."""  # AUD107

from celery import Celery

from order_service.settings import settings

worker = Celery("legacy", broker=settings.celery_broker_url)  # AUD210


@worker.task
def send_receipt(order_id: int) -> str:
    """Answer the text of the receipt."""
    return f"Receipt for order {order_id}"
