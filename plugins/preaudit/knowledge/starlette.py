"""Starlette: requests, responses, background tasks, uploads, websockets."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "starlette"

CLASSES = {
    "starlette.applications.Starlette": {
        "methods": each(
            "free", "mount host add_route add_middleware add_exception_handler url_path_for build_middleware_stack"
        ),
        "attrs": {"state": "free -> starlette.datastructures.State", **each("free", "routes router debug")},
    },
    "starlette.routing.Router": {"methods": each("free", "mount host add_route url_path_for")},
    "starlette.routing.Route": {},
    "starlette.routing.Mount": {},
    "starlette.datastructures.State": {},
    "starlette.datastructures.Headers": {
        "methods": each("free", "get getlist items keys values mutablecopy"),
        "item": "str",
    },
    "starlette.datastructures.QueryParams": {
        "methods": each("free", "get getlist multi_items items keys"),
        "item": "str",
    },
    "starlette.datastructures.FormData": {"methods": {**each("free", "get getlist items keys"), "close": "async"}},
    "starlette.datastructures.URL": {"methods": each("free", "replace include_query_params")},
    "starlette.datastructures.UploadFile": {
        # Spooled to a temporary file; the I/O runs in a thread.
        "methods": {"read": "async -> bytes", **each("async", "write seek close")},
        "attrs": {"file": "free -> io.IOBase", **each("free", "filename size headers content_type")},
    },
    "starlette.requests.HTTPConnection": {
        "methods": {"url_for": "free -> starlette.datastructures.URL"},
        "attrs": {
            "headers": "free -> starlette.datastructures.Headers",
            "query_params": "free -> starlette.datastructures.QueryParams",
            "state": "free -> starlette.datastructures.State",
            "app": "free -> starlette.applications.Starlette",
            "url": "free -> starlette.datastructures.URL",
            "base_url": "free -> starlette.datastructures.URL",
            **each("free -> dict", "cookies path_params session"),
            **each("free", "client auth user scope"),
        },
    },
    "starlette.requests.Request": {
        "bases": ("starlette.requests.HTTPConnection",),
        "methods": {
            "body": "async -> bytes",
            "json": "async",
            "form": "async -> starlette.datastructures.FormData",
            "close": "async",
            "is_disconnected": "async -> bool",
            "send_push_promise": "async",
            "stream": "free",
        },
        "attrs": {"method": "free -> str", "receive": "free"},
    },
    "starlette.websockets.WebSocket": {
        "bases": ("starlette.requests.HTTPConnection",),
        "methods": {
            **each("async", "accept close send receive send_json receive_json send_text send_bytes"),
            "receive_text": "async -> str",
            "receive_bytes": "async -> bytes",
            "send_denial_response": "async",
            **each("free", "iter_text iter_bytes iter_json"),
        },
        "attrs": each("free", "client_state application_state"),
    },
    "starlette.responses.Response": {
        "methods": each("free", "set_cookie delete_cookie render init_headers"),
        "attrs": each("free", "headers body status_code background media_type charset"),
    },
    "starlette.responses.JSONResponse": {"bases": ("starlette.responses.Response",)},
    "starlette.responses.HTMLResponse": {"bases": ("starlette.responses.Response",)},
    "starlette.responses.PlainTextResponse": {"bases": ("starlette.responses.Response",)},
    "starlette.responses.RedirectResponse": {"bases": ("starlette.responses.Response",)},
    "starlette.responses.StreamingResponse": {"bases": ("starlette.responses.Response",)},
    "starlette.responses.FileResponse": {"bases": ("starlette.responses.Response",)},
    "starlette.background.BackgroundTask": {"methods": {}, "call": "async"},
    "starlette.background.BackgroundTasks": {
        "bases": ("starlette.background.BackgroundTask",),
        "methods": {"add_task": "free"},
        "attrs": {"tasks": "free -> list"},
        "call": "async",
    },
    "starlette.exceptions.HTTPException": {"attrs": each("free", "status_code detail headers")},
    "starlette.middleware.base.BaseHTTPMiddleware": {
        "methods": {"dispatch": "async -> starlette.responses.Response"},
        "attrs": {"app": "free"},
    },
    "starlette.middleware.Middleware": {},
    "starlette.templating.Jinja2Templates": {
        "methods": {
            "TemplateResponse": "free -> starlette.responses.HTMLResponse",
            "get_template": "free -> jinja2.Template",
        },
        "attrs": {"env": "free -> jinja2.Environment"},
    },
    "starlette.testclient.TestClient": {"methods": each("free", "get post put delete patch request")},
    "starlette.staticfiles.StaticFiles": {"methods": {"lookup_path": "metadata", "get_response": "async"}},
}
FUNCTIONS = {
    "starlette.concurrency.run_in_threadpool": "async",
    "starlette.concurrency.iterate_in_threadpool": "free",
}
VALUES = {"starlette.status.HTTP_200_OK": "int"}
AWAITABLE = {"starlette.requests.Request.form": "an object to await or to enter"}
