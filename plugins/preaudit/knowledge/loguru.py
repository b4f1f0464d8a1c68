"""loguru: one logger for all; a record is handed to the sinks before the call returns, or queued."""

DISTRIBUTION = "loguru"

CLASSES = {
    "loguru.Logger": {
        "default": "free",
        "methods": {"bind": "free -> self", "opt": "free -> self", "patch": "free -> self"},
    },
}

VALUES = {
    "loguru.logger": "loguru.Logger",
}
