"""Which routes of a project are limited in how often they can be asked, and which limits have no effect.

Asked through `limits(project)`. A library's limiter is known by its class, a project's own by answering 429 or by its name;
what cannot be told counts as a limit.
"""

from __future__ import annotations

import re

from preaudit_hooks.facts.limits import is_named
from preaudit_hooks.imported import imported
from preaudit_hooks.web.guards import decorators, dependencies, guards, words
from preaudit_hooks.web.model import handlers, web
from preaudit_hooks.web.names import snake

SLOWAPI = frozenset({"slowapi.Limiter", "slowapi.extension.Limiter"})
FLASK = frozenset({"flask_limiter.Limiter", "flask_limiter.extension.Limiter", "flask_limiter._extension.Limiter"})
LIMITERS = SLOWAPI | FLASK
# packages that limit the requests which a server answers; imported anywhere, they are the project's limiter
LIBRARIES = frozenset({
    "slowapi", "flask_limiter", "fastapi_limiter", "django_ratelimit", "ratelimit_django", "quart_rate_limiter", "asgi_ratelimit",
    "ratelimit", "fastapi_throttle", "fastapi_throttling", "fastapi_simple_rate_limiter", "fastapi_ratelimit", "fastapi_guard",
    "guard", "allauth", "axes", "defender", "limits", "pyrate_limiter", "aiohttplimiter", "flask_ipban", "sanic_limiter", "fastapi_cap",
    "starlette_limiter", "slow_api", "throttled", "upstash_ratelimit", "fastapi_advanced_rate_limiter", "zuplo", "arcjet",
})  # fmt: skip
_MADE_BY_HAND = frozenset({"slowapi", "flask_limiter", "limits"})
_TRUSTED = re.compile(r"admin|superuser|permission|staff|(?:^|_)roles?(?:_|$)|owner")
_EXEMPT = ("exempt", "ratelimit_exempt")
_PARAMETER = re.compile(r"[{<]|^:")
_LOGIN = frozenset({"login", "signin", "authenticate", "sign_in", "log_in"})
_SECRETS = frozenset({"password", "passwd", "otp", "totp", "mfa", "2fa"})
_WORK = frozenset({"upload", "uploads", "backfill", "batch"})
_TOKENS = frozenset({"token", "access_token", "refresh_token", "token_refresh", "get_token", "tokens_refresh"})
_AFTER_TOKEN = frozenset({"refresh", "obtain", "pair", "access", "login", "new"})
_HARMLESS = frozenset({"history", "status", "logs", "log", "events", "callback", "url", "urls", "complete", "cancel", "abort", "policy",
                       "progress", "logout", "options", "config", "settings", "delete", "disable", "remove"})  # fmt: skip
# names that say nothing of the function which has them
_COMMON = frozenset(
    """get post put patch delete head options main run execute wrapper wrapped decorator inner call request send fetch
    handle handler dispatch process setup init start check create update save load create_app make_app lifespan app""".split()
)
_READING = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "VIEW", "WEBSOCKET"})


def limits(project):
    """Answer the Limits of a project view, made once."""
    return project.once("web limits", lambda: Limits(project))


def sensitive(route) -> tuple:
    """Answer (path, kind) of a route that invites many tries or heavy work, ("", "") for any other.

    The kinds: "secret" (login, password, one-time password), "token" (one is given out), "work" (upload, batch, backfill).
    """
    if set(route.row["m"]) <= _READING:
        return "", ""
    name = snake(route.row.get("h", "").rpartition(".")[2])
    for text in route.paths:
        parts = [part for part in text.split("/") if part]
        fixed = [snake(part.replace("-", "_")) for part in parts if not _PARAMETER.search(part)]
        kind = _kind_of(fixed, not _PARAMETER.search(parts[-1])) if fixed else ""
        if kind:
            return text, kind
        if fixed and _is_harmless(fixed[-1]):
            return "", ""
    first = name.partition("_")[0]
    return (route.paths[0], _word_kind(name)) if first in _WORK | _LOGIN and _word_kind(name) else ("", "")


def _kind_of(fixed, ends) -> str:
    """Answer the kind that the fixed segments of a path say; `ends`: the path ends in one of them."""
    last = fixed[-1]
    before = fixed[-2] if len(fixed) > 1 else ""
    if ends and (last in _TOKENS or before == "token" and last in _AFTER_TOKEN):
        return "token"
    return _word_kind(last) or ("secret" if _word_kind(before) == "secret" and not _is_harmless(last) and not (
        set(before.split("_")) & _LOGIN) else "")  # fmt: skip


def _word_kind(text) -> str:
    """Answer the kind that a segment or a function's name says: its first or last word is one of those."""
    if not text or _is_harmless(text):
        return ""
    parts = text.split("_")
    ends = {parts[0], parts[-1]}
    if text in _LOGIN or ends & _LOGIN or set(parts) & _SECRETS:
        return "secret"
    return "work" if ends & _WORK else ""


def _is_harmless(text) -> bool:
    return bool(set(text.split("_")) & _HARMLESS)


class Limits:
    """The limiters of a project."""

    def __init__(self, project):
        """Read the facts of the view."""
        self.project, self.web = project, web(project)
        self.facts, self.told, self.proxy = {}, set(), False
        for path, fact in project.facts("limits"):
            if path.endswith((".py", ".pyi")):
                if project.is_test(path):
                    continue
                self.facts[path] = fact
            self.proxy = self.proxy or bool(fact.get("proxy"))
            self.told |= set(fact.get("told", ()))
        self.lockout = any(fact.get("lockout") for fact in self.facts.values())
        self.driven = any(fact.get("driven") for fact in self.facts.values())
        self.middleware = any(fact.get("middleware") for fact in self.facts.values())
        self.names, self.answering = set(), False
        for fact in self.facts.values():
            for name in (*fact.get("answers", ()), *fact.get("asks", ())):
                last = name.rpartition(".")[2]
                if not last.startswith("__") and last not in _COMMON:
                    self.names.add(last)
        self.answering = any(fact.get("answers") for fact in self.facts.values())
        self.libraries = self._libraries()
        self.made = [
            (path, row, kind)
            for path, fact in self.facts.items()
            for row in fact.get("made", ())
            if (kind := self._class(row["cls"], path))
        ]
        self.whole = self._whole()
        self.put, self.lost = self._put()
        self.above = [
            (path, place, name)
            for path, fact in self.facts.items()
            for place, owner, name in fact.get("above", ())
            if self._is_limiter(owner, path)
        ]

    def _libraries(self) -> set:
        # plain `ratelimit` paces the calls that a client makes; django-ratelimit and asgi-ratelimit are known by their modules
        return {module.partition(".")[0] for module in imported(self.project, LIBRARIES) if module != "ratelimit"}

    def _class(self, cls, path) -> str:
        """Answer "slowapi" or "flask" for an expression that denotes such a limiter's class, else ''."""
        names = {cls[1]} if cls and cls[0] == "ref" else set()
        names |= {value[1] for value in self.project.values(cls, path) if value[0] in "cx"} if cls else set()
        return "slowapi" if names & SLOWAPI else "flask" if names & FLASK else ""

    def _is_limiter(self, owner, path) -> bool:
        return owner is not None and any(
            value[0] == "i" and value[1] in LIMITERS for value in self.project.values(owner, path)
        )

    def _whole(self) -> set:
        """Answer the libraries whose limiter limits every route: slowapi and Flask-Limiter, each by its own way."""
        found = set()
        for _, row, kind in self.made:
            if kind == "flask" and (row["defaults"] or "defaults" in self.told) or kind == "slowapi" and (
                (row["defaults"] or "defaults" in self.told) and self.middleware
            ):  # fmt: skip
                found.add(kind)
        return found

    def _put(self):
        """Answer ({what a limit was put on}, [(file, place, name)] of limits on functions whose result is thrown away)."""
        put, lost = set(), []
        for path, fact in self.facts.items():
            for place, owner, what, kept in fact.get("put", ()):
                if what and what[0] == "view":  # limiter.limit("5/minute")(app.view_functions["login"])
                    if not kept and self._is_limiter(owner, path):
                        lost.append((path, place, what[1]))
                    continue
                keys = self.web.keys(what, path) if what else set()
                put |= keys
                name = what[1] if what and what[0] == "ref" else ""
                if kept or what is None:
                    put.add(name)
                elif not keys and self._is_limiter(owner, path) and self._is_function(name, path):
                    lost.append((path, place, name.removeprefix(f"{self.project.module(path)}.")))
        return put, lost

    def _is_function(self, name, path) -> bool:
        home = self.project.project.find(name, path) if name else None
        return home is not None and ".".join(home[1]) in self.project.project.summary(home[0])["functions"]

    # what a route has

    @property
    def is_there(self) -> bool:
        """Answer whether the project limits anything, or may: a library, an answer 429, a proxy."""
        if self.answering or self.proxy or "throttle" in self.told or self.libraries - _MADE_BY_HAND:
            return True
        # a limiter that is made and put on nothing limits nothing
        return bool(self.whole or self.put or self.lost or self.above) or any(
            self.has(route) for app in self.web.apps for route in app.routes
        )

    @property
    def limits_some(self) -> bool:
        """Answer whether some route or app is certainly limited, so that another without a limit stands out."""
        if self.put or self.whole or any(self.covers(app) for app in self.web.apps):
            return True
        return any(self.has(route) for app in self.web.apps for route in app.routes)

    def covers(self, app) -> bool:
        """Answer whether every route of an app is limited: by a proxy, by defaults that take effect, by a middleware or hook."""
        if self.proxy or ("flask" if app.kind in ("Flask", "Quart") else "slowapi") in self.whole:
            return True
        for path, fact in self.web.facts.items():
            for base, expr in fact.get("middleware", ()):
                if self._limiting(expr, path) and self._concerns(app, base, path):
                    return True
            for base, _, expr in fact.get("hooks", ()):
                if self._limiting(expr, path) and self._concerns(app, base, path):
                    return True
        return False

    def _concerns(self, app, base, path) -> bool:
        keys = self.web.keys(base, path)
        return not keys or (app.path, *app.place[:2]) in keys or any(set(route.chain) & keys for route in app.routes)

    def _limiting(self, expr, path) -> bool:
        return any(self._is_limit(name, True) for name in words(expr))

    def _is_limit(self, name, loose) -> bool:
        last = name.rpartition(".")[2]
        return last in self.names or not last.isupper() and is_named(last, loose)

    def wanted(self, route) -> str:
        """Answer the path of a route that should be limited, '' for any other.

        A token is guessed or given out where nobody is known yet; an administrator has no need to guess, and is trusted with
        the service's work. Where an account is locked after some wrong tries, guessing is limited by that.
        """
        path, kind = sensitive(route)
        if not kind or kind != "work" and (self.lockout or self._takes_nothing(route)):
            return ""
        who = guards(self.project, route)
        if who and kind == "token":
            return ""
        if kind == "work":  # a login may look at the role of whom it lets in
            who |= set(handlers(self.project, route.file).get(route.row.get("h", ""), {}).get("guards", ()))
        return "" if any(_TRUSTED.search(snake(name)) for name in who) else path

    def _takes_nothing(self, route) -> bool:
        """Answer whether a handler is known to take nothing that could be tried: no parameter, and no look at the request."""
        name = route.row.get("h", "")
        entry = self.project.project.summary(route.file)["functions"].get(name) if name else None
        if entry is None or handlers(self.project, route.file).get(name, {}).get("reads"):
            return False
        return not {given for given, _ in entry.get("params", ())} - {"self", "cls"}

    def has(self, route) -> bool:
        """Answer whether a route is limited by itself: decorator, dependency, its blueprint, or what its handler calls."""
        name = route.row.get("h", "")
        last = name.rpartition(".")[2]
        if last in self.names or set(route.chain) & self.put or f"{self.project.module(route.file)}.{name}" in self.put:
            return True
        for expr in decorators(self.project, route):
            if expr is not None and (self._limiting(expr, route.file) or any(w.endswith(_EXEMPT) for w in words(expr))):
                return True
        for expr, _ in dependencies(self.project, route):
            if self._foreign(expr) or any(self._is_limit(name, expr[0] != "param") for name in words(expr)):
                return True
        row = handlers(self.project, route.file).get(name, {})
        return any(is_named(call) or call in self.names for call in row.get("calls", ()))

    def _foreign(self, expr) -> bool:
        return any(word.partition(".")[0] in LIBRARIES for word in words(expr))
