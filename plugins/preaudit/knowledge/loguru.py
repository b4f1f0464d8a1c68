"""loguru: one logger for all; a record is handed to the sinks before the call returns, or queued."""

from __future__ import annotations

DISTRIBUTION = "loguru"

# Annotations say `loguru.Logger`, which only the stub has.
CANONICAL = {"loguru.Logger": "loguru._logger.Logger"}
CLASSES = {
    "loguru._logger.Logger": {
        "default": "free",
        "methods": {"bind": "free -> self", "opt": "free -> self", "patch": "free -> self", "complete": "free"},
    },
}
VALUES = {"loguru.logger": "loguru._logger.Logger"}
UNCHECKED = {"loguru.Logger": "in the stub only, for annotations"}
