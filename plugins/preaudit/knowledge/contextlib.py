"""contextlib: helpers, all free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "contextlib.ExitStack": {
        "methods": {"enter_context": "free", **each("free", "push callback pop_all close")},
    },
    "contextlib.AsyncExitStack": {
        "methods": {
            "enter_async_context": "async",
            "aclose": "async",
            **each("free", "enter_context push callback pop_all push_async_exit push_async_callback"),
        },
    },
    "contextlib.closing": {},
    "contextlib.suppress": {},
    "contextlib.nullcontext": {},
    "contextlib.AbstractContextManager": {},
    "contextlib.AbstractAsyncContextManager": {},
}
FUNCTIONS = each("free", "contextlib.contextmanager contextlib.asynccontextmanager")
