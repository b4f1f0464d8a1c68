"""aiohttp: client and server; requests are entered with `async with` or awaited."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiohttp"

CANONICAL = {
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
    "aiohttp.client_reqrep.ClientResponse": "aiohttp.ClientResponse",
    "aiohttp.client.ClientTimeout": "aiohttp.ClientTimeout",
    "aiohttp.connector.TCPConnector": "aiohttp.TCPConnector",
    "aiohttp.web_app.Application": "aiohttp.web.Application",
    "aiohttp.web_request.Request": "aiohttp.web.Request",
    "aiohttp.web_response.Response": "aiohttp.web.Response",
    "aiohttp.web_ws.WebSocketResponse": "aiohttp.web.WebSocketResponse",
}
_VERBS = "get post put patch delete head options request"
CLASSES = {
    "aiohttp.ClientSession": {
        "methods": {
            **each("async -> aiohttp.ClientResponse", _VERBS),
            "ws_connect": "async -> aiohttp.ClientWebSocketResponse",
            "close": "async",
        },
        "attrs": each("free", "closed headers cookie_jar timeout connector auth"),
    },
    "aiohttp.ClientResponse": {
        "methods": {
            "text": "async -> str",
            "read": "async -> bytes",
            "json": "async",
            **each("free", "raise_for_status release close get_encoding"),
            "wait_for_close": "async",
        },
        "attrs": each("free", "status headers url content reason ok cookies history content_type method request_info"),
    },
    "aiohttp.ClientWebSocketResponse": {
        "methods": each(
            "async", "send_str send_bytes send_json receive receive_str receive_json receive_bytes close ping pong"
        ),
        "attrs": {"closed": "free -> bool"},
    },
    "aiohttp.ClientTimeout": {},
    "aiohttp.TCPConnector": {"methods": {"close": "async"}},
    "aiohttp.BasicAuth": {},
    "aiohttp.FormData": {"methods": each("free", "add_field add_fields")},
    "aiohttp.web.Application": {
        "methods": each("free", "add_routes add_subapp add_domain"),
        "attrs": each("free", "router on_startup on_shutdown on_cleanup cleanup_ctx middlewares"),
    },
    "aiohttp.web.Request": {
        "methods": {
            "json": "async",
            "text": "async -> str",
            "read": "async -> bytes",
            "post": "async",
            "multipart": "async",
            **each("free", "clone get"),
        },
        "attrs": {
            "app": "free -> aiohttp.web.Application",
            **each("free", "match_info query headers method path url rel_url cookies remote host scheme content"),
        },
    },
    "aiohttp.web.StreamResponse": {
        "methods": {
            **each("async", "prepare write write_eof"),
            **each("free", "set_cookie del_cookie enable_compression"),
        },
        "attrs": each("free", "status headers cookies content_type"),
    },
    "aiohttp.web.Response": {"bases": ("aiohttp.web.StreamResponse",), "attrs": each("free", "body text")},
    "aiohttp.web.FileResponse": {"bases": ("aiohttp.web.StreamResponse",)},
    "aiohttp.web.WebSocketResponse": {
        "bases": ("aiohttp.web.StreamResponse",),
        "methods": each("async", "send_str send_bytes send_json receive receive_str receive_json receive_bytes close"),
    },
    "aiohttp.web.AppRunner": {"methods": each("async", "setup cleanup")},
    "aiohttp.web.TCPSite": {"methods": each("async", "start stop")},
    "aiohttp.web.RouteTableDef": {"methods": each("free", "get post put patch delete view static route head options")},
}
FUNCTIONS = {
    "aiohttp.request": "free -> asynccontextmanager[aiohttp.ClientResponse]",
    "aiohttp.web.run_app": "wait",
    "aiohttp.web.json_response": "free -> aiohttp.web.Response",
    **each("free", "aiohttp.web.get aiohttp.web.post aiohttp.web.put aiohttp.web.delete aiohttp.web.static"),
}
AWAITABLE = {
    f"aiohttp.ClientSession.{name}": "an object to await or to enter" for name in (*_VERBS.split(), "ws_connect")
}
TIMEOUTS = {"aiohttp.ClientSession": ("timeout", None, 300)}
UNCHECKED = {
    **{f"{name}()": "what awaiting and entering the returned object give" for name in AWAITABLE},
    "aiohttp.ClientSession(timeout)": "the default is a marker for DEFAULT_TIMEOUT, ClientTimeout(total=300)",
}
