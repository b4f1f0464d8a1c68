"""aio-pika: everything that talks to the broker is a coroutine."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aio-pika"

CANONICAL = {
    "aio_pika.connection.connect": "aio_pika.connect",
    "aio_pika.robust_connection.connect_robust": "aio_pika.connect_robust",
}
CLASSES = {
    "aio_pika.abc.AbstractConnection": {
        "methods": {"channel": "free -> aio_pika.abc.AbstractChannel", "close": "async", "connect": "async"},
        "attrs": {"is_closed": "free -> bool"},
    },
    "aio_pika.abc.AbstractRobustConnection": {"bases": ("aio_pika.abc.AbstractConnection",)},
    "aio_pika.abc.AbstractChannel": {
        "methods": {
            "declare_queue": "async -> aio_pika.abc.AbstractQueue",
            "declare_exchange": "async -> aio_pika.abc.AbstractExchange",
            "get_exchange": "async -> aio_pika.abc.AbstractExchange",
            "get_queue": "async -> aio_pika.abc.AbstractQueue",
            **each("async", "set_qos close queue_delete exchange_delete"),
            "transaction": "free",
        },
        "attrs": {"default_exchange": "free -> aio_pika.abc.AbstractExchange"},
        "await": "self",
    },
    "aio_pika.abc.AbstractExchange": {"methods": each("async", "publish bind unbind delete declare")},
    "aio_pika.abc.AbstractQueue": {
        "methods": {
            **each("async", "bind unbind consume cancel purge delete declare"),
            "get": "async -> aio_pika.abc.AbstractIncomingMessage",
            "iterator": "free",
        },
    },
    "aio_pika.abc.AbstractIncomingMessage": {
        "methods": {**each("async", "ack nack reject"), "process": "free"},
        "attrs": each("free", "body headers routing_key delivery_tag"),
    },
    "aio_pika.Message": {"attrs": each("free", "body headers")},
}
FUNCTIONS = {
    "aio_pika.connect": "async -> aio_pika.abc.AbstractConnection",
    "aio_pika.connect_robust": "async -> aio_pika.abc.AbstractRobustConnection",
}
