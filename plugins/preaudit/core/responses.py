"""What a piece of code answers to the client: HTTP errors it raises, statuses, and what is in the answer."""

from __future__ import annotations

import ast

from preaudit.core.patterns import lazy
from preaudit.core.tree import dotted

# Frameworks, one of whose names a response has.
FRAMEWORKS = lazy(
    r"(?:fastapi|starlette|werkzeug|flask|quart|aiohttp|django|rest_framework|falcon|sanic|litestar|tornado|ninja|connexion|"
    r"bottle|pyramid|webob|flask_restful|flask_smorest|flask_restx|blacksheep|robyn)\b"
)
# What a framework turns into an answer by itself. Its other exceptions (django.db.IntegrityError, CommandError,
# aiohttp.ClientError) are none of them.
HTTP_ERRORS = lazy(
    r"(?:fastapi|starlette)\.(?:exceptions\.)?(?:HTTPException|WebSocketException)$|aiohttp\.(?:web|web_exceptions)\.HTTP\w+$|"
    r"(?:werkzeug|quart|rest_framework|sanic|litestar|connexion|blacksheep|flask|robyn)\.exceptions\.\w+$|"
    r"django\.http(?:\.response)?\.Http404$|pyramid\.httpexceptions\.\w+$|webob\.exc\.\w+$|"
    r"django\.core\.exceptions\.(?:PermissionDenied|BadRequest|Suspicious\w+|Disallowed\w+|RequestDataTooBig|TooMany\w+)$|"
    r"falcon\.(?:errors\.)?HTTP\w+$|tornado\.web\.(?:HTTPError|MissingArgumentError)$|bottle\.HTTP\w+$|"
    r"ninja\.errors\.\w+$|robyn\.HTTPException$"
)
HTTP_BASES = (
    "starlette.exceptions.HTTPException", "fastapi.HTTPException", "werkzeug.exceptions.HTTPException",
    "aiohttp.web.HTTPException", "django.http.Http404", "rest_framework.exceptions.APIException", "ninja.errors.HttpError",
    "litestar.exceptions.HTTPException", "sanic.exceptions.SanicException", "falcon.HTTPError", "tornado.web.HTTPError",
)  # fmt: skip
ABORTS = frozenset({
    "flask.abort", "quart.abort", "werkzeug.exceptions.abort", "flask_restful.abort", "flask_restx.abort", "bottle.abort",
    "flask_smorest.abort", "sanic.exceptions.abort", "flask.helpers.abort", "flask_login.utils.abort",
})  # fmt: skip
OR_404 = frozenset({
    "get_or_404", "first_or_404", "one_or_404", "get_object_or_404", "get_list_or_404", "scalar_or_404", "aget_object_or_404",
    "aget_list_or_404",
})  # fmt: skip
# The classes that answer with one status, by the last part of their name (werkzeug, aiohttp, Django REST framework, sanic).
STATUSES = {
    "BadRequest": 400, "HTTPBadRequest": 400, "ParseError": 400, "InvalidUsage": 400, "Unauthorized": 401,
    "HTTPUnauthorized": 401, "NotAuthenticated": 401, "AuthenticationFailed": 401, "Forbidden": 403, "HTTPForbidden": 403,
    "PermissionDenied": 403, "NotFound": 404, "HTTPNotFound": 404, "Http404": 404, "MethodNotAllowed": 405,
    "HTTPMethodNotAllowed": 405, "Conflict": 409, "HTTPConflict": 409, "Gone": 410, "HTTPGone": 410,
    "UnprocessableEntity": 422, "HTTPUnprocessableEntity": 422, "TooManyRequests": 429, "HTTPTooManyRequests": 429,
    "Throttled": 429, "InternalServerError": 500, "HTTPInternalServerError": 500, "ServerError": 500, "BadGateway": 502,
    "HTTPBadGateway": 502, "ServiceUnavailable": 503, "HTTPServiceUnavailable": 503, "GatewayTimeout": 504,
    "HTTPGatewayTimeout": 504, "HttpResponseBadRequest": 400, "HttpResponseForbidden": 403, "HttpResponseNotFound": 404,
    "HttpResponseServerError": 500,
}  # fmt: skip
NAMED_STATUSES = {
    "BAD_REQUEST": 400, "UNAUTHORIZED": 401, "PAYMENT_REQUIRED": 402, "FORBIDDEN": 403, "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405, "CONFLICT": 409, "GONE": 410, "UNPROCESSABLE_ENTITY": 422, "UNPROCESSABLE_CONTENT": 422,
    "TOO_MANY_REQUESTS": 429, "INTERNAL_SERVER_ERROR": 500, "NOT_IMPLEMENTED": 501, "BAD_GATEWAY": 502,
    "SERVICE_UNAVAILABLE": 503, "GATEWAY_TIMEOUT": 504, "OK": 200, "CREATED": 201, "ACCEPTED": 202, "NO_CONTENT": 204,
}  # fmt: skip
RESPONSES = frozenset({
    "jsonify", "JSONResponse", "ORJSONResponse", "UJSONResponse", "Response", "make_response", "PlainTextResponse",
    "HTMLResponse", "HttpResponse", "JsonResponse", "json_response", "render_template", "render", "TemplateResponse", "abort",
    "HttpResponseServerError", "StreamingResponse", "render_template_string", "json", "text", "html",
})  # fmt: skip
STATUS_KEYWORDS = ("status_code", "status", "code")


def is_http_error(ctx, raised) -> bool:
    """Answer whether a raised expression is an HTTP error, which the framework turns into an answer."""
    if raised is None:
        return False
    target = raised.func if isinstance(raised, ast.Call) else raised
    name = ctx.qualname(target)
    spelled = dotted(target).rpartition(".")[2]
    if HTTP_ERRORS.match(name):
        return True
    if spelled in ("HTTPException", "APIException", "Http404", "HttpError"):
        return True
    if name and ctx.is_own(name):
        return ctx.derives(name, *HTTP_BASES) or _has_status(raised, spelled)
    return (
        spelled.startswith("HTTP")
        and spelled != "HTTPStatusError"
        and not name.startswith(("httpx.", "requests.", "urllib"))
    )


def _has_status(raised, spelled) -> bool:
    """Answer whether an error of the project's own is made with a text and a status: `ApiError(str(error), 500)`.

    The project has a handler that answers it so.
    """
    if not isinstance(raised, ast.Call) or not spelled.endswith(("Error", "Exception")):
        return False
    given = [*raised.args[1:2], *(keyword.value for keyword in raised.keywords if keyword.arg in STATUS_KEYWORDS)]
    return len(raised.args) + len(raised.keywords) > 1 and any(status_in(value) >= 400 for value in given)


def is_abort(ctx, call: ast.Call) -> bool:
    """Answer whether a call raises an HTTP error by itself: `abort(404)`, `query.first_or_404()`."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    if last in OR_404:
        return True
    return last == "abort" and (ctx.qualname(call.func) in ABORTS or bool(call.args and status_in(call.args[0])))


_STATUS = lazy(r"(?:HTTP|STATUS)_(\d{3})(?:_|\Z)")


def status_in(node) -> int:
    """Answer the status that an expression is: 404, status.HTTP_404_NOT_FOUND, HTTPStatus.NOT_FOUND; 0 if unknown."""
    if isinstance(node, ast.Constant) and type(node.value) is int and 100 <= node.value <= 599:
        return node.value
    if isinstance(node, (ast.Attribute, ast.Name)):
        last = node.attr if isinstance(node, ast.Attribute) else node.id
        if last == "value" and isinstance(node, ast.Attribute):
            return status_in(node.value)
        hit = _STATUS.match(last) if last.startswith(("HTTP_", "STATUS_")) else None
        return int(hit[1]) if hit else NAMED_STATUSES.get(last.removeprefix("HTTP_"), 0)
    if isinstance(node, ast.Call) and len(node.args) == 1 and dotted(node.func) in ("int", "str"):
        return status_in(node.args[0])
    return 0


def status_of(node) -> int:
    """Answer the status of an answer: a raised or returned expression, an abort; 0 if it is not told."""
    if isinstance(node, ast.Tuple):
        found = [status_in(element) for element in node.elts[1:]]
        return next(filter(None, found), 0) or status_of(node.elts[0]) if node.elts else 0
    if isinstance(node, ast.Await):
        return status_of(node.value)
    if not isinstance(node, ast.Call):
        return STATUSES.get(dotted(node).rpartition(".")[2], 0) if node is not None else 0
    last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    if last in OR_404:
        return 404
    for keyword in node.keywords:
        if keyword.arg in STATUS_KEYWORDS:
            return status_in(keyword.value)
    if last in STATUSES:
        return STATUSES[last]
    return next(filter(None, (status_in(argument) for argument in node.args[:3])), 0)


def is_response(ctx, node) -> bool:
    """Answer whether a returned expression is an answer by its form: a response object, or (body, status)."""
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Tuple):
        return 2 <= len(node.elts) <= 3 and bool(status_in(node.elts[1]))
    if not isinstance(node, ast.Call):
        return False
    last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    if last not in RESPONSES:
        return False
    name = ctx.qualname(node.func)
    return bool(FRAMEWORKS.match(name)) if name else last[:1].isupper() or last in ("jsonify", "json_response")


__all__ = ["ABORTS", "HTTP_BASES", "is_abort", "is_http_error", "is_response", "status_in", "status_of"]
