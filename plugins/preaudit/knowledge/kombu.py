"""kombu: connections are lazy, channels and messages are not."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "kombu"

CANONICAL = {
    "kombu.connection.Connection": "kombu.Connection",
    "kombu.messaging.Producer": "kombu.Producer",
    "kombu.messaging.Consumer": "kombu.Consumer",
    "kombu.entity.Queue": "kombu.Queue",
    "kombu.entity.Exchange": "kombu.Exchange",
}
_DECLARE = each("network", "declare delete bind_to unbind_from")
CLASSES = {
    "kombu.Connection": {
        "methods": {
            **each("network", "connect ensure_connection drain_events heartbeat_check channel"),
            "Producer": "network -> kombu.Producer",
            "Consumer": "network -> kombu.Consumer",
            "SimpleQueue": "network -> kombu.simple.SimpleQueue",
            "SimpleBuffer": "network",
            "clone": "free -> self",
            "ensure": "free",
            **each("free", "release close Pool ChannelPool as_uri info autoretry"),
        },
        "attrs": {"default_channel": "network", **each("free", "connected transport hostname virtual_host")},
    },
    "kombu.Producer": {"methods": {**each("network", "publish declare maybe_declare"), "close": "free"}},
    "kombu.Consumer": {
        "methods": {
            **each("network", "consume cancel declare flow qos purge recover"),
            **each("free", "add_queue register_callback"),
        },
    },
    "kombu.Queue": {
        "methods": {
            **_DECLARE,
            **each("network", "purge get consume queue_declare queue_bind"),
            "bind": "free -> self",
        },
        "attrs": each("free", "name exchange routing_key durable"),
    },
    "kombu.Exchange": {
        "methods": {**_DECLARE, "publish": "network", "Message": "free", "bind": "free -> self"},
        "attrs": each("free", "name type durable"),
    },
    "kombu.simple.SimpleQueue": {"methods": {**each("network", "get put clear qsize"), "close": "free"}},
}
INSTEAD = {"kombu.": "aio_pika.connect_robust"}
TIMEOUTS = {"kombu.Connection": ("connect_timeout", 8, 5)}
