"""Cookies that say who is asking, and what keeps other sites from using them.

As JSON can hold it, without what is empty; a place is [line, column, end line, end column], "same" is what is said of
SameSite: "strict", "lax", "none", "" (nothing) or "unknown":

    {"session": [[place, library, key]]     `session["user_id"] = ...`; library: "flask", "quart", "starlette"
     "login":   [[place, dotted name]]      login_user(...) of a library that keeps it in the session
     "set":     [[place, key, same]]        `response.set_cookie(key, ...)`; keys are symbolic expressions
     "read":    [key]                       cookies that are read
     "same":    [same]                      what SESSION_COOKIE_SAMESITE and SessionMiddleware are given
     "protects": true                       a name or text in it speaks of CSRF, or the origin of a request is looked at
     "bogus":   [[place, dotted name]]      imports of a CSRF middleware that no version of the library has
     "django":  [place], "posts": true      MIDDLEWARE with sessions and without the CSRF check; views that read a form}
"""

from __future__ import annotations

import ast
import re

from preaudit.core.exprs import storable
from preaudit.core.tree import dotted

KIND = "cookies"
WORDS = ("ookie", "session", "csrf", "CSRF", "Csrf", "xsrf", "XSRF", "login_user", "SAMESITE", "Origin", "ec-fetch-site",
         "request.POST", "SessionMiddleware")  # fmt: skip
KEY = re.compile(
    r"(?i)^_?(?:.*[_-])?(?:user|uid|username|userid|logged_?in|is_logged|auth|authenticated|account|admin|email|profile|member|"
    r"identity|login|user_?id|current_user|staff|customer|employee|role|is_admin|login_id|account_id)(?:_?id)?$"
)
_CSRF = re.compile(r"(?i)csrf|xsrf|sec-fetch-site")
_EXEMPT = re.compile(
    r"(?i)csrf_?exempt|exempt_csrf|exempt_from_csrf|csrf_failure|csrf_trusted_origins|csrf_cookie|csrf_?error"
)
_ORIGINS = frozenset(
    {"origin", "referer", "referrer", "x-requested-with", "sec-fetch-site", "http_origin", "http_referer"}
)
_LOGINS = frozenset({
    "flask_login.login_user", "flask_login.utils.login_user", "flask_security.login_user", "flask_security.utils.login_user",
    "quart_auth.login_user", "flask_user.login_user", "flask_principal.identity_changed",
})  # fmt: skip
_SESSIONS = {"flask.session": "flask", "quart.session": "quart", "flask.globals.session": "flask"}
_FRAMEWORKS = ("fastapi.", "starlette.")
_CHECK = "django.middleware.csrf.CsrfViewMiddleware"


def collect(ctx):
    """Answer what a Python file has of cookies, None if it has nothing."""
    found: dict = {"bogus": _bogus(ctx)}
    text = ctx.text
    if "session" in text:
        found["session"] = _stores(ctx)
    if "ookie" in text:
        found["set"], found["read"] = _set(ctx), _read(ctx)
    if "login_user" in text:
        found["login"] = [
            [list(ctx.place(call)), name]
            for call in ctx.nodes(ast.Call)
            if (name := ctx.names.qualname(call.func)) in _LOGINS
        ]
    if "SAMESITE" in text or "SessionMiddleware" in text:
        found["same"] = sorted(set(_same(ctx)))
    found["protects"] = bool(_CSRF.search(text) or "rigin" in text or "eferer" in text) and _protects(ctx)
    if "MIDDLEWARE" in text:
        found["django"] = [list(ctx.place(node)) for node in ctx.nodes(ast.Assign) if _unprotected(node)]
    found["posts"] = any(
        node.attr == "POST" and dotted(node.value) in ("request", "self.request") for node in ctx.nodes(ast.Attribute)
    ) if ".POST" in text else False  # fmt: skip
    return {key: value for key, value in found.items() if value} or None


def _bogus(ctx) -> list:
    found = []
    for node in ctx.nodes(ast.ImportFrom, ast.Import):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module and not node.level else []
        for name in names:
            if name.startswith(_FRAMEWORKS) and "csrf" in name.lower():
                found.append([list(ctx.place(node)), name])
                break
    return found


def _stores(ctx) -> list:
    """Answer the rows of `session["user_id"] = ...`."""
    found = []
    for node in ctx.nodes(ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(node.ctx, ast.Store) and isinstance(key, str) and KEY.match(key):
            library = _SESSIONS.get(ctx.names.qualname(node.value), "")
            if not library and isinstance(node.value, ast.Attribute) and node.value.attr == "session":
                library = "starlette" if dotted(node.value.value) in ("request", "req", "self.request") else ""
            if library:
                found.append([list(ctx.place(node)), library, key])
    return found


def _keyword(call, *names):
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def _said(node) -> str:
    """Answer what an expression says of SameSite."""
    if isinstance(node, ast.Constant):
        text = "none" if node.value is None or node.value is False else str(node.value).lower()
        return text if text in ("strict", "lax", "none") else "unknown"
    return "unknown"


def _set(ctx) -> list:
    found = []
    for call in ctx.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "set_cookie":
            key = call.args[0] if call.args else _keyword(call, "key", "name")
            given = _keyword(call, "samesite")
            spread = any(keyword.arg is None for keyword in call.keywords)
            same = _said(given) if given is not None else "unknown" if spread else ""
            expr = storable(ctx.exprs.of(key), 40) if key is not None else None
            if expr is not None:
                found.append([list(ctx.place(call)), expr, same])
    return found


def _read(ctx) -> list:
    """Answer the keys of the cookies that are read: `request.cookies["x"]`, `.get("x")`, Cookie() and APIKeyCookie()."""
    keys = []
    for node in ctx.nodes(ast.Subscript):
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("cookies", "COOKIES"):
            keys.append(node.slice)
    for call in ctx.nodes(ast.Call):
        last = dotted(call.func).rpartition(".")[2]
        if last == "get" and isinstance(call.func, ast.Attribute):
            if isinstance(call.func.value, ast.Attribute) and call.func.value.attr in ("cookies", "COOKIES"):
                keys += call.args[:1]
        elif last == "APIKeyCookie":
            keys += [key] if (key := _keyword(call, "name")) is not None else []
        elif last == "Cookie" and isinstance(call.parent_, ast.arguments):
            keys += [key] if (key := _keyword(call, "alias")) is not None else []
    found = [expr for key in keys if (expr := storable(ctx.exprs.of(key), 40)) is not None]
    for node in ctx.nodes(ast.arg):
        parts = ast.walk(node.annotation) if isinstance(node.annotation, ast.Subscript) else ()
        if any(isinstance(part, ast.Call) and dotted(part.func).rpartition(".")[2] == "Cookie" for part in parts):
            found.append(["const", node.arg])  # Annotated[str, Cookie()]
    for node in ctx.nodes(ast.arguments):
        every = [*node.posonlyargs, *node.args]
        pairs = [*zip(every[len(every) - len(node.defaults) :], node.defaults), *zip(node.kwonlyargs, node.kw_defaults)]
        for argument, default in pairs:
            if isinstance(default, ast.Call) and dotted(default.func).rpartition(".")[2] == "Cookie":
                found.append(["const", argument.arg])
    return found


def _same(ctx):
    """Give what is said of the SameSite of the session's cookie."""
    for node in ctx.nodes(ast.Assign, ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            name = dotted(target).rpartition(".")[2]
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                name = target.slice.value
            if name == "SESSION_COOKIE_SAMESITE":
                yield _said(node.value)
    for call in ctx.nodes(ast.Call):
        for keyword in call.keywords:
            if keyword.arg == "SESSION_COOKIE_SAMESITE":
                yield _said(keyword.value)
        names = [dotted(node).rpartition(".")[2] for node in (call.func, *call.args[:1])]
        if "SessionMiddleware" in names:
            given = _keyword(call, "same_site")
            if given is not None or any(keyword.arg is None for keyword in call.keywords):
                yield _said(given) if given is not None else "unknown"
    for node in ctx.nodes(ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and key.value == "SESSION_COOKIE_SAMESITE":
                yield _said(value)


def _protects(ctx) -> bool:
    """Answer whether code, not a comment or a switch that is off, speaks of CSRF or looks at where a request comes from."""
    for node in ctx.nodes(ast.Import, ast.ImportFrom):
        module = getattr(node, "module", None) or ""
        for alias in node.names:
            name = f"{module}.{alias.name}"
            if _CSRF.search(name) and not _EXEMPT.search(name) and not name.startswith(_FRAMEWORKS):
                return True
    for node in ctx.nodes(ast.Constant):
        if not isinstance(node.value, str) or isinstance(node.parent_, ast.Expr) or len(node.value) > 80:
            continue
        if node.value.lower() in _ORIGINS and isinstance(node.parent_, (ast.Call, ast.Subscript)):
            if (
                "headers" in dotted(getattr(node.parent_, "func", node.parent_))
                or "META" in ast.dump(node.parent_)[:400]
            ):
                return True
        if _CSRF.search(node.value) and not _EXEMPT.search(node.value) and not _is_off(node):
            return True
    for node in ctx.nodes(ast.Name, ast.Attribute):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        if _CSRF.search(name) and not _EXEMPT.search(name) and not _is_off(node) and not _is_bogus(ctx, node):
            return True
    for node in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg):
        name = node.arg if isinstance(node, ast.arg) else node.name
        if _CSRF.search(name) and not _EXEMPT.search(name):
            return True
    return any(
        keyword.arg and _CSRF.search(keyword.arg) and not _EXEMPT.search(keyword.arg) and not _is_false(keyword.value)
        for call in ctx.nodes(ast.Call)
        for keyword in call.keywords
    )


def _is_bogus(ctx, node) -> bool:
    return ctx.names.qualname(node).startswith(_FRAMEWORKS)


def _is_false(node) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _is_off(node) -> bool:
    """Answer whether a name or key is given False: `WTF_CSRF_ENABLED = False`."""
    parent = node.parent_
    while isinstance(parent, (ast.Subscript, ast.Attribute)):
        node, parent = parent, parent.parent_
    if isinstance(parent, ast.Dict) and node in parent.keys:
        return _is_false(parent.values[parent.keys.index(node)])
    return isinstance(parent, (ast.Assign, ast.AnnAssign)) and parent.value is not node and _is_false(parent.value)


def _unprotected(node) -> bool:
    """Answer whether an assignment is Django's MIDDLEWARE, with sessions and users and without the check."""
    if dotted(node.targets[0]) not in ("MIDDLEWARE", "MIDDLEWARE_CLASSES"):
        return False
    if not isinstance(node.value, (ast.List, ast.Tuple)):
        return False
    if not all(isinstance(item, ast.Constant) for item in node.value.elts):
        return False
    names = [str(item.value) for item in node.value.elts]
    return any(name.endswith("SessionMiddleware") for name in names) and any(
        name.endswith("AuthenticationMiddleware") for name in names
    ) and not any("csrf" in name.lower() for name in names)  # fmt: skip
