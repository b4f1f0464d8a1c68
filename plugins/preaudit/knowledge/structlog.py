"""structlog: a logger is a proxy that binds values; its calls return at once."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "structlog"

_BIND = each("free -> self", "bind unbind try_unbind new")
_LOG = each("free", "debug info warning error critical exception")
_ASYNC_LOG = each("async", "adebug ainfo awarning aerror acritical aexception")
CLASSES = {
    "structlog.BoundLogger": {"methods": {**_BIND, **_LOG}},
    "structlog.stdlib.BoundLogger": {
        "methods": {**_BIND, **_LOG, **_ASYNC_LOG, "setLevel": "free", "log": "free"},
    },
}
FUNCTIONS = {
    **each("free -> structlog.BoundLogger", "structlog.get_logger structlog.getLogger"),
    "structlog.stdlib.get_logger": "free -> structlog.stdlib.BoundLogger",
}
UNCHECKED = {f"structlog.BoundLogger.{name}": "handed on to the wrapped logger by __getattr__" for name in _LOG}
