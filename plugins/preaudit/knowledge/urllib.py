"""urllib: urlopen() and urlretrieve() use the network; parsing is free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "urllib.request.Request": {
        "methods": each("free", "add_header get_method get_header has_header"),
        "attrs": each("free", "data headers host"),
    },
    "urllib.request.OpenerDirector": {
        "methods": {"open": "network -> http.client.HTTPResponse", "add_handler": "free", "close": "free"},
    },
    "urllib.parse.ParseResult": {
        "methods": {"geturl": "free -> str"},
        "attrs": each("free", "scheme netloc path query fragment hostname port username password params"),
    },
}
FUNCTIONS = {
    "urllib.request.urlopen": "network -> http.client.HTTPResponse",
    "urllib.request.urlretrieve": "network -> tuple",
    "urllib.request.build_opener": "free -> urllib.request.OpenerDirector",
    "urllib.request.install_opener": "free",
    "urllib.parse.urlparse": "free -> urllib.parse.ParseResult",
    **each("free -> str", "urllib.parse.quote urllib.parse.unquote urllib.parse.urlencode urllib.parse.urljoin"),
    **each("free -> str", "urllib.parse.quote_plus urllib.parse.unquote_plus urllib.parse.urlunparse"),
    **each("free", "urllib.parse.urlsplit urllib.parse.parse_qs urllib.parse.parse_qsl urllib.parse.urlunsplit"),
}
INSTEAD = {"urllib.": "httpx.AsyncClient"}
TIMEOUTS = {"urllib.request.urlopen": ("timeout", 2, None), "urllib.request.OpenerDirector.open": ("timeout", 2, None)}
UNCHECKED = {
    f"{name}(timeout)": "the default is a marker for the global default timeout, which is None" for name in TIMEOUTS
}
