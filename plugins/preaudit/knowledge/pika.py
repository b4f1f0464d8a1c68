"""pika: the blocking adapter talks to the broker in every call."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pika"

CANONICAL = {
    "pika.adapters.blocking_connection.BlockingConnection": "pika.BlockingConnection",
    "pika.adapters.BlockingConnection": "pika.BlockingConnection",
    "pika.connection.ConnectionParameters": "pika.ConnectionParameters",
    "pika.connection.URLParameters": "pika.URLParameters",
    "pika.spec.BasicProperties": "pika.BasicProperties",
    "pika.credentials.PlainCredentials": "pika.PlainCredentials",
}
_CHANNEL = "pika.adapters.blocking_connection.BlockingChannel"
CLASSES = {
    "pika.BlockingConnection": {
        "init": "network",
        "methods": {
            "channel": f"network -> {_CHANNEL}",
            **each("network", "process_data_events sleep close"),
            **each("free", "call_later add_callback_threadsafe remove_timeout"),
        },
        "attrs": each("free", "is_open is_closed"),
    },
    _CHANNEL: {
        "default": "network",
        "methods": each("free", "add_on_return_callback add_on_cancel_callback"),
        "attrs": each("free", "is_open is_closed channel_number connection consumer_tags"),
    },
    "pika.ConnectionParameters": {},
    "pika.URLParameters": {"bases": ("pika.connection.Parameters",)},
    "pika.connection.Parameters": {},
    "pika.BasicProperties": {},
    "pika.PlainCredentials": {},
}
INSTEAD = {"pika.": "aio_pika.connect_robust"}
TIMEOUTS = {"pika.ConnectionParameters": ("socket_timeout", 10, 10.0)}
UNCHECKED = {"pika.ConnectionParameters(socket_timeout)": "the default is a marker for DEFAULT_SOCKET_TIMEOUT, 10.0"}
