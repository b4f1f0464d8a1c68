"""queue: get() and put() wait."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "queue.Queue": {
        "methods": {
            "get": "wait -> elem",
            **each("wait", "put join"),
            "get_nowait": "free -> elem",
            **each("free", "put_nowait task_done"),
            "qsize": "free -> int",
            **each("free -> bool", "empty full"),
        },
        "attrs": each("free", "maxsize queue mutex"),
    },
    "queue.LifoQueue": {"bases": ("queue.Queue",)},
    "queue.PriorityQueue": {"bases": ("queue.Queue",)},
    "queue.SimpleQueue": {
        "methods": {"get": "wait -> elem", "get_nowait": "free -> elem", **each("free", "put put_nowait qsize empty")},
    },
}
INSTEAD = {
    "queue.": "asyncio.Queue",
    "queue.LifoQueue": "asyncio.LifoQueue",
    "queue.PriorityQueue": "asyncio.PriorityQueue",
}
TIMEOUTS = {
    "queue.Queue.get": ("timeout", 1, None),
    "queue.Queue.put": ("timeout", 2, None),
    "queue.SimpleQueue.get": ("timeout", 1, None),
}
