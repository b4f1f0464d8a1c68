"""httpx: the functions, the sync and the async client, responses."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "httpx"

_VERBS = "get options head post put patch delete"
_CLIENT = {
    "build_request": "free -> httpx.Request",
}
_CLIENT_ATTRS = each("free", "headers cookies auth base_url params timeout event_hooks is_closed trust_env")
CLASSES = {
    "httpx.Client": {
        "methods": {
            **each("network -> httpx.Response", _VERBS + " request send"),
            "stream": "network -> contextmanager[httpx.Response]",
            **_CLIENT,
            "close": "free",
        },
        "attrs": _CLIENT_ATTRS,
    },
    "httpx.AsyncClient": {
        "methods": {
            **each("async -> httpx.Response", _VERBS + " request send"),
            "stream": "free -> asynccontextmanager[httpx.Response]",
            **_CLIENT,
            "aclose": "async",
        },
        "attrs": _CLIENT_ATTRS,
    },
    "httpx.Response": {
        "methods": {
            **each("free", "json raise_for_status close"),
            # After stream() these read the body from the socket; read() mostly gives what is in memory already.
            **each("network", "iter_bytes iter_text iter_lines iter_raw"),
            "read": "free -> bytes",
            "aread": "async -> bytes",
            "aclose": "async",
            **each("free", "aiter_bytes aiter_text aiter_lines aiter_raw"),
        },
        "attrs": {
            "text": "free -> str",
            "content": "free -> bytes",
            "status_code": "free -> int",
            "request": "free -> httpx.Request",
            **each("free", "headers url reason_phrase encoding cookies elapsed history is_success is_error links"),
            **each("free", "is_redirect is_client_error is_server_error next_request http_version"),
        },
    },
    "httpx.Request": {
        "methods": {"read": "free -> bytes", "aread": "async -> bytes"},
        "attrs": each("free", "method url headers content stream extensions"),
    },
    "httpx.Timeout": {"attrs": each("free", "connect read write pool")},
    "httpx.Limits": {},
    "httpx.URL": {"attrs": each("free", "host port path query scheme params")},
    "httpx.HTTPTransport": {"methods": {"handle_request": "network -> httpx.Response", "close": "free"}},
    "httpx.AsyncHTTPTransport": {
        "methods": {"handle_async_request": "async -> httpx.Response", "aclose": "async"},
    },
    "httpx.ASGITransport": {"methods": {"handle_async_request": "async -> httpx.Response"}},
    "httpx.BasicAuth": {},
}
FUNCTIONS = {
    **each("network -> httpx.Response", " ".join(f"httpx.{name}" for name in _VERBS.split()) + " httpx.request"),
    "httpx.stream": "network -> contextmanager[httpx.Response]",
}
INSTEAD = {"httpx.": "httpx.AsyncClient"}
_DEFAULT = ("timeout", None, 5.0)
TIMEOUTS = {
    "httpx.Client": _DEFAULT,
    "httpx.AsyncClient": _DEFAULT,
    **dict.fromkeys((f"httpx.{name}" for name in (*_VERBS.split(), "request", "stream")), _DEFAULT),
}
