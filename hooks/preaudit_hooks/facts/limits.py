"""How often something may be asked: limiters of a file, what they are put on, and what answers 429.

As JSON can hold it, without what is empty; expressions are symbolic (core/exprs.py), a place is [line, column, end line,
end column]:

    {"made":    [{"p", "cls", "defaults", "storage"}]   calls that make a limiter; "storage": "memory", "" (not said), "other"
     "put":     [[place, limiter, what it is put on, kept]]   `limiter.limit("5/minute")(view)`; kept: the result is used;
                                                        ["view", name] for `app.view_functions[name]`
     "driven":  true        `limiter.limit("5/minute")(view)(request)`: the project applies limits by hand
     "above":   [[place, limiter, function]]            a limit that stands above the decorator which makes the route
     "answers": [name]      functions and classes that answer 429, with those around them
     "asks":    [name]      functions that ask what is named like a limiter, a captcha or a count of tries
     "lockout": true        it counts the tries of who signs in, or locks an account
     "middleware": true     slowapi's middleware is named
     "told":    [word]      "throttle": the REST framework's are named; "storage", "defaults": what Flask's
                            RATELIMIT_ settings say anywhere}

For other files: {"proxy": true} where a proxy limits requests, and "told".
"""

from __future__ import annotations

import ast
import re

from preaudit.core.exprs import storable
from preaudit.core.responses import status_in
from preaudit.core.tree import FUNCTIONS, dotted, last_name, parents, qualified_scope

from preaudit_hooks.facts.web import is_route_decorator
from preaudit_hooks.web.names import snake

KIND = "limits"
DOCUMENTS = ("config", "compose", "dotenv", "app-spec")
WORDS = (
    "imiter", "ate_limit", "atelimit", "ateLimit", "RATELIMIT", "RATE_LIMIT", "hrottl", "THROTTLE", "TOO_MANY", "TooMany", "429",
    "ttempt", "ockout", "locked", "failed_", "aptcha", "urnstile", "SlowAPI",
)  # fmt: skip
METHODS = frozenset({"limit", "shared_limit"})
# what a decorator, dependency, middleware or helper is named after that limits how often something can be done
NAMED = re.compile(
    r"rate_?limit|throttl|limiter|too_many|brute_?force|captcha|turnstile|lockout|locked_out|slow_?down|"
    r"(?:login|failed|password|otp|auth|signin|max|verify|code|remaining|too_many)_attempts|attempts_(?:left|exceeded)|cooldown|"
    r"slow_api|(?:check|enforce|apply|consume|hit)_(?:(?:request|usage|login|api|user|ip|call)s?_)?limits?(?:_|$)"
)
_LOOSE = re.compile(r"(?:^|_)limit(?:s|ed)?(?:_|$)")
_LOCKS = re.compile(
    r"(?:login|signin|sign_in|auth|password|otp)_(?:\w+_)?(?:attempts?|tries|failures)(?:_|$)|"
    r"(?:failed|invalid|wrong)_(?:attempts|tries|logins)(?:_|$)|"
    r"lockout|locked_(?:at|until|out)|account_locked|lock_account|lock_user"
)
_FAILURES = ("error", "exception", "exceeded", "response", "handler")
_TOLD = (
    ("throttle", "THROTTLE"),
    ("throttle", "throttle_"),
    ("storage", "RATELIMIT_STORAGE"),
    ("defaults", "RATELIMIT_DEFAULT"),
    ("defaults", "RATELIMIT_APPLICATION"),
)
_PROXIES = (".conf", "caddyfile", ".tf", ".hcl", ".j2", ".tpl", ".template", ".yml", ".yaml", ".cfg")
_PROXY = re.compile(
    r"(?im)^[^#\n]*(?:\blimit_req\b|\brate_?limit\b|\brate-limit|rate_based|\blimit-rp[sm]\b|http_req_rate|throttling_(?:rate|burst))"
)
_LABEL = re.compile(r"(?im)^[^#\n]*traefik[^#\n]*ratelimit")


def collect(ctx):
    """Answer what a Python file has of limits, None if it has nothing."""
    found = {
        "made": [_made(ctx, call) for call in ctx.nodes(ast.Call) if _is_limiter(call)],
        "put": [row for call in ctx.nodes(ast.Call) if (row := _put(ctx, call))],
        "driven": any(_is_driven(call) for call in ctx.nodes(ast.Call)) if ".limit(" in ctx.text else False,
        "above": [row for function in ctx.nodes(*FUNCTIONS) if (row := _above(ctx, function))],
        "answers": sorted({name for node in _statuses(ctx) for name in _around(node)}),
        "asks": sorted({name for node in ctx.nodes(ast.Call) if _asks(node) for name in _around(node)}),
        "lockout": any(word in ctx.text for word in ("ttempt", "ock")) and _locks(ctx),
        "middleware": any(word in ctx.text for word in ("SlowAPIMiddleware", "SlowAPIASGIMiddleware")),
        "told": _told(ctx.text),
    }
    return {key: value for key, value in found.items() if value} or None


def is_named(name: str, loose: bool = False) -> bool:
    """Answer whether a name says that it limits how often something can be done; `loose`: `limit` alone says so."""
    text = snake(name.rpartition(".")[2])
    return not text.endswith(_FAILURES) and bool(NAMED.search(text) or loose and _LOOSE.search(text))


def _is_limiter(call) -> bool:
    return last_name(call.func) == "Limiter"


def _made(ctx, call):
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    storage = given.get("storage_uri")
    if storage is None:
        kind = "" if None not in given and "storage" not in given else "other"
    else:
        memory = isinstance(storage, ast.Constant) and str(storage.value).startswith("memory")
        kind = "memory" if memory else "" if isinstance(storage, ast.Constant) and not storage.value else "other"
    limits = [given[name] for name in ("default_limits", "application_limits") if name in given]
    defaults = any(not (isinstance(part, (ast.List, ast.Tuple)) and not part.elts) and _is_set(part) for part in limits)
    return {
        "p": list(ctx.place(call)),
        "cls": storable(ctx.exprs.of(call.func), 40),
        "defaults": defaults,
        "storage": kind,
    }


def _is_set(node) -> bool:
    return not (isinstance(node, ast.Constant) and not node.value)


def _put(ctx, call):
    """Answer the row of `limiter.limit("5/minute")(view)`, None for any other call."""
    inner = call.func
    if not (isinstance(inner, ast.Call) and last_name(inner.func) in METHODS and isinstance(inner.func, ast.Attribute)):
        return None
    if len(call.args) != 1:
        return None
    kept = not isinstance(call.parent_, ast.Expr)
    what = call.args[0]
    if (
        isinstance(what, ast.Subscript)
        and last_name(what.value) == "view_functions"
        and isinstance(what.slice, ast.Constant)
    ):
        return [
            list(ctx.place(call)),
            storable(ctx.exprs.of(inner.func.value), 40),
            ["view", str(what.slice.value)],
            kept,
        ]
    return [
        list(ctx.place(call)),
        storable(ctx.exprs.of(inner.func.value), 40),
        storable(ctx.exprs.of(call.args[0]), 40),
        kept,
    ]


def _is_driven(call) -> bool:
    """Answer whether a call is `limiter.limit(...)(something)(request)`: code of the project applies limits by hand."""
    made = call.func
    return (
        isinstance(made, ast.Call)
        and isinstance(made.func, ast.Call)
        and isinstance(made.func.func, ast.Attribute)
        and made.func.func.attr in METHODS
    )


def _above(ctx, function):
    """Answer the row of a limit above the lowest place at which the function becomes a route, None if there is none."""
    first = next((i for i, decorator in enumerate(function.decorator_list) if is_route_decorator(decorator)), 0)
    if first:
        rows = [_limit_of(decorator) for decorator in function.decorator_list]
        upper = [row for row in rows[:first] if row is not None]
        if upper and not any(rows[first:]):
            return [
                list(ctx.place(upper[0])),
                storable(ctx.exprs.of(upper[0].func.value), 40),
                qualified_scope(function),
            ]
    return None


def _limit_of(decorator):
    """Answer the call of a decorator that is spelled like a limiter's, None for any other."""
    is_limit = (
        isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr in METHODS
    )
    return decorator if is_limit else None


def _statuses(ctx):
    """Give the nodes by which a function answers 429; a comparison or a list of statuses is of one who asks."""
    for node in ctx.nodes(ast.Constant):
        if node.value == 429 and type(node.value) is int and _answers(node):
            yield node
    for node in ctx.nodes(ast.Attribute):
        if status_in(node) == 429 and _answers(node):
            yield node
    for node in ctx.nodes(ast.Name, ast.Attribute):
        if last_name(node) in ("TooManyRequests", "HTTPTooManyRequests", "Throttled", "HttpTooManyRequests"):
            if isinstance(node.parent_, (ast.Raise, ast.Call)):
                yield node


def _answers(node) -> bool:
    parent = node.parent_
    if isinstance(parent, ast.keyword):
        return parent.arg != "status_forcelist"
    if isinstance(parent, ast.Tuple):
        return isinstance(parent.parent_, ast.Return)
    return isinstance(parent, (ast.Call, ast.Assign, ast.AnnAssign, ast.Return))


def _asks(call) -> bool:
    names = [last_name(call.func)]
    if isinstance(call.func, ast.Attribute):
        names.append(dotted(call.func.value).rpartition(".")[2])
    return any(is_named(name) for name in names if name)


def _around(node):
    """Give the qualified names of the functions and classes around a node."""
    for parent in parents(node):
        if isinstance(parent, (*FUNCTIONS, ast.ClassDef)):
            yield qualified_scope(parent)


def _locks(ctx) -> bool:
    """Answer whether the file keeps a count of failed tries, or the time at which an account was locked."""
    names = (node.attr if isinstance(node, ast.Attribute) else node.id for node in ctx.nodes(ast.Name, ast.Attribute))
    return any(_LOCKS.search(snake(name)) for name in names)


def _told(text) -> list:
    return sorted({word for word, name in _TOLD if name in text})


def collect_document(document):
    """Answer what another file says of limits, None if it says nothing."""
    name = document.path.rpartition("/")[2].lower()
    text = document.text
    found = {}
    if document.kind == "compose":
        found["proxy"] = bool(_LABEL.search(text))
    elif document.kind == "config" and name.endswith(_PROXIES) and "requirements" not in name:
        found["proxy"] = bool(_PROXY.search(text))
    found["told"] = _told(text)
    return {key: value for key, value in found.items() if value} or None
