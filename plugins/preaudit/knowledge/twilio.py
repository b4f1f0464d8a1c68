"""Twilio: every operation on a list or an instance is a request."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "twilio"

_ACCOUNT = "twilio.rest.api.v2010.account"
CLASSES = {
    "twilio.rest.Client": {
        "attrs": {
            "messages": f"free -> {_ACCOUNT}.message.MessageList",
            "calls": f"free -> {_ACCOUNT}.call.CallList",
            **each("free", "verify lookups api http_client account_sid"),
        },
    },
    f"{_ACCOUNT}.message.MessageList": {
        "methods": {
            "create": f"network -> {_ACCOUNT}.message.MessageInstance",
            "create_async": f"async -> {_ACCOUNT}.message.MessageInstance",
            **each("network", "list stream page"),
            **each("async", "list_async stream_async page_async"),
        },
        "call": f"free -> {_ACCOUNT}.message.MessageContext",
    },
    f"{_ACCOUNT}.message.MessageContext": {
        "methods": {**each("network", "fetch delete update"), **each("async", "fetch_async delete_async update_async")},
    },
    f"{_ACCOUNT}.message.MessageInstance": {
        "methods": {**each("network", "fetch delete update"), **each("async", "fetch_async delete_async update_async")},
        "attrs": each("free", "sid status body to error_code error_message"),
    },
    f"{_ACCOUNT}.call.CallList": {
        "methods": {
            **each("network", "create list stream page"),
            **each("async", "create_async list_async stream_async page_async"),
        },
    },
}
INSTEAD = {
    "twilio.": "asyncio.to_thread",
    **{
        f"{_ACCOUNT}.{owner}.{name}": f"{_ACCOUNT}.{owner}.{name}_async"
        for owner in ("message.MessageList", "call.CallList")
        for name in ("create", "list", "stream", "page")
    },
}
