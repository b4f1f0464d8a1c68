"""Anthropic: messages.create() is a request; the async client returns coroutines."""

from __future__ import annotations

from preaudit.knowledge._ai_clients import tree
from preaudit.knowledge._each import each

DISTRIBUTION = "anthropic"

CLASSES = tree(
    "anthropic",
    "Anthropic",
    {
        "": (
            {
                "messages": "messages.messages.Messages",
                "models": "models.Models",
            },
            {},
        ),
        "messages.messages.Messages": (
            {"batches": "messages.batches.Batches"},
            {**each("network", "create count_tokens"), "stream": "network"},
        ),
        "messages.batches.Batches": ({}, each("network", "create retrieve list cancel delete results")),
        "models.Models": ({}, each("network", "retrieve list")),
    },
)
CLASSES["anthropic.resources.messages.messages.AsyncMessages"]["methods"]["stream"] = "free"
CANONICAL = {
    "anthropic.Client": "anthropic.Anthropic",
    "anthropic.AsyncClient": "anthropic.AsyncAnthropic",
}
INSTEAD = {"anthropic.": "anthropic.AsyncAnthropic"}
TIMEOUTS = {"anthropic.Anthropic": ("timeout", None, 600), "anthropic.AsyncAnthropic": ("timeout", None, 600)}
AWAITABLE = {
    "anthropic.resources.messages.batches.AsyncBatches.list": "returns a paginator, to await or to iterate",
    "anthropic.resources.models.AsyncModels.list": "returns a paginator, to await or to iterate",
}
UNCHECKED = {f"{name}(timeout)": "the default is a marker for DEFAULT_TIMEOUT, 600 seconds" for name in TIMEOUTS}
