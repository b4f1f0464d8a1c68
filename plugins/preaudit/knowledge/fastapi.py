"""FastAPI: mostly Starlette's classes under other names."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "fastapi"

CANONICAL = {
    "fastapi.applications.FastAPI": "fastapi.FastAPI",
    "fastapi.routing.APIRouter": "fastapi.APIRouter",
    "fastapi.datastructures.UploadFile": "fastapi.UploadFile",
    "fastapi.exceptions.HTTPException": "fastapi.HTTPException",
    "fastapi.background.BackgroundTasks": "fastapi.BackgroundTasks",
    "fastapi.Request": "starlette.requests.Request",
    "fastapi.requests.Request": "starlette.requests.Request",
    "fastapi.requests.HTTPConnection": "starlette.requests.HTTPConnection",
    "fastapi.Response": "starlette.responses.Response",
    "fastapi.WebSocket": "starlette.websockets.WebSocket",
    "fastapi.websockets.WebSocket": "starlette.websockets.WebSocket",
    **{
        f"fastapi.responses.{name}": f"starlette.responses.{name}"
        for name in (
            "Response",
            "JSONResponse",
            "HTMLResponse",
            "PlainTextResponse",
            "RedirectResponse",
            "StreamingResponse",
            "FileResponse",
        )
    },
    "fastapi.concurrency.run_in_threadpool": "starlette.concurrency.run_in_threadpool",
    "fastapi.concurrency.iterate_in_threadpool": "starlette.concurrency.iterate_in_threadpool",
    "fastapi.testclient.TestClient": "starlette.testclient.TestClient",
    "fastapi.templating.Jinja2Templates": "starlette.templating.Jinja2Templates",
    "fastapi.staticfiles.StaticFiles": "starlette.staticfiles.StaticFiles",
    "fastapi.middleware.Middleware": "starlette.middleware.Middleware",
}
_ROUTES = each("free", "get put post delete options head patch trace api_route websocket websocket_route")
CLASSES = {
    "fastapi.FastAPI": {
        "bases": ("starlette.applications.Starlette",),
        "methods": {
            **_ROUTES,
            **each("free", "include_router add_api_route add_api_websocket_route middleware exception_handler openapi"),
            **each("free", "on_event setup"),
        },
        "attrs": {**each("free -> dict", "dependency_overrides openapi_schema"), "title": "free -> str"},
    },
    "fastapi.APIRouter": {
        "bases": ("starlette.routing.Router",),
        "methods": {
            **_ROUTES,
            **each("free", "include_router add_api_route add_api_websocket_route on_event route"),
        },
        "attrs": each("free", "prefix tags dependencies routes"),
    },
    "fastapi.UploadFile": {"bases": ("starlette.datastructures.UploadFile",)},
    "fastapi.BackgroundTasks": {"bases": ("starlette.background.BackgroundTasks",)},
    "fastapi.HTTPException": {"bases": ("starlette.exceptions.HTTPException",)},
    "fastapi.security.OAuth2PasswordBearer": {"call": "async"},
    "fastapi.security.HTTPBearer": {"call": "async"},
    "fastapi.security.OAuth2PasswordRequestForm": {
        "attrs": {**each("free -> str", "username password"), "scopes": "free -> list"},
    },
    "fastapi.security.HTTPAuthorizationCredentials": {"attrs": each("free -> str", "scheme credentials")},
}
FUNCTIONS = {
    **each("free", "fastapi.Depends fastapi.Security fastapi.Query fastapi.Path fastapi.Body fastapi.Header"),
    **each("free", "fastapi.Cookie fastapi.Form fastapi.File fastapi.encoders.jsonable_encoder"),
}
