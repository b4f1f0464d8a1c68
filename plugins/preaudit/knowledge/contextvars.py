"""contextvars: values of a context."""

from __future__ import annotations

DISTRIBUTION = ""

CLASSES = {
    "contextvars.ContextVar": {"methods": {"get": "free -> elem", "set": "free", "reset": "free"}},
}
