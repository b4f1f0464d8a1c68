"""The Celery application, its queues and its schedule."""

from celery import Celery
from celery.schedules import crontab
from kombu import Exchange, Queue

from order_service.settings import settings

app = Celery(  # AUD215
    "orders",
    broker=settings.celery_broker_url,
    backend=settings.redis_url,
    include=["order_service.worker.tasks"],
)

ORDERS = Exchange("orders", type="direct")

app.conf.update(
    task_default_queue="orders",
    task_default_exchange="orders",
    task_default_routing_key="orders",
    task_queues=[
        Queue("orders", ORDERS, routing_key="orders"),
        Queue("reports", ORDERS, routing_key="reports.#"),  # AUD211
    ],
    task_routes={
        "order_service.worker.tasks.charge_order": {"queue": "orders"},
        "order_service.worker.tasks.send_invoice": {"queue": "emails"},  # AUD212
        "order_service.worker.tasks.restock_report": {"queue": "reports"},
    },
    task_acks_lates=True,  # AUD220
    result_expires=None,  # AUD214
    timezone="Europe/Berlin",
    beat_schedule={
        "expire-orders": {
            "task": "order_service.worker.tasks.expire_orders",
            "schedule": crontab(minute=0),
        },
        "restock-report": {
            "task": "order_service.worker.tasks.restock_reports",  # AUD213
            "schedule": crontab(hour=6, minute=0),
        },
    },
)
