"""What is put later into a list or dict that begins empty: `clients = []`, then `clients.append(redis.Redis())`.

Only within one file, for names of any scope and for attributes of `self` (and of the class).
"""

from __future__ import annotations

import ast

from preaudit.core.tree import dotted, enclosing

MAX_FILLS = 8
_ADDING = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "put_nowait": 0, "setdefault": 1}


class Filled:
    """The places of a file that put something into a container, by the container's own name."""

    def __init__(self, names):
        """`names` is the file's Names; the index is made on the first question."""
        self.names = names
        self._index: dict | None = None

    def of(self, display: ast.AST) -> list:
        """Answer [(key or None, value)], expressions put into the empty display (or `list()`, `dict()`) of an assignment."""
        parent = display.parent_
        if isinstance(parent, ast.Assign) and parent.value is display and len(parent.targets) == 1:
            target = parent.targets[0]
        elif isinstance(parent, ast.AnnAssign) and parent.value is display:
            target = parent.target
        else:
            return []
        key = self._key(target)
        if key is None:
            return []
        if self._index is None:
            self._index = self._build()
        return self._index.get(key, [])

    def _key(self, node):
        if isinstance(node, ast.Name):
            scope, bindings = self.names.lookup(node, node.id)
            if scope is None or any(b.kind == "param" for b in bindings):
                return None
            return (scope.node, node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = enclosing(node, ast.ClassDef)
            if owner is not None and node.value.id in ("self", "cls", owner.name):
                return (owner, node.attr)
        return None

    def _build(self) -> dict:
        found: dict = {}
        for call in self.names.by_type.get(ast.Call, ()):
            function = call.func
            if isinstance(function, ast.Attribute) and len(call.args) > _ADDING.get(function.attr, 99):
                key = self._key(function.value)
                if key is not None:
                    first = call.args[0] if function.attr == "setdefault" else None
                    self._note(found, key, first, call.args[_ADDING[function.attr]])
        for item in self.names.by_type.get(ast.Subscript, ()):
            if isinstance(item.ctx, ast.Store) and isinstance(item.parent_, ast.Assign):
                key = self._key(item.value)
                if key is not None:
                    self._note(found, key, item.slice, item.parent_.value)
        return found

    @staticmethod
    def _note(found, key, first, value):
        fills = found.setdefault(key, [])
        if len(fills) < MAX_FILLS:
            fills.append((first, value))


def is_empty_call(node: ast.Call) -> bool:
    """Answer whether a call makes an empty container: `list()`, `dict()`, `defaultdict(list)` and the like."""
    name = dotted(node.func).rpartition(".")[2]
    if name in ("list", "dict", "set", "deque", "OrderedDict", "WeakValueDictionary"):
        return not node.args and not node.keywords
    return False
