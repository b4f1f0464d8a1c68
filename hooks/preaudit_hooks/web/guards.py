"""Who may ask: the decorators, dependencies and hooks of a route that look at the person behind a request.

What such a guard does is in a library or behind many calls; it is known by its name, read as words.
"""

from __future__ import annotations

from preaudit.core.patterns import lazy

_CAMEL = lazy(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GUARD = lazy(
    r"(?:^|_)(?:auth(?:ed|n|z|enticat[a-z]*|oriz[a-z]*)?|login|logged|signed_in|current_(?:\w+_)?user|currentuser|active_user|superuser|admin|jwt|bearer|oauth2?|"
    r"permissions?|permitted|roles?|scopes?|requires?|required|protected|secured|security|acl|rbac|api_?key|credentials?|"
    r"identity|principal|session_user|user_session|verified|verify_(?:\w+_)?(?:token|user|key|access|session|request)|"
    r"access_token|token_required|get_user|check_(?:\w+_)?(?:token|user|access|session)|is_owner|can_\w+|staff|g_user)(?:_|$)"
)
# the last word of what fetches or does things, whatever else the name says
_TOOLS = frozenset(
    """service services repo repository repositories manager store dao crud db session client usecase handler controller
    factory settings config storage model schema router blueprint url uri path form page error exception exceptions required_fields
    log logger logs id ids name count list type fields field""".split()
)


def snake(name: str) -> str:
    """Answer a name in small letters with underscores: CurrentUser is current_user."""
    return _CAMEL.sub("_", name).lower()


def is_guard(name: str) -> bool:
    """Answer whether the name of a decorator, dependency or function says that it looks at who is asking."""
    text = snake(name)
    return text.rpartition("_")[2] not in _TOOLS and bool(_GUARD.search(text))


def decorators(project, route) -> list:
    """Answer the symbolic expressions of the decorators of a route's handler, outermost first; those of its class too."""
    name = route.row.get("h", "")
    record = project.project.summary(route.path)
    found = list(record["functions"].get(name, {}).get("decos", ()))
    owner = name.rpartition(".")[0]
    entry = record["classes"].get(owner) or record["classes"].get(name)
    if entry:
        found += entry.get("decos", ())
        for attribute in (
            "decorators",
            "method_decorators",
            "permission_classes",
            "throttle_classes",
            "authentication_classes",
        ):
            found += _items(entry["attrs"].get(attribute))
    return found


def dependencies(project, route) -> list:
    """Answer (expression, file) of what FastAPI injects before a route runs: its own, its routers', its app's."""
    found = [(part, path) for expr, path in route.deps for part in _items(expr)]
    entry = project.project.summary(route.path)["functions"].get(route.row.get("h", ""), {})
    for deco in entry.get("decos", ()):
        if deco[0] == "call" and len(deco) > 3:
            found += [(part, route.path) for part in _items(deco[3].get("dependencies"))]
    for _, expr in entry.get("params", ()):
        if expr is not None:
            found.append((expr, route.path))
    return found


def _items(expr) -> list:
    if expr is None:
        return []
    if expr[0] == "seq":
        return [part for part in expr[2] if part is not None]
    return [expr]


def words(expr) -> list:
    """Answer the dotted names in a symbolic expression: what it is made of, called or injected."""
    found, stack = [], [expr]
    while stack:
        part = stack.pop()
        if not isinstance(part, list) or not part:
            if isinstance(part, dict):
                stack.extend(part.values())
            continue
        if part[0] == "ref" and len(part) == 2 or part[0] == "name" and len(part) == 2:
            found.append(part[1])
        elif part[0] == "attr" and len(part) == 3:
            found.append(str(part[2]))
            stack.append(part[1])
        elif part[0] == "param":
            stack.extend(part[3:])
        elif part[0] != "const":
            stack.extend(part[1:])
    return found
