"""Which apps of a project know their users by a cookie, and what keeps other sites from using it.

Asked through `cookies(project)`. A browser sends a cookie along with whatever another site makes it ask, unless SameSite
says otherwise: Strict never, Lax with top-level reading requests alone. A form of another site can send a POST whose body is
no JSON; anything else needs the consent of the server first.
"""

from __future__ import annotations

import re

from preaudit_hooks.facts.cookies import KEY
from preaudit_hooks.web.guards import guards, is_guard, said, words
from preaudit_hooks.web.model import handlers, web
from preaudit_hooks.web.names import snake

_TOKEN = re.compile(
    r"(?i)(?:^|[_-])(?:session|sessionid|sid|token|jwt|auth|access|bearer|remember)(?:$|[_-])|access_?token|auth_?token"
)
_OTHER = re.compile(r"(?i)refresh|csrf|xsrf|state|nonce|oauth|verifier|flow|redirect|device")
_ASYNC = ("FastAPI", "Starlette")
# what everybody may ask, or what changes nothing
_OPEN = frozenset(
    """login logout signin signout signup register registration callback webhook webhooks oauth oauth2 sso token password
    forgot verify contact subscribe unsubscribe newsletter search filter preview validate check query export download feedback health
    authenticate auth session sessions language locale lang theme track tracking""".split()
)
_CHANGING = frozenset(
    """delete remove create add update set toggle approve reject cancel enable disable activate deactivate revoke
    transfer pay publish unpublish archive restore ban unban promote grant clear purge reset destroy edit move rename""".split()
)
# words of what a handler calls that say that something changes
_ACTS = _CHANGING | frozenset(
    """save store keep put push insert import upload change send write commit post publish register submit place
    buy sell process apply assign invite approve start stop run trigger mark follow unfollow like vote comment unlink copy rmtree mkdir
    delay enqueue async execute_many executemany generate build install sync perform do merge modify replace append_row""".split()
)
_SITES = {"strict": 3, "unknown": 3, "lax": 2, "none": 1, "": 0}


def cookies(project):
    """Answer the Cookies of a project view, made once."""
    return project.once("web cookies", lambda: Cookies(project))


def _changes(row) -> bool:
    """Answer whether a handler stores something or calls what by its name does."""
    return bool(row.get("writes")) or any(set(snake(call).split("_")) & _ACTS for call in row.get("calls", ()))


class Cookies:
    """The cookies of a project that say who is asking."""

    def __init__(self, project):
        """Read the facts of the view."""
        self.project, self.web = project, web(project)
        self.facts = {path: fact for path, fact in project.facts("cookies") if not project.is_test(path)}
        self.protected = any(fact.get("protects") for fact in self.facts.values())
        self.same = max(
            (said for fact in self.facts.values() for said in fact.get("same", ())), key=_SITES.get, default=""
        )
        self.read = {
            text for path, fact in self.facts.items() for key in fact.get("read", ()) if (text := self._text(key, path))
        }

    def _text(self, expr, path) -> str:
        values = [value for value in self.project.constants(expr, path) if isinstance(value, str)]
        return values[0] if len(values) == 1 else ""

    def of(self, app):
        """Give (what is kept, SameSite, file, place) of each cookie by which an app knows its users."""
        library = "starlette" if app.kind in _ASYNC else app.kind.lower()
        for path, fact in self.facts.items():
            if library in ("flask", "quart"):
                for place, name in fact.get("login", ()):
                    yield f"{name.rpartition('.')[2]}()", self.same, path, place
            for place, of, key in fact.get("session", ()):
                if of == library:
                    yield f"session[{key!r}]", self.same or ("lax" if library == "starlette" else ""), path, place
            for place, expr, same in fact.get("set", ()):
                key = self._text(expr, path)
                if key in self.read and not _OTHER.search(key) and (_TOKEN.search(key) or KEY.match(key)):
                    yield f"the cookie {key}", same or ("lax" if library == "starlette" else ""), path, place

    def exposed(self, app, same) -> list:
        """Answer the routes of an app by which another site can change something while its cookie is sent."""
        if same not in ("", "none", "lax"):
            return []
        return [route for route in app.routes if route.certain and self._is_exposed(app, route, same)]

    def _is_exposed(self, app, route, same) -> bool:
        spoken = said(route)
        row = handlers(self.project, route.file).get(route.row.get("h", ""))
        if not row or spoken & _OPEN or not self._asks_who(app, route, row):
            return False
        methods = set(route.row["m"])
        if methods == {"GET"} and row.get("writes") and spoken & _CHANGING:
            return True
        return same != "lax" and "POST" in methods and row.get("reads", "") in ("form", "raw", "") and _changes(row)

    def _asks_who(self, app, route, row) -> bool:
        if row.get("guards") or guards(self.project, route):
            return True
        keys = set(route.chain)
        for path, fact in self.web.facts.items():
            for base, _, expr in fact.get("hooks", ()):
                if self.web.keys(base, path) & keys and any(is_guard(name) for name in words(expr)):
                    return True
        return False
