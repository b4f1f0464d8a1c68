"""http.client and http.cookiejar: connections connect on the first request."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "http.client.HTTPConnection": {
        "methods": {
            **each("network", "connect request send endheaders"),
            "getresponse": "network -> http.client.HTTPResponse",
            **each("free", "close putheader putrequest set_tunnel set_debuglevel"),
        },
        "attrs": each("free", "host port timeout"),
    },
    "http.client.HTTPSConnection": {"bases": ("http.client.HTTPConnection",)},
    "http.client.HTTPResponse": {
        "methods": {
            "read": "network -> bytes",
            **each("network", "readline readinto peek read1"),
            **each("free", "getheader getheaders close getcode geturl info isclosed"),
        },
        "attrs": each("free", "status reason headers msg version"),
        "iter": "bytes",
        "iter_effect": "network",
    },
    "http.HTTPStatus": {"attrs": each("free", "value name")},
    "http.cookies.SimpleCookie": {"bases": ("dict",)},
    "http.cookiejar.CookieJar": {"methods": each("free", "clear set_cookie")},
    "http.server.HTTPServer": {
        "methods": {**each("wait", "serve_forever handle_request"), **each("free", "shutdown server_close")},
    },
}
INSTEAD = {"http.": "httpx.AsyncClient"}
TIMEOUTS = {
    "http.client.HTTPConnection": ("timeout", 2, None),
    "http.client.HTTPSConnection": ("timeout", None, None),
}
UNCHECKED = {
    f"{name}(timeout)": "the default is a marker for the global default timeout, which is None" for name in TIMEOUTS
}
