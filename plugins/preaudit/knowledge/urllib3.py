"""urllib3: pools and responses."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "urllib3"

CANONICAL = {
    "urllib3.poolmanager.PoolManager": "urllib3.PoolManager",
    "urllib3.poolmanager.ProxyManager": "urllib3.ProxyManager",
    "urllib3.response.HTTPResponse": "urllib3.HTTPResponse",
    "urllib3.util.Retry": "urllib3.Retry",
    "urllib3.util.retry.Retry": "urllib3.Retry",
    "urllib3.util.Timeout": "urllib3.Timeout",
    "urllib3.util.timeout.Timeout": "urllib3.Timeout",
    "urllib3.connectionpool.HTTPConnectionPool": "urllib3.HTTPConnectionPool",
    "urllib3.connectionpool.HTTPSConnectionPool": "urllib3.HTTPSConnectionPool",
}
_REQUEST = each("network -> urllib3.BaseHTTPResponse", "request urlopen request_encode_url request_encode_body")
CLASSES = {
    "urllib3.PoolManager": {
        "methods": {**_REQUEST, **each("free", "clear"), "connection_from_url": "free -> urllib3.HTTPConnectionPool"},
    },
    "urllib3.ProxyManager": {"bases": ("urllib3.PoolManager",)},
    "urllib3.HTTPConnectionPool": {"methods": {**_REQUEST, "close": "free"}},
    "urllib3.HTTPSConnectionPool": {"bases": ("urllib3.HTTPConnectionPool",)},
    "urllib3.BaseHTTPResponse": {
        # Read already, unless preload_content=False.
        "methods": each("free", "read stream json close release_conn drain_conn getheaders geturl info"),
        "attrs": {"data": "free -> bytes", **each("free", "status headers reason url version")},
    },
    "urllib3.HTTPResponse": {"bases": ("urllib3.BaseHTTPResponse",)},
    "urllib3.Retry": {},
    "urllib3.Timeout": {},
}
FUNCTIONS = {"urllib3.request": "network -> urllib3.BaseHTTPResponse", "urllib3.disable_warnings": "free"}
INSTEAD = {"urllib3.": "httpx.AsyncClient"}
TIMEOUTS = {
    "urllib3.request": ("timeout", None, 3),
    "urllib3.PoolManager.request": ("timeout", None, None),
    "urllib3.HTTPConnectionPool": ("timeout", 2, None),
}
UNCHECKED = {
    "urllib3.PoolManager.request(timeout)": "an argument of urlopen(), handed on through **urlopen_kw",
    "urllib3.HTTPConnectionPool(timeout)": "the default is a marker for the global default timeout, which is None",
}
