"""aioredis 2, the asyncio client that became redis.asyncio."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aioredis"

CANONICAL = {
    "aioredis.client.Redis": "aioredis.Redis",
    "aioredis.StrictRedis": "aioredis.Redis",
    "aioredis.connection.ConnectionPool": "aioredis.ConnectionPool",
    "aioredis.utils.from_url": "aioredis.from_url",
}
CLASSES = {
    "aioredis.Redis": {
        "default": "async",
        "methods": {
            **each("free", "set_response_callback scan_iter hscan_iter sscan_iter zscan_iter"),
            "from_url": "free -> self",
            "pipeline": "free -> aioredis.client.Pipeline",
            "pubsub": "free -> aioredis.client.PubSub",
            "lock": "free -> aioredis.lock.Lock",
            "monitor": "free",
            "client": "free -> self",
            "register_script": "free",
            "initialize": "async -> self",
            **each("async", "close execute_command"),
        },
        "attrs": {"connection_pool": "free -> aioredis.ConnectionPool"},
        "await": "self",
    },
    "aioredis.client.Pipeline": {
        "default": "free -> self",
        "methods": {"execute": "async -> list", **each("async", "watch unwatch reset"), "multi": "free"},
        "await": "self",
    },
    "aioredis.client.PubSub": {
        "methods": {
            **each("async", "subscribe psubscribe unsubscribe punsubscribe get_message close reset"),
            "listen": "free",
        },
    },
    "aioredis.lock.Lock": {"methods": {**each("async", "acquire release extend reacquire locked owned")}},
    "aioredis.ConnectionPool": {
        "methods": {
            "from_url": "free -> self",
            **each("async", "get_connection release disconnect"),
            "reset": "free",
        },
    },
}
FUNCTIONS = {"aioredis.from_url": "free -> aioredis.Redis"}
AWAITABLE = {
    "aioredis.client.Pipeline.": "annotated as the client's; a pipeline buffers its commands",
    "aioredis.Redis.": "commands return the coroutine of execute_command()",
}
