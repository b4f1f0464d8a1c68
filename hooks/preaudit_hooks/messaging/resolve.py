"""Positioned values resolved over the project: constants, entries with places, queues and exchanges.

Unknown parts are never guessed: each answer says whether it is complete.
"""

from __future__ import annotations

from preaudit_hooks.messaging.routing import Exchange, Queue

MAX_DEPTH = 12
UNKNOWN = object()


class Resolver:
    """Reads the positioned values of `facts/messaging` records."""

    def __init__(self, view):
        """`view` is the project view."""
        self.view = view
        self.vars = {path: fact["vars"] for path, fact in view.facts("messaging") if "vars" in fact}
        self._found: dict = {}

    # names

    def variable(self, dotted: str, path: str):
        """Answer (path, qualified name) of the module or class variable a dotted name means, imports followed; None if none."""
        key = (dotted, path)
        if key not in self._found:
            self._found[key] = self._variable(dotted, path, 0)
        return self._found[key]

    def _variable(self, dotted, path, depth):
        if depth > MAX_DEPTH:
            return None
        if dotted.startswith("__file__."):
            home, rest = path, dotted.split(".")[1:]
        else:
            found = self.view.project.find(dotted, path)
            if found is None or not found[1]:
                return None
            home, rest = found
        summary = self.view.project.summary(home)
        expr = summary["names"].get(rest[0])
        if expr is not None and expr[0] == "ref" and expr[1] != f"{summary['module']}.{rest[0]}":
            return self._variable(".".join([expr[1], *rest[1:]]), home, depth + 1)
        if rest[0] not in summary["names"] and rest[0] not in summary["classes"]:
            for star in summary["stars"]:
                found = self._variable(".".join([star, *rest]), home, depth + 1)
                if found is not None:
                    return found
            return None
        return home, ".".join(rest)

    def definitions(self, dotted: str, path: str) -> list:
        """Answer [(path, place, positioned value)] of all assignments of a variable; [] if none is recorded."""
        found = self.variable(dotted, path)
        if found is None:
            return []
        home, name = found
        return [(home, place, value) for place, value in self.vars.get(home, {}).get(name, ())]

    def follow(self, value, path: str, depth: int = 0):
        """Answer (positioned value, path) with names of variables replaced by what they were assigned once."""
        while value is not None and value[0] == "expr" and value[2] is not None and depth < MAX_DEPTH:
            expr = value[2]
            dotted = expr[1] if expr[0] == "ref" else _path_of(expr)
            found = self.definitions(dotted, path) if dotted else []
            if len(found) != 1:
                break
            path, _, value = found[0]
            depth += 1
        return value, path

    # constants

    def constant(self, value, path: str):
        """Answer the one constant of a positioned value, UNKNOWN if it is not certain."""
        if value is None:
            return UNKNOWN
        value, path = self.follow(value, path)
        if value[0] == "expr":
            return self.of_expr(value[2], path)
        if value[0] == "seq" and not value[3]:
            items = [self.constant(item, path) for item in value[2]]
            return UNKNOWN if UNKNOWN in items else items
        return UNKNOWN

    def of_expr(self, expr, path: str):
        """Answer the one constant of a symbolic expression; an environment read with a literal default gives UNKNOWN."""
        if expr is None or _is_given(expr):
            return UNKNOWN
        found = self.view.constants(expr, path)
        return found[0] if len(found) == 1 else UNKNOWN

    def choice(self, value, path: str):
        """Answer (strings a value may be, whether each certainly can be), None where one of them is not known.

        Parts that branches add to one another are put together in every way, so that more may come out than ever is.
        """
        value, path = self.follow(value, path)
        if value[0] != "expr" or value[2] is None or _is_given(value[2]):
            return None
        found = self.view.constants(value[2], path)
        if len(found) < 2 or not all(isinstance(one, str) for one in found):
            return None
        return found, value[2][0] == "or" and all(part[0] == "const" for part in value[2][1])

    def strings(self, value, path: str) -> list:
        """Answer all strings a positioned value can be, [] if not all are known."""
        value, path = self.follow(value, path)
        if value[0] != "expr" or value[2] is None:
            return []
        found = self.view.constants(value[2], path)
        return found if found and all(isinstance(item, str) for item in found) else []

    # collections

    def items(self, value, path: str, depth: int = 0):
        """Answer ([(positioned value, path)], complete) of a list, tuple or set, concatenated parts included."""
        value, path = self.follow(value, path)
        if depth > MAX_DEPTH:
            return [], False
        if value[0] == "seq":
            found, complete = [(item, path) for item in value[2]], True
            for spread in value[3]:
                more, known = self.items(spread, path, depth + 1)
                found, complete = found + more, complete and known
            return found, complete
        if value[0] == "cat":
            found, complete = [], True
            for part in value[2]:
                more, known = self.items(part, path, depth + 1)
                found, complete = found + more, complete and known
            return found, complete
        constant = self.of_expr(value[2], path) if value[0] == "expr" else UNKNOWN
        if constant is None:
            return [], True
        if isinstance(constant, (list, tuple)):
            return [(["expr", value[1], ["const", item]], path) for item in constant if _plain(item)], all(
                map(_plain, constant)
            )
        return [], False

    def entries(self, value, path: str, depth: int = 0):
        """Answer ([(key or None, key place, positioned value, path)], complete) of a dictionary, spreads and `|` included."""
        value, path = self.follow(value, path)
        if depth > MAX_DEPTH:
            return [], False
        if value[0] == "map":
            found, complete = [], True
            for spread in value[3]:
                more, known = self.entries(spread, path, depth + 1)
                found, complete = found + more, complete and known
            for key, place, item in value[2]:
                name = self.of_expr(key, path)
                if name is UNKNOWN:
                    complete = False
                    name = None
                found.append((name, place, item, path))
            return found, complete
        if value[0] == "cat":
            found, complete = [], True
            for part in value[2]:
                more, known = self.entries(part, path, depth + 1)
                found, complete = found + more, complete and known
            return found, complete
        constant = self.of_expr(value[2], path) if value[0] == "expr" else UNKNOWN
        if constant is None:
            return [], True
        if isinstance(constant, dict):
            return [(key, value[1], _positioned(item, value[1]), path) for key, item in constant.items()], True
        return [], False

    def is_mapping(self, value, path: str) -> bool:
        """Answer whether a positioned value is certainly a dictionary."""
        value, path = self.follow(value, path)
        if value[0] == "map":
            return True
        if value[0] == "cat":
            return any(self.is_mapping(part, path) for part in value[2])
        return value[0] == "expr" and isinstance(self.of_expr(value[2], path), dict)

    # queues

    def exchange(self, value, path: str):
        """Answer the Exchange a positioned value makes, None for None, UNKNOWN if it is not certain."""
        if value is None:
            return None
        value, path = self.follow(value, path)
        if value[0] == "call" and _called(value).endswith("Exchange"):
            name = self._argument(value, path, 0, "name", "")
            kind = self._argument(value, path, 1, "type", "")
            if value[5] or not _text(name) or not _text(kind):
                return UNKNOWN
            return Exchange(name or "", kind or "")
        constant = self.constant(value, path)
        if constant is None or isinstance(constant, str):
            return None if constant is None else Exchange(constant)
        return UNKNOWN

    def queue(self, value, path: str):
        """Answer the Queue a positioned value makes (its `source` is (path, place)), UNKNOWN if it is none that is known."""
        value, path = self.follow(value, path)
        if value[0] != "call":
            return UNKNOWN
        called = _called(value)
        source = (path, tuple(value[1]))
        name = self._argument(value, path, 0, "name", UNKNOWN)
        if value[5] and name is UNKNOWN or not isinstance(name, str):
            return UNKNOWN
        if called.endswith("Broadcast"):
            exchange = self._argument(value, path, 99, "exchange", None)
            shown = exchange if isinstance(exchange, str) else name
            return Queue(name, Exchange(shown, "fanout"), "", source=source)
        if not called.endswith("Queue"):
            return UNKNOWN
        given = value[3][1] if len(value[3]) > 1 else value[4].get("exchange")
        exchange = self.exchange(given, path) if given is not None else None
        key = self._argument(value, path, 2, "routing_key", "")
        bindings = value[4].get("bindings")
        if bindings is not None or (given is not None and exchange is UNKNOWN and self.items(given, path)[0]):
            pairs = self._bindings(bindings if bindings is not None else given, path)
            return (
                Queue(name, None, key if isinstance(key, str) else "", pairs, source)
                if pairs is not None
                else _vague(name, source)
            )
        if exchange is UNKNOWN or not _text(key) or value[5]:
            return _vague(name, source)
        return Queue(name, exchange, key or "", source=source)

    def _bindings(self, value, path):
        items, complete = self.items(value, path)
        found = []
        for item, home in items:
            item, home = self.follow(item, home)
            if item[0] != "call" or not _called(item).endswith("binding"):
                return None
            given = item[3][0] if item[3] else item[4].get("exchange")
            exchange = self.exchange(given, home) if given is not None else UNKNOWN
            key = self._argument(item, home, 1, "routing_key", "")
            if not isinstance(exchange, Exchange) or not isinstance(key, str):
                return None
            found.append((exchange, key))
        return found if complete and found else None

    def _argument(self, call, path, position, name, default):
        value = call[4].get(name)
        if value is None and len(call[3]) > position:
            value = call[3][position]
        return default if value is None else self.constant(value, path)


def _is_given(expr) -> bool:
    """Answer whether an expression holds a parameter: its default is one value of many that callers give."""
    stack = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            if part[:1] == ["param"]:
                return True
            stack.extend(part)
        elif isinstance(part, dict):
            stack.extend(part.values())
    return False


def _vague(name, source):
    queue = Queue(name, source=source)
    queue.vague = True
    return queue


def _called(value) -> str:
    function = value[2]
    if function and function[0] in ("ref", "name"):
        return function[1]
    return function[2] if function and function[0] == "attr" else ""


def _path_of(expr) -> str:
    """Answer the dotted path of an attribute chain on a global name, '' if it is none."""
    if expr[0] == "ref":
        return expr[1]
    if expr[0] == "attr" and expr[1]:
        base = _path_of(expr[1])
        return f"{base}.{expr[2]}" if base else ""
    return ""


def _plain(value) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def _text(value) -> bool:
    return value is None or isinstance(value, str)


def _positioned(value, place):
    if isinstance(value, dict):
        return ["map", place, [[["const", key], place, _positioned(item, place)] for key, item in value.items()], []]
    if isinstance(value, (list, tuple)):
        return ["seq", place, [_positioned(item, place) for item in value], []]
    return ["expr", place, ["const", value] if _plain(value) else None]
