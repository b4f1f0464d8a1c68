"""threading: what waits for another thread."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "threading.Thread": {
        "methods": {"join": "wait", **each("free", "start run is_alive")},
        "attrs": each("free", "name daemon ident native_id"),
    },
    "threading.Timer": {"bases": ("threading.Thread",), "methods": {"cancel": "free"}},
    "threading.Event": {"methods": {"wait": "wait -> bool", **each("free", "set clear is_set")}},
    "threading.Lock": {"methods": {"acquire": "wait -> bool", **each("free", "release locked")}},
    "threading.RLock": {"methods": {"acquire": "wait -> bool", "release": "free"}},
    "threading.Condition": {
        "methods": {**each("wait", "acquire wait wait_for"), **each("free", "notify notify_all release")}
    },
    "threading.Semaphore": {"methods": {"acquire": "wait -> bool", "release": "free"}},
    "threading.BoundedSemaphore": {"bases": ("threading.Semaphore",)},
    "threading.Barrier": {"methods": {"wait": "wait -> int", **each("free", "reset abort")}},
    "threading.local": {},
}
FUNCTIONS = {
    "threading.current_thread": "free -> threading.Thread",
    "threading.main_thread": "free -> threading.Thread",
    "threading.enumerate": "free -> list[threading.Thread]",
    **each("free -> int", "threading.active_count threading.get_ident threading.get_native_id"),
}
INSTEAD = {
    "threading.Thread": "asyncio.to_thread",
    "threading.Event": "asyncio.Event",
    "threading.Lock": "asyncio.Lock",
    "threading.RLock": "asyncio.Lock",
    "threading.Condition": "asyncio.Condition",
    "threading.Semaphore": "asyncio.Semaphore",
    "threading.BoundedSemaphore": "asyncio.BoundedSemaphore",
    "threading.Barrier": "asyncio.Barrier",
}
TIMEOUTS = {
    "threading.Thread.join": ("timeout", 0, None),
    "threading.Event.wait": ("timeout", 0, None),
    "threading.Condition.wait": ("timeout", 0, None),
    "threading.Lock.acquire": ("timeout", 1, -1),
    "threading.Semaphore.acquire": ("timeout", 1, None),
}
UNCHECKED = {
    "threading.Lock.acquire(timeout)": "Lock is a function without methods up to Python 3.12",
    "threading.Condition.acquire": "copied from the lock by the constructor",
    "threading.Condition.release": "copied from the lock by the constructor",
}
