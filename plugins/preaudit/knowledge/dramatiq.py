"""dramatiq: sending a message talks to the broker."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "dramatiq"

CANONICAL = {"dramatiq.actor.Actor": "dramatiq.Actor", "dramatiq.message.Message": "dramatiq.Message"}
CLASSES = {
    "dramatiq.Actor": {
        "methods": {
            **each("network -> dramatiq.Message", "send send_with_options"),
            **each("lazy -> dramatiq.Message", "message message_with_options"),
        },
        "attrs": each("free", "fn broker actor_name queue_name options"),
        "call": "unknown",
    },
    "dramatiq.Message": {"methods": {"get_result": "network", "copy": "free -> self"}},
    "dramatiq.group": {"methods": {**each("network", "run get_results wait")}},
    "dramatiq.pipeline": {"methods": each("network", "run get_result get_results")},
}
FUNCTIONS = {"dramatiq.actor": "free", "dramatiq.set_broker": "free", "dramatiq.get_broker": "free"}
INSTEAD = {"dramatiq.": "asyncio.to_thread"}
