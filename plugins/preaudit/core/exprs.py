"""Symbolic expressions: what a summary stores of the code, so that other modules can ask without reading it.

An expression is None (unknown) or a list that JSON can hold:

    ["ref", dotted]            a global name: another module's, or this module's own
    ["attr", x, name]          x.name              ["call", f, args, keywords]   f(...)
    ["inst", c, args]          an instance of annotation c[args]     ["or", [x, ...]]   one of them
    ["ann", a, x]              annotated as a; x where a says nothing
    ["self", class] ["cls", class] ["super", class]   in a method of that class (dotted)
    ["dep", f]                 what FastAPI injects for Depends(f)
    ["await", x] ["elem", x] ["aelem", x] ["enter", x] ["aenter", x] ["item", x, key] ["unpack", x, path]
    ["const", value]           a string, number, True, False, None; never a secret (core/masking.py)
    ["seq", kind, items] ["map", [[k, v], ...]] ["lambda", x] ["alias", annotation]
    ["fstr", parts] ["bin", op, left, right]          for values, see core/values.py
    ["param", function, name, a, default]             a parameter

Names of functions are already replaced by what can reach them: a binding that always runs later hides
the earlier ones, branches that exclude each other do not mix.
"""

from __future__ import annotations

import ast

from preaudit.core.decorated import bound_task, makes_class_method
from preaudit.core.filled import Filled, is_empty_call
from preaudit.core.masking import kept
from preaudit.core.reaching import reaching
from preaudit.core.tree import (
    FUNCTION_LIKE,
    dotted,
    enclosing,
    function_of,
    qualified_scope,
    statement_of,
)

MAX_DEPTH = 90
MAX_ITEMS = 64
PATIENCE = 1000
_ANY = frozenset({"Any", "object", "AnyStr", "Self"})
_WRAPPERS = frozenset({"Optional", "ClassVar", "Final", "Required", "NotRequired", "Mapped", "ReadOnly", "DynamicMapped",
                       "WriteOnlyMapped", "InitVar"})  # fmt: skip
_TYPING = ("typing.", "typing_extensions.", "collections.", "builtins.", "sqlalchemy.orm.", "contextlib.")
_OPERATORS = {ast.Add: "+", ast.Mod: "%", ast.Mult: "*", ast.Sub: "-", ast.Div: "/", ast.FloorDiv: "//", ast.Pow: "**"}
_SMALL = frozenset({"ref", "const", "self", "cls", "super"})

_NOT_YET, _OPEN = object(), object()
_makers: dict = {}  # node type -> the method that makes its expression, None if none does


class Exprs:
    """Makes the symbolic expressions of one file; the same node always gives the same object."""

    def __init__(self, names):
        """`names` is the file's Names; its module name prefixes what the file defines itself."""
        self.names = names
        self.module = names.module or "__file__"
        self.filled = Filled(names)
        self._memo: dict = {}
        self._opened = 0
        self._cycles: set = set()
        self._drafts: dict = {}
        self._spent = 0
        self._tested: frozenset | None = None

    def of(self, node, depth: int = 0):
        """Answer the symbolic expression of an ast expression, None where nothing is known."""
        memo = self._memo
        found = memo.get(node, _NOT_YET)
        if found is not _NOT_YET:
            if found is _OPEN:
                self._cycles.add(node)
                return None
            return found
        make = _makers.get(node.__class__, _NOT_YET)
        if make is _NOT_YET:
            make = _makers[node.__class__] = getattr(Exprs, f"_{node.__class__.__name__.lower()}", None)
        if make is None or depth > MAX_DEPTH:
            return None
        if self._drafts and node in self._drafts:
            return self._drafts[node]
        if not self._opened:
            self._spent = 0
        self._opened += 1
        memo[node] = _OPEN
        try:
            found = make(self, node, depth + 1)
        finally:
            self._opened -= 1
            if found is _NOT_YET:  # it raised
                del memo[node]
        self._spent += 1
        cycles = self._cycles
        if cycles:
            cycles.discard(node)
        # what was made while a cycle was open is incomplete, and is not kept: it must not depend on who asked first
        if not cycles:
            memo[node] = found
            if self._drafts:
                self._drafts.clear()
        else:
            del memo[node]
            if self._spent > PATIENCE:
                # names that make one another in a loop would be asked for again and again, on every way through it
                self._drafts[node] = found
        return found

    def annotation(self, node, depth: int = 0):
        """Answer the expression for a value annotated with this node, None where it says nothing."""
        if node is None or depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and len(node.value) < 500:
                return self.annotation(self._parsed(node), depth + 1)
            return ["const", None] if node.value is None else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([self.annotation(node.left, depth + 1), self.annotation(node.right, depth + 1)])
        if isinstance(node, ast.Subscript):
            return self._subscripted(node, depth)
        name = dotted(node)
        if not name or name.rpartition(".")[2] in _ANY:
            if name.rpartition(".")[2] == "Self":
                owner = enclosing(node, ast.ClassDef)
                return owner and ["self", f"{self.module}.{qualified_scope(owner)}"]
            return None
        target = self.of(node, depth + 1)
        return target and ["inst", target, []]

    def _parsed(self, node: ast.Constant):
        parsed = self._memo.get(("annotation", node))
        if parsed is None:
            try:
                parsed = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
            stack = [(parsed, node)]
            while stack:
                child, parent = stack.pop()
                child.parent_ = parent
                stack.extend((grandchild, child) for grandchild in ast.iter_child_nodes(child))
            self._memo[("annotation", node)] = parsed
        return parsed

    def _subscripted(self, node: ast.Subscript, depth: int):
        name = dotted(node.value).rpartition(".")[2]
        args = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in _WRAPPERS:
            return self.annotation(args[0], depth + 1)
        if name == "Union":
            return self._union([self.annotation(arg, depth + 1) for arg in args])
        if name == "Annotated":
            return ["ann", self.annotation(args[0], depth + 1), self._injected(args[1:], depth)]
        if name == "Literal":
            return None
        if name in ("Type", "type"):
            return self.of(args[0], depth + 1)
        target = self.of(node.value, depth + 1)
        if target is None:
            return None
        if name == "Callable":
            return ["inst", target, [None, self.annotation(args[-1], depth + 1)]]
        # `tuple[X, ...]` is as `list[X]`
        args = [arg for arg in args[:4] if not (isinstance(arg, ast.Constant) and arg.value is ...)]
        return ["inst", target, [self.annotation(arg, depth + 1) for arg in args]]

    def _injected(self, nodes, depth: int):
        for node in nodes:
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("Depends", "Security"):
                values = [*node.args, *(k.value for k in node.keywords if k.arg == "dependency")]
                if values:
                    target = self.of(values[0], depth + 1)
                    return target and ["dep", target]
        return None

    @staticmethod
    def _union(parts):
        parts = [part for part in parts if part is not None]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else ["or", parts[:12]]

    # names

    def _name(self, node, depth):
        names = self.names
        if node.id in names.builtins:
            return ["ref", f"builtins.{node.id}"]
        scope, bindings = names.lookup(node, node.id)
        if scope is None:
            origin = names.origin(node, scope, bindings)
            return ["ref", origin] if origin else None
        if scope.outer is None:
            origin = names.origin(node, scope, bindings)
            if all(binding.kind == "import" for binding in bindings) and origin:
                return self._union([["ref", name] for name in dict.fromkeys(b.value for b in bindings)])
            if len(bindings) > 1 and function_of(node) is None:
                # `redis = redis.Redis()`: what the statement itself binds is not there yet
                statement = statement_of(node)
                earlier = [b for b in bindings if b.node is not statement]
                if len(earlier) < len(bindings):
                    return self._union([self.binding(binding, depth) for binding in earlier[:12]])
            return ["ref", f"{self.module}.{node.id}"]
        if self._tested is None:
            self._tested = self._narrowing()
        narrowed = self._narrowed(node, depth) if node.id in self._tested else None
        if narrowed is not None:
            return narrowed
        bindings = reaching(bindings, node, scope)
        return self._union([self.binding(binding, depth) for binding in bindings[:12]])

    def _narrowing(self) -> frozenset:
        """Answer the names of which the file asks `isinstance` anywhere."""
        return frozenset(
            call.args[0].id
            for call in self.names.by_type.get(ast.Call, ())
            if call.func.__class__ is ast.Name and call.func.id == "isinstance"
            and call.args and call.args[0].__class__ is ast.Name
        )  # fmt: skip

    def _narrowed(self, node, depth):
        child, parent = node, node.parent_
        while parent is not None and not isinstance(parent, FUNCTION_LIKE):
            if isinstance(parent, (ast.If, ast.IfExp)) and child is not parent.test:
                test = parent.test
                if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance":
                    same = len(test.args) == 2 and isinstance(test.args[0], ast.Name) and test.args[0].id == node.id
                    body = parent.body if isinstance(parent.body, list) else [parent.body]
                    if same and child in body:
                        kinds = test.args[1].elts if isinstance(test.args[1], ast.Tuple) else [test.args[1]]
                        found = [["inst", target, []] for target in (self.of(k, depth) for k in kinds) if target]
                        return self._union(found)
            child, parent = parent, parent.parent_
        return None

    def binding(self, binding, depth: int = 0):
        """Answer the expression of the value that a binding gives its name."""
        kind, node, value = binding
        if kind == "import":
            return ["ref", value]
        if kind in ("def", "class"):
            return ["ref", f"{self.module}.{qualified_scope(node)}"]
        if kind == "assign":
            return self.of(value, depth)
        if kind == "annotated":
            return ["ann", self.annotation(value.annotation, depth), self.of(value.value, depth)]
        if kind == "unpack":
            return self._unpacked(self.of(value[0], depth), value[1])
        if kind in ("for", "async for"):
            iterable = self.of(value[0], depth)
            return iterable and self._unpacked(["elem" if kind == "for" else "aelem", iterable], value[1])
        if kind in ("with", "async with"):
            manager = self.of(value[0], depth)
            return manager and self._unpacked(["enter" if kind == "with" else "aenter", manager], value[1])
        if kind == "match":
            return self._matched(node, depth)
        if kind == "except":
            kinds = value.elts if isinstance(value, ast.Tuple) else [value] if value else []
            return self._union([["inst", target, []] for target in (self.of(k, depth) for k in kinds) if target])
        if kind == "param":
            return self.parameter(node, depth)
        if kind == "aug":
            return self._augmented(node, depth)
        return None

    def _matched(self, node, depth):
        pattern = getattr(node, "pattern", None)
        if isinstance(pattern, ast.MatchClass):
            target = self.of(pattern.cls, depth)
            return target and ["inst", target, []]
        return None

    def _augmented(self, node, depth):
        _, bindings = self.names.lookup(node, node.target.id)
        before = [self.binding(b, depth + 1) for b in bindings if b.kind != "aug"]
        operator = _OPERATORS.get(node.op.__class__)
        left = self._union(before[:12])
        return operator and left and ["bin", operator, left, self.of(node.value, depth)]

    @staticmethod
    def _unpacked(expr, path):
        if not path or expr is None:
            return expr
        if expr[0] == "seq" and len(path) == 1 and path[0] != "*" and path[0] < len(expr[2]):
            return expr[2][path[0]]
        return ["unpack", expr, list(path)]

    def parameter(self, node: ast.arg, depth: int = 0):
        """Answer the expression of a parameter: self, its annotation, what is injected, its default."""
        return self.of(node, depth)

    def _arg(self, node, depth):
        arguments = node.parent_
        function = arguments.parent_
        if isinstance(function, ast.Lambda):
            return None
        positional = [*arguments.posonlyargs, *arguments.args]
        owner = function.parent_
        name = f"{self.module}.{qualified_scope(function)}"
        if isinstance(owner, ast.ClassDef) and positional and positional[0] is node:
            decorators = {dotted(d).rpartition(".")[2] for d in function.decorator_list}
            if "staticmethod" not in decorators:
                is_class = "classmethod" in decorators or function.name in ("__new__", "__init_subclass__")
                if is_class or makes_class_method(function):
                    return ["cls", f"{self.module}.{qualified_scope(owner)}"]
                return ["self", f"{self.module}.{qualified_scope(owner)}"]
        elif positional and positional[0] is node and bound_task(function):
            return ["inst", ["ref", "celery.Task"], []]
        if node is arguments.vararg:
            return ["inst", ["ref", "builtins.tuple"], [self.annotation(node.annotation, depth + 1)]]
        if node is arguments.kwarg:
            return ["inst", ["ref", "builtins.dict"], [None, self.annotation(node.annotation, depth + 1)]]
        default = self._default(node, arguments, positional)
        injected = self._injected([default], depth) if default is not None else None
        if injected is None and default is not None and not isinstance(default, ast.Constant):
            injected = self.of(default, depth + 1)
            if isinstance(default, ast.Call) and dotted(default.func).rpartition(".")[2] in ("Depends", "Security"):
                injected = None
        return ["param", name, node.arg, self.annotation(node.annotation, depth + 1), injected]

    @staticmethod
    def _default(node, arguments, positional):
        if node in arguments.kwonlyargs:
            return arguments.kw_defaults[arguments.kwonlyargs.index(node)]
        index = positional.index(node) - (len(positional) - len(arguments.defaults)) if node in positional else -1
        return arguments.defaults[index] if index >= 0 else None

    # expressions

    def _attribute(self, node, depth):
        if isinstance(node.value, ast.Name):
            scope, bindings = self.names.lookup(node.value, node.value.id)
            if (
                scope is not None
                and all(b.kind == "import" for b in bindings)
                and len({b.value for b in bindings}) == 1
            ):
                origin = self.names.qualname(node)
                if origin:
                    return ["ref", origin]
        base = self.of(node.value, depth)
        if base is None:
            return None
        return (
            ["ref", f"{base[1]}.{node.attr}"] if base[0] == "ref" and self._is_path(node) else ["attr", base, node.attr]
        )

    def _is_path(self, node) -> bool:
        origin = self.names.qualname(node)
        return bool(origin) and not origin.startswith(self.module + ".")

    def _call(self, node, depth):
        function = node.func
        if isinstance(function, ast.Name):
            name = function.id
            if name == "super" and len(node.args) in (0, 2):
                owner = enclosing(node, ast.ClassDef)
                return owner and ["super", f"{self.module}.{qualified_scope(owner)}"]
            if name == "getattr" and len(node.args) >= 2 and isinstance(node.args[1], ast.Constant):
                base = self.of(node.args[0], depth)
                return base and isinstance(node.args[1].value, str) and ["attr", base, node.args[1].value] or None
        if len(node.args) == 2 and dotted(function).rpartition(".")[2] == "cast":
            found = self.annotation(node.args[0], depth)
            if found is not None:
                return found
        if is_empty_call(node):
            fills = self.filled.of(node)
            if fills:
                parts = [[self.of(k, depth), self.of(v, depth)] for k, v in fills]
                return ["map", parts] if any(k for k, _ in fills) else ["seq", "list", [v for _, v in parts]]
        target = self.of(function, depth)
        if target is None:
            return None
        args = [None if isinstance(arg, ast.Starred) else self.of(arg, depth) for arg in node.args[:8]]
        keywords = {}
        for keyword in node.keywords[:24]:
            if keyword.arg:
                value = self.of(keyword.value, depth)
                if value is not None:
                    keywords[keyword.arg] = value
        while args and args[-1] is None:
            args.pop()
        return ["call", target, args, keywords]

    def _await(self, node, depth):
        value = self.of(node.value, depth)
        return value and ["await", value]

    def _subscript(self, node, depth):
        value = self.of(node.value, depth)
        return value and ["item", value, self.of(node.slice, depth)]

    def _slice(self, node, depth):
        return ["slice"]

    def _boolop(self, node, depth):
        if isinstance(node.op, ast.And):
            return self.of(node.values[-1], depth)
        return self._union([self.of(value, depth) for value in node.values])

    def _ifexp(self, node, depth):
        return self._union([self.of(node.body, depth), self.of(node.orelse, depth)])

    def _namedexpr(self, node, depth):
        return self.of(node.value, depth)

    def _constant(self, node, depth):
        value = node.value
        if value is None or value.__class__ in (str, int, float, bool):
            if isinstance(value, str) and len(value) > 2000:
                return ["inst", ["ref", "builtins.str"], []]
            return ["const", kept(node)]
        return ["inst", ["ref", "builtins.bytes"], []] if isinstance(value, bytes) else None

    def _tuple(self, node, depth):
        return self._sequence("tuple", node, depth)

    def _list(self, node, depth):
        return self._sequence("list", node, depth)

    def _set(self, node, depth):
        return self._sequence("set", node, depth)

    def _sequence(self, kind, node, depth):
        if not node.elts and kind == "list":
            return ["seq", kind, [self.of(value, depth) for _, value in self.filled.of(node)]]
        return ["seq", kind, [self.of(item, depth) for item in node.elts[:MAX_ITEMS]]]

    def _listcomp(self, node, depth):
        return ["seq", "list", [self.of(node.elt, depth)]]

    def _setcomp(self, node, depth):
        return ["seq", "set", [self.of(node.elt, depth)]]

    def _generatorexp(self, node, depth):
        return ["seq", "generator", [self.of(node.elt, depth)]]

    def _dictcomp(self, node, depth):
        return ["map", [[self.of(node.key, depth), self.of(node.value, depth)]]]

    def _dict(self, node, depth):
        if not node.keys:
            return ["map", [[self.of(k, depth), self.of(v, depth)] for k, v in self.filled.of(node)]]
        return ["map", [[self.of(k, depth), self.of(v, depth)] for k, v in zip(node.keys[:MAX_ITEMS], node.values)]]

    def _lambda(self, node, depth):
        return ["lambda", self.of(node.body, depth)]

    def _joinedstr(self, node, depth):
        parts = []
        for part in node.values:
            parts.append(["const", kept(part)] if isinstance(part, ast.Constant) else self.of(part.value, depth))
        return ["fstr", parts]

    def _binop(self, node, depth):
        operator = _OPERATORS.get(node.op.__class__)
        left, right = self.of(node.left, depth), self.of(node.right, depth)
        return ["bin", operator, left, right] if operator and (left or right) else None


def _fits(expr, limit: int) -> bool:
    """Answer whether an expression has no more than so many nodes; it is not counted further than that."""
    count, stack = 1, [expr]
    while stack:
        item = stack.pop()
        for part in item.values() if item.__class__ is dict else item:
            if part.__class__ is list or part.__class__ is dict:
                count += 1
                if count > limit:
                    return False
                stack.append(part)
    return count <= limit


def storable(expr, limit: int = 120):
    """Answer the expression if it is small enough to be stored in a summary, else None."""
    if expr is None or expr[0] in _SMALL:
        return expr
    kind = expr[0]
    if kind == "attr" and expr[1] is not None and expr[1][0] in _SMALL:
        return expr
    if kind == "param" and limit > 9 and not (expr[4] and expr[4][0] != "const"):
        note = expr[3]
        if note is None or (note[0] == "inst" and not note[2] and (note[1] is None or note[1][0] == "ref")):
            return expr
    return expr if _fits(expr, limit) else None
