"""Who may ask: the decorators, dependencies and hooks of a route that look at the person behind a request.

What such a guard does is in a library or behind many calls; it is known by its name, read as words.
"""

from __future__ import annotations

from functools import lru_cache

from preaudit.core.patterns import lazy

from preaudit_hooks.web.names import DECORATORS, snake

_GUARD = lazy(
    r"(?:^|_)(?:auth(?:ed|n|z|enticat[a-z]*|oriz[a-z]*)?|login|logged|signed_in|current_(?:\w+_)?(?:user|customer|account|member|person|owner|actor|tenant|organi[sz]ation|client|employee|student|subject)|currentuser|active_user|superuser|admin|jwt|bearer|oauth2?|"
    r"permissions?|permitted|roles?|scopes?|requires?|required|protected|secured|security|acl|rbac|api_?key|credentials?|"
    r"identity|principal|session_user|user_session|verified|verify_(?:\w+_)?(?:token|user|key|access|session|request)|"
    r"access_token|token_required|get_user|check_(?:\w+_)?(?:token|user|access|session|account)(?:_\w+)?|is_owner|can_\w+|staff|g_user)(?:_|$)"
)
_DEEPEST = 3  # dependencies of dependencies
# the last word of what fetches or does things, whatever else the name says
_TOOLS = frozenset(
    """service services repo repository repositories manager store dao crud db session client usecase handler controller
    factory settings config storage model schema router blueprint url uri path form page error exception exceptions required_fields
    log logger logs id ids name count list type fields field""".split()
)


# what everybody must be able to ask, or what another machine asks
_OPEN = frozenset(
    """login logout signin signout signup register registration callback webhook webhooks hook oauth oauth2 sso saml
    token password forgot reset verify confirm contact subscribe unsubscribe newsletter public health ping authenticate auth refresh
    invite invitation guest feedback activate search""".split()
)


def is_open(route) -> bool:
    """Answer whether a route is by its path or name for everybody: signing in and up, webhooks, what is public."""
    return bool(said(route) & _OPEN)


def said(route) -> set:
    """Answer the words of the paths of a route and of its handler's name."""
    found = set(snake(route.row.get("h", "").rpartition(".")[2]).split("_"))
    for text in route.paths:
        for part in text.split("/"):
            found.update(snake(part.replace("-", "_")).split("_"))
    return found


@lru_cache(maxsize=4_096)
def is_guard(name: str) -> bool:
    """Answer whether the name of a decorator, dependency or function says that it looks at who is asking."""
    text = snake(name)
    return text.rpartition("_")[2] not in _TOOLS and bool(_GUARD.search(text))


def decorators(project, route) -> list:
    """Answer the symbolic expressions of the decorators of a route's handler, outermost first; those of its class too.

    Without those that make the route: what these are given is a path, a model, a list of dependencies.
    """
    name = route.row.get("h", "")
    record = project.project.summary(route.file)
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
    return [expr for expr in found if expr is not None and not _makes_route(expr)]


def _makes_route(expr) -> bool:
    names = words(expr[1]) if expr[0] == "call" else ()
    return any(name.rpartition(".")[2] in DECORATORS for name in names)


def dependencies(project, route) -> list:
    """Answer (expression, file) of what FastAPI injects before a route runs: its own, its routers', its app's."""
    found = [(part, path) for expr, path in route.deps for part in _items(expr)]
    entry = project.project.summary(route.file)["functions"].get(route.row.get("h", ""), {})
    for deco in entry.get("decos", ()):
        if deco[0] == "call" and len(deco) > 3:
            found += [(part, route.file) for part in _items(deco[3].get("dependencies"))]
    for _, expr in entry.get("params", ()):
        if expr is not None:
            found.append((expr, route.file))
    return found


def guards(project, route, deepest: int = _DEEPEST) -> set:
    """Answer the names of the guards of a route: its decorators and what is injected before it runs, or before that."""
    found, seen = set(), set()
    for expr in decorators(project, route):
        found |= {name.rpartition(".")[2] for name in words(expr)}
    queue = [(name, path, 0) for expr, path in dependencies(project, route) for name in words(expr)]
    while queue:
        name, path, depth = queue.pop()
        found.add(name.rpartition(".")[2])
        home = project.project.find(name, path) if depth < deepest and name not in seen else None
        seen.add(name)
        if home is not None and home[1]:
            record, rest = project.project.summary(home[0]), ".".join(home[1])
            alias = record["names"].get(rest)
            inner = [alias] if alias else [expr for _, expr in record["functions"].get(rest, {}).get("params", ())]
            queue += [(word, home[0], depth + 1) for expr in inner if expr for word in words(expr)]
    return {name for name in found if is_guard(name)}


def refuses(project, route) -> bool:
    """Answer whether a route depends on something whose result nobody takes: it is there to refuse."""
    entry = project.project.summary(route.file)["functions"].get(route.row.get("h", ""), {})
    given = [deco[3].get("dependencies") for deco in entry.get("decos", ()) if deco[0] == "call" and len(deco) > 3]
    return any(_items(expr) for expr in given)


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
        if not isinstance(part[0], str):
            stack.extend(part)
        elif part[0] == "ref" and len(part) == 2 or part[0] == "name" and len(part) == 2:
            found.append(part[1])
        elif part[0] == "attr" and len(part) == 3:
            found.append(str(part[2]))
            stack.append(part[1])
        elif part[0] == "param":
            stack.extend(part[3:])
        elif part[0] != "const":
            stack.extend(part[1:])
    return found
