"""What a name means where it stands: scopes, bindings and the import map of each scope.

A binding is (kind, node, value): kind is "import" (value: the dotted origin), "def", "class",
"param" (node: the ast.arg), "assign" (value: the expression), "annotated" (value: the AnnAssign),
"unpack" (value: (expression, path of indexes)), "for", "async for", "with", "async with",
"except", "aug", "match" or "star" (a wildcard import, value: the module).
"""

from __future__ import annotations

import ast
import builtins
from collections import namedtuple

from preaudit.core.tree import COMPREHENSIONS, FUNCTIONS, dotted

Binding = namedtuple("Binding", "kind node value")
BUILTINS = frozenset(dir(builtins))
_BODIES = frozenset((*FUNCTIONS, ast.ClassDef))
_OPENING = frozenset((*_BODIES, ast.Lambda, ast.Module, *COMPREHENSIONS))
_PLAIN = frozenset((ast.Assign, ast.Expr, ast.Return, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.While, ast.With,
                    ast.Raise, ast.AsyncFor, ast.AsyncWith, ast.Assert, ast.Delete, ast.Try))  # fmt: skip


class Scope:
    """One scope: the names bound in it, and the scope around it."""

    __slots__ = ("node", "outer", "names", "moved")

    def __init__(self, node, outer):
        """Make an empty scope for a module, class, function, lambda or comprehension node."""
        self.node, self.outer = node, outer
        self.names: dict = {}
        self.moved: dict = {}

    @property
    def is_class(self) -> bool:
        """Answer whether this is a class body, whose names inner functions do not see."""
        return isinstance(self.node, ast.ClassDef)


class Names:
    """All scopes of one module, made on first use from the lists of the walk."""

    def __init__(self, by_type: dict, module: str = "", is_package: bool = False):
        """`module` is the dotted name of the file's own module ('' if unknown), for relative imports."""
        self.by_type, self.module, self.is_package = by_type, module, is_package
        self.root = by_type[ast.Module][0] if ast.Module in by_type else None
        self._scopes: dict = {}
        self._of_statement: dict = {}
        self._qualnames: dict = {}
        self._filled = False
        self._imports_only: dict | None = None
        self._builtins: frozenset | None = None

    # scopes

    def scope_of(self, node: ast.AST) -> Scope:
        """Answer the scope in which a node is evaluated (names looked up)."""
        if not self._filled:
            self._fill()
        return self._scope_of(node)

    def scope(self, owner: ast.AST) -> Scope:
        """Answer the scope that a module, class, function, lambda or comprehension opens."""
        if not self._filled:
            self._fill()
        return self._open(owner)

    def _open(self, owner) -> Scope:
        scope = self._scopes.get(owner)
        if scope is None:
            outer = None if owner.parent_ is None else self._scope_of(owner)
            scope = self._scopes[owner] = Scope(owner, outer)
        return scope

    def _scope_of(self, node) -> Scope:
        child, parent = node, node.parent_
        plain = None
        while parent is not None:
            cls = parent.__class__
            if cls in _OPENING:
                found = self._opened(node, child, parent, cls)
                if found is not None:
                    break
            elif plain is None and cls in _PLAIN:
                # all that stands in a plain statement, and in no lambda or comprehension of it, has its scope
                found = self._of_statement.get(parent)
                if found is not None:
                    return found
                plain = parent
            child, parent = parent, parent.parent_
        else:
            found = self._open(child)
        if plain is not None:
            self._of_statement[plain] = found
        return found

    def _opened(self, node, child, parent, cls):
        """Answer the scope that `parent` opens if `node`, which stands in its part `child`, is evaluated in it."""
        if cls in _BODIES:
            inner = isinstance(child, ast.stmt) or (
                cls is not ast.ClassDef and child is parent.args and node.__class__ is ast.arg
            )
            return self._open(parent) if inner else None
        if cls is ast.Lambda:
            return self._open(parent) if child is parent.body or node.__class__ is ast.arg else None
        if cls is ast.Module:
            return self._open(parent)
        # the first iterable of a comprehension is evaluated outside
        if child is parent.generators[0] and self._within(node, child.iter, child):
            return None
        return self._open(parent)

    @staticmethod
    def _within(node, part, stop) -> bool:
        while node is not None and node is not stop:
            if node is part:
                return True
            node = node.parent_
        return False

    def _bind(self, scope: Scope, name: str, binding: Binding) -> None:
        where = scope.moved.get(name)
        (where or scope).names.setdefault(name, []).append(binding)

    def _fill(self) -> None:
        if self._filled:
            return
        self._filled = True
        get = self.by_type.get
        for node in (*get(ast.Global, ()), *get(ast.Nonlocal, ())):
            scope = self._scope_of(node)
            for name in node.names:
                target = self._open(self.root)
                if isinstance(node, ast.Nonlocal):
                    outer = scope.outer
                    while outer is not None and (outer.is_class or outer.outer is None):
                        outer = outer.outer
                    target = outer or target
                scope.moved[name] = target
        for node in (*get(ast.FunctionDef, ()), *get(ast.AsyncFunctionDef, ())):
            self._bind(self._scope_of(node), node.name, Binding("def", node, None))
        for node in get(ast.ClassDef, ()):
            self._bind(self._scope_of(node), node.name, Binding("class", node, None))
        for node in get(ast.Import, ()):
            scope = self._scope_of(node)
            for alias in node.names:
                origin = alias.name if alias.asname else alias.name.partition(".")[0]
                self._bind(scope, alias.asname or origin, Binding("import", node, origin))
        for node in get(ast.ImportFrom, ()):
            scope = self._scope_of(node)
            base = self.absolute(node)
            for alias in node.names:
                if alias.name == "*":
                    self._bind(scope, "*", Binding("star", node, base))
                else:
                    origin = f"{base}.{alias.name}" if base else alias.name
                    self._bind(scope, alias.asname or alias.name, Binding("import", node, origin))
        for node in get(ast.arg, ()):
            self._bind(self._scope_of(node), node.arg, Binding("param", node, None))
        for node in get(ast.ExceptHandler, ()):
            if node.name:
                self._bind(self._scope_of(node), node.name, Binding("except", node, node.type))
        for kind in (ast.MatchAs, ast.MatchStar):
            for node in get(kind, ()):
                if node.name:
                    self._bind(self._scope_of(node), node.name, Binding("match", node, None))
        for node in get(ast.Name, ()):
            if not isinstance(node.ctx, ast.Load):
                self._bind_target(node)

    def _bind_target(self, node: ast.Name) -> None:
        path: list = []
        child, parent = node, node.parent_
        while isinstance(parent, (ast.Tuple, ast.List, ast.Starred)):
            if isinstance(parent, ast.Starred):
                path.append("*")
            else:
                path.append(parent.elts.index(child))
            child, parent = parent, parent.parent_
        path.reverse()
        cls = parent.__class__
        scope = self._scope_of(node)
        if cls is ast.Assign:
            binding = (
                Binding("unpack", parent, (parent.value, path)) if path else Binding("assign", parent, parent.value)
            )
        elif cls is ast.AnnAssign:
            binding = Binding("annotated", parent, parent)
        elif cls is ast.NamedExpr:
            while isinstance(scope.node, COMPREHENSIONS):
                scope = scope.outer
            binding = Binding("assign", parent, parent.value)
        elif cls in (ast.For, ast.AsyncFor):
            kind = "for" if cls is ast.For else "async for"
            binding = Binding(kind, parent, (parent.iter, path))
        elif cls is ast.comprehension:
            binding = Binding("async for" if parent.is_async else "for", parent, (parent.iter, path))
            owner = parent.parent_
            scope = self._open(owner)
        elif cls is ast.withitem:
            kind = "async with" if isinstance(parent.parent_, ast.AsyncWith) else "with"
            binding = Binding(kind, parent, (parent.context_expr, path))
        elif cls is ast.AugAssign:
            binding = Binding("aug", parent, parent)
        elif cls is ast.Delete:
            return
        else:
            binding = Binding("other", parent, None)
        self._bind(scope, node.id, binding)

    def absolute(self, node: ast.ImportFrom) -> str:
        """Answer the absolute dotted module of an import-from, '' if it leads above the top."""
        if not node.level:
            return node.module or ""
        parts = self.module.split(".") if self.module else []
        drop = node.level - (1 if self.is_package else 0)
        if drop > len(parts) or (drop == len(parts) and not self.is_package and not parts):
            return node.module or ""
        parts = parts[: len(parts) - drop] if drop else parts
        return ".".join([*parts, node.module] if node.module else parts)

    # questions

    @property
    def builtins(self) -> frozenset:
        """Answer the names that mean the builtin wherever they stand in the file: nothing binds them."""
        if self._builtins is None:
            if not self._filled:
                self._fill()
            bound = {name for scope in self._scopes.values() for name in scope.names}
            self._builtins = frozenset() if "*" in bound else BUILTINS - bound
        return self._builtins

    def lookup(self, node: ast.AST, name: str) -> tuple:
        """Answer (scope, bindings) of a name seen from a node; (None, []) if nothing binds it."""
        scope = self.scope_of(node)
        first = True
        while scope is not None:
            cls = scope.node.__class__
            if first or cls is not ast.ClassDef:
                where = scope.moved.get(name, scope) if scope.moved else scope
                found = where.names.get(name)
                if found:
                    return where, found
            if cls not in COMPREHENSIONS:
                first = False
            scope = scope.outer
        return None, []

    def imports(self) -> dict:
        """Answer {top-level package: its first import node} over the whole file, any scope."""
        if self._imports_only is None:
            found: dict = {}
            for node in self.by_type.get(ast.Import, ()):
                for alias in node.names:
                    found.setdefault(alias.name.partition(".")[0], node)
            for node in self.by_type.get(ast.ImportFrom, ()):
                base = self.absolute(node)
                if base:
                    found.setdefault(base.partition(".")[0], node)
            self._imports_only = found
        return self._imports_only

    def qualname(self, node: ast.AST, depth: int = 0) -> str:
        """Answer the dotted origin of a name or attribute chain, whatever the import style.

        `redis.Redis` for `R` after `from redis import Redis as R`; `builtins.open` for an unshadowed
        builtin; `<module>.name` for what the module itself defines at its top level; '' where the
        origin is not a plain dotted name (parameters, results of calls).
        """
        found = self._qualnames.get(node)
        if found is not None:
            return found
        asked = node
        tail: list = []
        while node.__class__ is ast.Attribute:
            tail.append(node.attr)
            node = node.value
        if node.__class__ is not ast.Name:
            return ""
        base = self.origin(node, *self.lookup(node, node.id), depth)
        found = ".".join([base, *reversed(tail)]) if base else ""
        if not depth:
            self._qualnames[asked] = found
        return found

    def origin(self, node: ast.Name, scope, bindings: list, depth: int = 0) -> str:
        """Answer the `qualname` of a name, given what `lookup` answered for it."""
        if scope is None:
            stars = self._open(self.root).names.get("*")
            if node.id in BUILTINS:
                return f"builtins.{node.id}"
            return f"{stars[0].value}.{node.id}" if stars and len(stars) == 1 and stars[0].value else ""
        imports = [b for b in bindings if b.kind == "import"]
        if imports:
            rest = [b for b in bindings if b.kind != "import" and not _is_fallback(b)]
            return "" if rest else imports[0].value
        kinds = {b.kind for b in bindings}
        if kinds <= {"def", "class"}:
            if scope.outer is None:
                return f"{self.module}.{node.id}" if self.module else node.id
            return ""
        if len(bindings) == 1 and bindings[0].kind in ("assign", "annotated") and depth < 6:
            value = bindings[0].value
            value = value.value if isinstance(value, ast.AnnAssign) else value
            if dotted(value):
                found = self.qualname(value, depth + 1)
                if found:
                    return found
        if scope.outer is None:
            return f"{self.module}.{node.id}" if self.module else node.id
        return ""


def _is_fallback(binding: Binding) -> bool:
    """Answer whether a binding beside an import only stands in for it when the import fails."""
    if binding.kind in ("assign", "annotated"):
        value = binding.value
        value = value.value if isinstance(value, ast.AnnAssign) else value
        # the fallback of `except ImportError` may be anything; `redis = None` is the common one
        if isinstance(value, ast.Constant):
            return True
    node = binding.node
    while node is not None:
        if isinstance(node, ast.ExceptHandler):
            return any(
                part.rpartition(".")[2] in ("ImportError", "ModuleNotFoundError", "Exception")
                for part in _exception_names(node)
            )
        node = node.parent_
    return False


def _exception_names(handler: ast.ExceptHandler) -> list:
    if handler.type is None:
        return ["Exception"]
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [dotted(part) for part in parts]
