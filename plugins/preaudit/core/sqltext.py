"""Strings that are built and handed to a database: which call takes SQL, and which part of it comes from outside.

Follows local variables within the function, constants through the project. A part is harmless if it is
a literal or constant, a number, a placeholder, a quoted identifier, or the value of a constant mapping.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import sqlguards
from preaudit.core.patterns import lazy
from preaudit.core.sqlguards import is_checked, only_literals
from preaudit.core.tree import COMPREHENSIONS, FUNCTION_LIKE, dotted, function_of, inside, parents
from preaudit.core.values import UNKNOWN, alternatives

_NUMBERS = frozenset({
    "builtins.int", "builtins.float", "builtins.bool", "uuid.UUID", "datetime.datetime", "datetime.date", "decimal.Decimal",
})  # fmt: skip
_HARMLESS_CALLS = frozenset({
    "int", "float", "len", "bool", "abs", "round", "min", "max", "sum", "ord", "hash", "id", "Identifier", "quote_ident",
    "quoted_name", "quote_identifier", "quote", "quote_name", "format_table", "format_column", "uuid4", "uuid1", "hex", "Literal",
    "escape_identifier", "Placeholder", "now", "utcnow", "time", "monotonic", "perf_counter", "token_hex", "range", "count",
    "get_table_names", "get_columns", "isoformat", "total_seconds", "timestamp", "group",
})  # fmt: skip
_SAME = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "dedent", "cleandoc", "replace", "str", "title", "removeprefix",
    "removesuffix", "encode",
    "expandtabs", "splitlines", "split", "list", "tuple", "set", "sorted", "reversed", "filter",
})  # fmt: skip
_CASTS = ("typing.cast", "typing_extensions.cast")
_NAMES_OF_CODE = frozenset({"__tablename__", "__name__", "__table__", "__qualname__", "fullname", "key"})
_TEXTS = lazy(r"(?:^|_)(?:query|sql|stmt|statement|where|clause|clauses|subquery|cte)$")
MAX_DEPTH = 12


class Built:
    """A string under analysis: its literal text, whether it is put together here, and the first part from outside."""

    __slots__ = ("text", "built", "part")

    def __init__(self, text="", built=False, part=None):
        """`part` is the ast node of a part that comes from outside, None if there is none."""
        self.text, self.built, self.part = text, built, part


def analyse(node: ast.AST, ctx, bound: bool = False) -> Built:
    """Answer how a string is made, and the first part of it that comes from outside.

    `bound`: values are handed over beside the text, so a table that its caller names is a name and no value.
    """
    return _Analysis(ctx, bound).of(node, 0)


class _Analysis:
    def __init__(self, ctx, bound=False):
        self.ctx = ctx
        self.bound = bound
        self.open: set = set()

    def of(self, node, depth) -> Built:
        """Answer the string that an expression makes."""
        if depth > MAX_DEPTH:
            return Built()
        if isinstance(node, ast.Constant):
            return Built(node.value if isinstance(node.value, str) else str(node.value))
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._side(node.left, depth), self._side(node.right, depth)
            if not (left.text or right.text or left.built or right.built):
                return Built(part=None)
            return Built(left.text + right.text, True, left.part or right.part)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            left = self.of(node.left, depth + 1)
            values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            if isinstance(node.right, ast.Dict):
                values = node.right.values
            if not left.text and not left.built:
                return Built()
            return Built(left.text, True, left.part or self._first(sqlguards.of_text(left.text, values), depth))
        if isinstance(node, ast.IfExp):
            return self._either([node.body, node.orelse], depth)
        if isinstance(node, ast.BoolOp):
            return self._either(node.values, depth)
        if isinstance(node, ast.Await):
            return self.of(node.value, depth + 1)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        return Built()

    def _side(self, node, depth):
        """Answer one side of a `+`: a string made here, or a part."""
        found = self.of(node, depth + 1)
        if found.text or found.built:
            return found
        return Built(part=self.outside(node, depth + 1))

    def _joined(self, values, depth):
        text, part = "", None
        for value in values:
            if isinstance(value, ast.Constant):
                text += str(value.value)
                continue
            handed = self.bound and sqlguards.is_handed_name(value, text, self.ctx)
            inner = Built()
            if not handed and not sqlguards.is_harmless_place(value, text):
                inner = self._side(value.value if isinstance(value, ast.FormattedValue) else value, depth)
            text += inner.text or "?"
            part = part or inner.part
        return Built(text, True, part)

    def _either(self, nodes, depth):
        found = [self.of(node, depth + 1) for node in nodes]
        for one in found:
            if one.part is not None:
                return one
        return next((one for one in found if one.text or one.built), Built())

    def _first(self, nodes, depth):
        for node in nodes:
            part = self._side(node, depth).part
            if part is not None:
                return part
        return None

    def _call(self, node, depth):
        function = node.func
        if isinstance(function, ast.Attribute):
            if function.attr == "format":
                return self._format(node, depth)
            if function.attr == "join" and len(node.args) == 1:
                separator = self.of(function.value, depth + 1)
                return Built(separator.text, True, self._elements(node.args[0], depth + 1))
            if function.attr in _SAME:
                return self.of(function.value, depth + 1)
        if dotted(function).rpartition(".")[2] in ("dedent", "cleandoc", "str") and node.args:
            return self.of(node.args[0], depth + 1)
        return Built()

    def _format(self, node, depth):
        base = node.func.value
        composed = isinstance(base, ast.Call) and dotted(base.func).rpartition(".")[2] in ("SQL", "Composed")
        found = Built() if composed else self.of(base, depth + 1)
        if not found.text and not found.built:
            return Built()
        values = [*node.args, *(k.value for k in node.keywords)]
        return Built(found.text, True, found.part or self._first(values, depth))

    def _elements(self, node, depth):
        """Answer the first part from outside among the elements that are joined."""
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._first(node.elts, depth)
        if isinstance(node, COMPREHENSIONS) and not isinstance(node, ast.DictComp):
            return self._side(node.elt, depth).part
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return (
                self._elements(node.left, depth)
                if isinstance(node.left, (ast.List, ast.Tuple))
                else self._side(node.left, depth).part
            )
        if isinstance(node, ast.Constant):
            return None
        if isinstance(node, ast.Name):
            return self._list(node, depth)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("repeat", "map") and node.args:
            if dotted(node.func).endswith("repeat"):
                return self._side(node.args[0], depth).part
            return None if dotted(node.args[0]).rpartition(".")[2] in (*_HARMLESS_CALLS, "str") else node
        return self.outside(node, depth)

    def _list(self, node, depth):
        """Answer the first part from outside that a local list is made of: its literals, appends and extends."""
        if node.id in self.open:
            return None
        scope, bindings = self.ctx.names.lookup(node, node.id)
        if scope is None or scope.outer is None or any(b.kind == "param" for b in bindings):
            return self.outside(node, depth)
        self.open.add(node.id)
        try:
            for binding in sqlguards.since_filter(bindings, node):
                if binding.kind in ("assign", "annotated"):
                    value = binding.value.value if binding.kind == "annotated" else binding.value
                    part = self._elements(value, depth + 1) if value is not None else None
                    if part is not None:
                        return part
                elif binding.kind != "aug":
                    return self.outside(node, depth)
            function = function_of(node)
            for call in inside(function) if function is not None else ():
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and dotted(call.func.value) == node.id
                ):
                    if call.func.attr in ("append", "insert", "add") and call.args:
                        part = self._side(call.args[-1], depth).part
                    elif call.func.attr == "extend" and call.args:
                        part = self._elements(call.args[0], depth + 1)
                    else:
                        continue
                    if part is not None:
                        return part
        finally:
            self.open.discard(node.id)
        return None

    def _name(self, node, depth):
        """Answer the string of a local variable: all its assignments, `+=` as well."""
        scope, bindings = self.ctx.names.lookup(node, node.id)
        if scope is None or not bindings or node.id in self.open:
            return Built()
        if scope.outer is None:
            values = alternatives(self.ctx.exprs.of(node), self.ctx.path, self.ctx.project)
            texts = [v for v in values if isinstance(v, str)]
            return Built(texts[0]) if texts and UNKNOWN not in values else Built()
        self.open.add(node.id)
        found: list = []
        try:
            for binding in sqlguards.since_filter(bindings, node):
                if getattr(binding.node, "lineno", 0) > node.lineno and not self._in_loop(binding.node, node):
                    continue
                if binding.kind == "assign":
                    found.append(self.of(binding.value, depth + 1))
                elif binding.kind == "annotated" and binding.value.value is not None:
                    found.append(self.of(binding.value.value, depth + 1))
                elif binding.kind == "aug" and isinstance(binding.node.op, (ast.Add, ast.Mod)):
                    added = self._side(binding.node.value, depth)
                    found.append(Built(added.text, True, added.part))
        finally:
            self.open.discard(node.id)
        text = next((one.text for one in found if one.text), "")
        for one in found:
            if one.part is not None:
                return Built(text or one.text, True, one.part)
        return Built(text, any(one.built for one in found))

    @staticmethod
    def _in_loop(one, other):
        return any(isinstance(p, (ast.For, ast.While)) and p in parents(other) for p in parents(one))

    # parts

    def outside(self, node, depth=0):
        """Answer the node itself if the value comes from a parameter, a request, an attribute or a call, else None."""
        if depth > MAX_DEPTH or self._is_number(node):
            return None
        if isinstance(node, (ast.Constant, ast.Compare, ast.Lambda)):
            return None
        if isinstance(node, ast.UnaryOp):
            return None
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, (ast.Add, ast.Mod)):
                return self.outside(node.left, depth + 1) or self.outside(node.right, depth + 1)
            return (
                self.outside(node.left, depth + 1)
                if isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Name)
                else None
            )
        if isinstance(node, ast.IfExp):
            return self._side(node.body, depth).part or self._side(node.orelse, depth).part
        if isinstance(node, ast.BoolOp):
            return next((p for p in (self._side(v, depth).part for v in node.values) if p is not None), None)
        if self._is_constant(node) or is_checked(node):
            return None
        if isinstance(node, ast.Name):
            return self._outside_name(node, depth)
        if isinstance(node, ast.Attribute):
            return self._outside_attribute(node, depth)
        if isinstance(node, ast.Subscript):
            return self._outside_item(node, depth)
        if isinstance(node, ast.Call):
            return self._outside_call(node, depth)
        if isinstance(node, ast.Await):
            return self.outside(node.value, depth + 1)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._first(node.elts, depth)
        if isinstance(node, COMPREHENSIONS) and not isinstance(node, ast.DictComp):
            return self._side(node.elt, depth).part
        if isinstance(node, ast.Starred):
            return self.outside(node.value, depth + 1)
        return None

    def _is_number(self, node):
        types = self.ctx.types(node)
        return bool(types) and all(
            name in _NUMBERS or name.startswith("sqlalchemy.sql.") or self._is_number_or_enum(name) for name in types
        )

    def _is_number_or_enum(self, class_name):
        mro = self.ctx.types_engine.mro(class_name, self.ctx.path)
        return any(base in _NUMBERS or base.startswith("enum.") for base in mro)

    def _is_enum(self, class_name):
        return any(base.startswith("enum.") for base in self.ctx.types_engine.mro(class_name, self.ctx.path))

    def _is_constant(self, node):
        expr = self.ctx.exprs.of(node)
        if expr is None or expr[0] == "param":
            return False
        values = alternatives(expr, self.ctx.path, self.ctx.project)
        return bool(values) and all(value is not UNKNOWN for value in values)

    def _outside_name(self, node, depth):
        if node.id in self.open or node.id.isupper():
            return None
        scope, bindings = self.ctx.names.lookup(node, node.id)
        if scope is None or not bindings:
            return None
        if scope.outer is None:
            kinds = {b.kind for b in bindings}
            if kinds & {"def", "class", "import"}:
                return None
            values = [b.value for b in bindings if b.kind == "assign"]
            return node if any(isinstance(v, ast.Call) and "environ" in ast.unparse(v) for v in values) else None
        self.open.add(node.id)
        try:
            for binding in sqlguards.since_filter(bindings, node):
                part = self._bound(binding, node, depth)
                if part is not None:
                    return part
        finally:
            self.open.discard(node.id)
        return None

    def _bound(self, binding, node, depth):
        kind, where, value = binding
        if kind == "param":
            function = where.parent_.parent_
            if isinstance(function, FUNCTION_LIKE) and self._literal_annotation(where):
                return None
            if where.arg in ("self", "cls") or _TEXTS.search(where.arg):
                return None  # a text of SQL is judged where it is built
            return None if only_literals(function, where.arg, self._is_constant, self.ctx) else node
        if kind == "assign":
            return self._side(value, depth + 1).part
        if kind == "annotated":
            return self._side(value.value, depth + 1).part if value.value is not None else None
        if kind == "aug":
            return self._side(where.value, depth + 1).part
        if kind in ("for", "async for"):
            return self._looped(value[0], value[1], node, depth)
        if kind == "unpack":
            source, path = value
            if (
                isinstance(source, (ast.Tuple, ast.List))
                and len(path) == 1
                and path[0] != "*"
                and path[0] < len(source.elts)
            ):
                return self._side(source.elts[path[0]], depth + 1).part
            return self.outside(source, depth + 1)
        return node if kind in ("with", "async with") else None

    def _literal_annotation(self, argument):
        if argument.annotation is None:
            return False
        name = self.ctx.qualname(argument.annotation)
        near = self.ctx.path
        for _ in range(4):
            found = self.ctx.project.find(name, near) if "." in name else None
            if found is None or len(found[1]) != 1:
                break
            value = self.ctx.project.summary(found[0])["names"].get(found[1][0])
            if "typing.Literal" in repr(value):
                return True  # an alias: `Field = Literal["a", "b"]`
            if not value or value[0] != "ref":
                break
            name, near = value[1], found[0]
        text = ast.unparse(argument.annotation)
        return bool(
            re.fullmatch(
                r"(?:Optional\[)?(?:int|float|bool|Literal\[.*\]|UUID|uuid\.UUID|date|datetime)\]?(?: \| None)?", text
            )
        )

    def _looped(self, source, path, node, depth):
        if isinstance(source, ast.Call):
            name = dotted(source.func).rpartition(".")[2]
            if name in ("enumerate", "zip"):
                if name == "enumerate" and path[:1] == [0]:
                    return None
                index = 0 if name == "enumerate" else path[0] if path and isinstance(path[0], int) else 0
                return self._elements(source.args[index], depth + 1) if len(source.args) > index else None
            if name in ("items", "keys", "values") and isinstance(source.func, ast.Attribute):
                if name == "items" and isinstance(source.func.value, ast.Dict):
                    keys = source.func.value.keys if path[:1] == [0] else source.func.value.values
                    return self._first([k for k in keys if k is not None], depth)
                return self.outside(source.func.value, depth + 1)
        if isinstance(source, ast.Dict):
            return self._first([k for k in source.keys if k is not None], depth)
        if isinstance(source, (ast.List, ast.Tuple, ast.Set)) and len(path) == 1 and isinstance(path[0], int):
            inner = [
                e.elts[path[0]] for e in source.elts if isinstance(e, (ast.Tuple, ast.List)) and len(e.elts) > path[0]
            ]
            return self._first(inner, depth)
        return self._elements(source, depth + 1)

    def _outside_attribute(self, node, depth):
        if node.attr in _NAMES_OF_CODE or node.attr.isupper():
            return None
        if "__table__" in dotted(node) or "metadata" in dotted(node).split("."):
            return None
        if isinstance(node.value, ast.Name) and node.attr in ("name", "schema"):
            _, bindings = self.ctx.names.lookup(node.value, node.value.id)
            sources = [ast.unparse(b.value[0]) for b in bindings if b.kind == "for"]
            if any("metadata" in source or "inspect" in source or "__table__" in source for source in sources):
                return None
        if sqlguards.is_piece(node.value, node.attr, self.ctx) or sqlguards.is_own_name(node):
            return None
        types = self.ctx.types(node.value)
        if any(self._is_property(name, node.attr) for name in types):
            return None  # judged where the project's own code makes it
        if any(name.startswith(("sqlalchemy.Table", "sqlalchemy.Column", "sqlalchemy.MetaData")) for name in types):
            return None
        if node.attr in ("value", "name") and (any(map(self._is_enum, types)) or self._is_member(node.value)):
            return None
        if sqlguards.is_key(node, self.ctx):
            return None
        return node

    def _is_member(self, node):
        """Answer whether a node is `Status.OPEN`, a member of an enum of the project."""
        if not isinstance(node, ast.Attribute):
            return False
        values = self.ctx.types_engine.values(self.ctx.exprs.of(node.value), self.ctx.path)
        return any(value[0] == "c" and self._is_enum(value[1]) for value in values)

    def _is_property(self, class_name, attribute):
        """Answer whether an attribute of a class is a property that the project defines."""
        engine = self.ctx.types_engine
        for name in engine.mro(class_name, self.ctx.path):
            record = engine.class_record(name, self.ctx.path)
            if record is not None and f"{record[1]}.{attribute}" in self.ctx.project.summary(record[0])["functions"]:
                return True
        return False

    def _outside_item(self, node, depth):
        base = node.value
        if (
            isinstance(base, (ast.Dict, ast.List, ast.Tuple))
            or self._is_constant(base)
            or dotted(base).rpartition(".")[2].isupper()
        ):
            return None
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(key, str) and (
            sqlguards.is_piece(base, key, self.ctx) or key.isupper() and sqlguards.is_configuration(base)
        ):
            return None
        if isinstance(base, ast.Name):
            _, bindings = self.ctx.names.lookup(base, base.id)
            if len(bindings) == 1 and bindings[0].kind == "assign" and isinstance(bindings[0].value, ast.Dict):
                return self._first(bindings[0].value.values, depth)
        return self.outside(base, depth + 1) and node

    def _outside_call(self, node, depth):
        function = node.func
        last = getattr(function, "attr", getattr(function, "id", ""))
        if last in _HARMLESS_CALLS or last.startswith(("quote_", "escape_ident")):
            return None
        if last in ("get", "pop") and isinstance(function, ast.Attribute):
            base = function.value
            constant = (
                isinstance(base, ast.Dict) or self._is_constant(base) or dotted(base).rpartition(".")[2].isupper()
            )
            if constant:
                return self._first(node.args[1:2], depth)
        if last == "next" and node.args and sqlguards.is_counter(node.args[0], self.ctx):
            return None
        if last == "cast" and len(node.args) == 2 and self.ctx.qualname(function) in _CASTS:
            return self._side(node.args[1], depth + 1).part
        if last in ("join", "format"):
            return self.of(node, depth + 1).part
        if (
            last == "replace"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value in ("'", '"', "`")
        ):
            return None  # quotes are doubled
        if last in ("keys", "values", "items", "copy") and isinstance(function, ast.Attribute):
            return self.outside(function.value, depth + 1)
        if last in _SAME:
            source = (
                function.value
                if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Constant)
                else None
            )
            source = source or (node.args[0] if node.args else None)
            return self.outside(source, depth + 1) if source is not None else None
        names = self.ctx.targets(node)
        if names and all(name.startswith("sqlalchemy.") or self.ctx.is_own(name) for name in names):
            return None  # an expression of SQLAlchemy that is printed; the project's own builder of SQL
        if isinstance(function, (ast.Name, ast.Attribute)) and sqlguards.gives_constants(node, self.ctx):
            return None
        return node
