"""Django's share of the web facts: the lists of `path()` as routers, `include()` as mounts, views told by name elsewhere."""

from __future__ import annotations

import ast
import re

from preaudit.core.tree import FUNCTIONS, dotted, enclosing, parents, qualified_scope, statement_of

from preaudit_hooks.web.names import snake

LIST = "django.urls.urlpatterns"
_PATHS = frozenset({"django.urls.path", "django.urls.re_path", "django.conf.urls.url", "django.urls.conf.path",
                    "django.urls.conf.re_path"})  # fmt: skip
_APPLICATIONS = frozenset({"get_wsgi_application", "get_asgi_application"})
_GROUP = re.compile(r"\((?:\?P<\w+>|\?:)?(?:[^()]|\\.|\([^()]*\))*\)[?*+]?")
_PROBE_NAME = re.compile(
    r"(?:^|_)(?:health\w*|live|livez|liveness|alive|ping|heartbeat|ready|readyz|readiness|status)(?:$|_)"
)


def take(collector) -> None:
    """Add what a file has of URLconfs, settings and views to what its collector found."""
    ctx = collector.ctx
    if "get_wsgi_application" in ctx.text or "get_asgi_application" in ctx.text:
        for call in ctx.nodes(ast.Call):
            if dotted(call.func).rpartition(".")[2] in _APPLICATIONS:
                collector.make(call)
    if "ROOT_URLCONF" in ctx.text:
        for node in ctx.nodes(ast.Assign):
            if dotted(node.targets[0]) == "ROOT_URLCONF" and isinstance(node.value, ast.Constant):
                what = ["ref", f"{node.value.value}.urlpatterns"]
                collector.note("mounts", {"b": ["django"], "w": what, "prefix": None})
    if "django" in ctx.text and ("path(" in ctx.text or "url(" in ctx.text):
        lists: dict = {}
        for call in ctx.nodes(ast.Call):
            if ctx.names.qualname(call.func) in _PATHS and len(call.args) >= 2:
                _path(collector, call, lists)
    if ".register(" in ctx.text:
        for call in ctx.nodes(ast.Call):
            first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
            if (
                isinstance(first, str)
                and _last(call.func) == "register"
                and _PROBE_NAME.search(first.replace("-", "_"))
            ):
                collector.record.setdefault("probes", []).append(
                    "/" + first.strip("/")
                )  # a router of the REST framework
    if "def " in ctx.text and ("django" in ctx.text or "rest_framework" in ctx.text):
        _views(collector)


def _last(node) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _path(collector, call, lists) -> None:
    """Take one `path("orders/", view)` or `path("api/", include(...))`."""
    if any(
        isinstance(parent, ast.Call) and collector.ctx.names.qualname(parent.func) in _PATHS for parent in parents(call)
    ):
        return  # within a list that is included on the spot: not followed
    base = _list(collector, call, lists)
    first, view = call.args[:2]
    prefix = _prefix(collector, first, dotted(call.func).rpartition(".")[2] != "path")
    if isinstance(view, ast.Call) and dotted(view.func).rpartition(".")[2] == "include":
        collector.note("mounts", {"b": base, "w": _included(collector, view), "prefix": prefix})
    elif isinstance(view, ast.Attribute) and view.attr == "urls":
        collector.note("mounts", {"b": base, "w": collector.expr(view), "prefix": prefix})
    else:
        # these two only answer what is read
        fixed = isinstance(view, ast.Call) and dotted(view.func).endswith(
            ("RedirectView.as_view", "TemplateView.as_view")
        )
        collector.route(call, base, ["GET"] if fixed else ["ANY"], [prefix], view)


def _list(collector, call, lists):
    """Answer the base of the list that a call stands in; the lists of a module are routers."""
    statement = statement_of(call)
    target = getattr(statement, "target", None) or next(iter(getattr(statement, "targets", ())), None)
    name = dotted(target) if target is not None else ""
    if name not in lists:
        place = list(collector.ctx.place(statement))
        lists[name] = ["here", *place[:2]]
        collector.note("made", {"p": place, "cls": ["ref", LIST], "name": name, "fn": ""})
    return lists[name]


def _prefix(collector, node, is_pattern):
    """Answer the symbolic path: with a slash in front, without the signs of a regular expression, `{}` for its groups."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return collector.expr(node)
    text = node.value
    if is_pattern:
        text = _GROUP.sub("{}", text.removeprefix("^").removesuffix("$")).replace("\\", "").removesuffix("/?") or ""
    return ["const", "/" + text.removeprefix("/")]


def _included(collector, call):
    """Answer the expression of the list that `include()` is given."""
    what = call.args[0] if call.args else None
    if isinstance(what, ast.Tuple) and what.elts:
        what = what.elts[0]
    if isinstance(what, ast.Constant) and isinstance(what.value, str):
        return ["ref", f"{what.value}.urlpatterns"]
    found = collector.expr(what) if what is not None else None
    if found is not None and found[0] == "ref" and not found[1].startswith(collector.ctx.names.module + "."):
        return ["or", [found, ["ref", f"{found[1]}.urlpatterns"]]]
    return found


def _views(collector) -> None:
    """Take the views that a URLconf elsewhere may name as probes."""
    from preaudit_hooks.web.probes import depth_of

    for function in collector.ctx.nodes(*FUNCTIONS):
        owner = enclosing(function, ast.ClassDef)
        name = function.name if owner is None else owner.name
        if (owner is None or function.name == "get") and _PROBE_NAME.search(snake(name)):
            deep = depth_of(function, collector.ctx)
            row = [list(collector.ctx.place(function)), deep]
            collector.record.setdefault("views", {})[qualified_scope(function)] = row
