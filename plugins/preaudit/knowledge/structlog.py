"""structlog: a logger is a proxy that binds values; its calls return at once."""

DISTRIBUTION = "structlog"

CANONICAL = {
    "structlog.getLogger": "structlog.get_logger",
    "structlog.stdlib.get_logger": "structlog.get_logger",
    "structlog.typing.FilteringBoundLogger": "structlog.BoundLogger",
    "structlog.stdlib.BoundLogger": "structlog.BoundLogger",
}

CLASSES = {
    "structlog.BoundLogger": {
        "default": "free",
        "methods": {
            "bind": "free -> self",
            "unbind": "free -> self",
            "try_unbind": "free -> self",
            "new": "free -> self",
        },
    },
}

FUNCTIONS = {
    "structlog.get_logger": "free -> structlog.BoundLogger",
}
