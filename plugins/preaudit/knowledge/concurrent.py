"""concurrent.futures: submitting is free, results wait."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CANONICAL = {
    "concurrent.futures.thread.ThreadPoolExecutor": "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor": "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures._base.Future": "concurrent.futures.Future",
    "concurrent.futures._base.Executor": "concurrent.futures.Executor",
}
CLASSES = {
    "concurrent.futures.Future": {
        "methods": {
            "result": "wait -> elem",
            # it waits as result() does, and is written where done() was asked before
            "exception": "free",
            **each("free", "cancel add_done_callback set_result set_exception set_running_or_notify_cancel"),
            **each("free -> bool", "done running cancelled"),
        },
    },
    "concurrent.futures.Executor": {
        "methods": {
            "submit": "free -> concurrent.futures.Future",
            "map": "lazy",
            # shutdown(wait=True), the default, and leaving the with block wait for the running calls.
            "shutdown": "wait",
        },
    },
    "concurrent.futures.ThreadPoolExecutor": {"bases": ("concurrent.futures.Executor",)},
    "concurrent.futures.ProcessPoolExecutor": {"bases": ("concurrent.futures.Executor",)},
}
FUNCTIONS = {"concurrent.futures.wait": "wait -> tuple", "concurrent.futures.as_completed": "wait"}
INSTEAD = {
    "concurrent.futures.": "asyncio.wrap_future",
    "concurrent.futures.wait": "asyncio.wait",
    "concurrent.futures.as_completed": "asyncio.as_completed",
}
TIMEOUTS = {
    "concurrent.futures.Future.result": ("timeout", 0, None),
    "concurrent.futures.wait": ("timeout", 1, None),
    "concurrent.futures.as_completed": ("timeout", 1, None),
}
