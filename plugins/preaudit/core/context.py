"""What a check is given beside its node: the file, its names and types, and where code runs."""

from __future__ import annotations

import ast

from preaudit import knowledge
from preaudit.core import contexts, specs, startup, tree
from preaudit.core.source import split_lines
from preaudit.core.types import Types


class Context:
    """One file under check. Nodes carry their parent as `parent_` (see core/tree.py)."""

    def __init__(self, path, text, module, by_type, exprs, project, settings):
        """`path` is root-relative; `module` the ast; `exprs` the file's symbolic expressions."""
        self.path, self.text, self.module = path, text, module
        self.by_type, self.exprs, self.names = by_type, exprs, exprs.names
        self.project, self.settings = project, settings
        self.types_engine = Types(project)
        self.is_ascii = text.isascii()
        self._lines: list | None = None
        self._callbacks: frozenset | None = None
        self._chunks: frozenset | None = None
        self._joined: str | None = None
        self._lower: str | None = None
        self._spelled: frozenset | None = None
        self._calls: dict | None = None
        self._held: dict = {}
        self.line = int  # of facts: core/place.py's Line
        self.memo: dict = {}

    # the file

    @property
    def lines(self) -> list:
        """Answer the lines with their ends."""
        if self._lines is None:
            self._lines = split_lines(self.text)
        return self._lines

    def holds(self, word: str) -> bool:
        """Answer whether the text holds a word anywhere; every rule and every kind of fact asks, mostly for the same ones."""
        found = self._held.get(word)
        if found is None:
            if self._joined is None:
                self._joined = "\n".join(self.chunks)
            found = self._held[word] = word in (self._joined if word.split() == [word] else self.text)
        return found

    @property
    def chunks(self) -> frozenset:
        """Answer what stands between white space, each once: a fraction of the text, and every word is in one of them."""
        if self._chunks is None:
            self._chunks = frozenset(self.text.split())
        return self._chunks

    @property
    def lower(self) -> str:
        """Answer all `chunks` in lower case, to look for words in any case."""
        if self._lower is None:
            self._lower = "\n".join(self.chunks).lower()
        return self._lower

    @property
    def is_test(self) -> bool:
        """Answer whether the file is a test by its place."""
        return self.settings.is_test(self.path)

    @property
    def is_migration(self) -> bool:
        """Answer whether the file is a migration: by its place, as Django's, or because it names the revision before it."""
        if self.settings.is_migration(self.path):
            return True
        if self.holds("(migrations.Migration)") and "Migration" in self.names.scope(self.names.root).names:
            return True
        return "down_revision" in self.text and "down_revision" in self.names.scope(self.names.root).names

    def nodes(self, *types) -> list:
        """Answer all nodes of these exact types, in source order of each type."""
        if len(types) == 1:
            return self.by_type.get(types[0], [])
        return [node for kind in types for node in self.by_type.get(kind, ())]

    def calls(self, wanted) -> list:
        """Answer the calls whose spelling `wanted` answers for, in source order: `.get` for any method, `open` for a name.

        What is called otherwise (`handlers[0]()`) is spelled ''.
        """
        if self._calls is None:
            self._calls = {}
            for index, call in enumerate(self.nodes(ast.Call)):
                function = call.func
                cls = function.__class__
                spelled = f".{function.attr}" if cls is ast.Attribute else function.id if cls is ast.Name else ""
                self._calls.setdefault(spelled, []).append((index, call))
        found = [row for spelled, rows in self._calls.items() if wanted(spelled) for row in rows]
        found.sort()
        return [call for _, call in found]

    @property
    def spelled(self) -> frozenset:
        """Answer all names and attributes that the code reads, each once: what a pattern is looked for in."""
        if self._spelled is None:
            names = {node.id for node in self.nodes(ast.Name) if node.ctx.__class__ is ast.Load}
            names.update([node.attr for node in self.nodes(ast.Attribute) if node.ctx.__class__ is ast.Load])
            self._spelled = frozenset(names)
        return self._spelled

    def once(self, key, make):
        """Answer what `make()` answered the first time for this key: for what several checks of a file share."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def place(self, node: ast.AST) -> tuple:
        """Answer (line, column, end line, end column) of a node, from 1, in code points; a block ends with its first line."""
        line = getattr(node, "lineno", 1)
        end_line = getattr(node, "end_lineno", None) or line
        if self.is_ascii and isinstance(node, ast.expr) and end_line <= line + 40:
            return (self.line(line), node.col_offset + 1, self.line(end_line), node.end_col_offset + 1)
        column = self._column(line, getattr(node, "col_offset", 0))
        if (
            isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case))
            and hasattr(node, "body")
            or end_line > line + 40
        ):
            text = self.lines[line - 1].rstrip() if line <= len(self.lines) else ""
            line = self.line(line)
            return (line, column, line, max(len(text) + 1, column))
        end_column = self._column(end_line, getattr(node, "end_col_offset", None) or 0)
        return (self.line(line), column, self.line(end_line), end_column)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode("utf-8")[:offset].decode("utf-8", "ignore")) + 1

    def demands(self, library: str) -> bool:
        """Answer whether the project's requirements demand a library (its name on the package index)."""
        return self.project.requirements.demands(library, self.path)

    # names and types

    def qualname(self, node: ast.AST) -> str:
        """Answer the dotted origin of a name or attribute, through re-exports of the project; '' if it is none.

        A library's own alias is answered by its canonical name (`redis.Redis` for `redis.client.Redis`).
        """
        name = self.names.qualname(node)
        if not name:
            return ""
        if self.is_own(name) or name.startswith("__file__."):
            found = {self.types_engine.value_name(v) for v in self.types_engine.resolve(name, self.path)}
            found.discard("")
            return knowledge.canonical(found.pop()) if len(found) == 1 else name
        return knowledge.canonical(name)

    def is_own(self, name: str) -> bool:
        """Answer whether a dotted name belongs to the project."""
        return self.project.is_own(name.partition(".")[0]) and not knowledge.is_class(name)

    def values(self, node: ast.AST) -> frozenset:
        """Answer all values an expression can have (core/types.py); empty if unknown."""
        return self.types_engine.values(self.exprs.of(node), self.path)

    def types(self, node: ast.AST, *, deep: bool = False) -> frozenset:
        """Answer the dotted classes an expression can be an instance of, None left out; empty if unknown.

        `deep`: ask astroid where nothing else answers; only for the few places that would be findings.
        """
        values = self.values(node)
        found = frozenset(self._class_of(value) for value in values) - {""}
        if deep and not values:
            return self.once(("deep", node), lambda: self.inference.types(node))
        return found

    @property
    def inference(self):
        """Answer the last resort of `types`; importing it costs more than most files' whole check."""
        from preaudit.core.inference import Inference

        return self.once("inference", lambda: Inference(self))

    @staticmethod
    def _class_of(value) -> str:
        if value[0] == "i":
            return value[1]
        if value[0] == "v" and value[1] is not None:
            return f"builtins.{value[1].__class__.__name__}"
        return "builtins.tuple" if value[0] == "tup" else ""

    def is_a(self, node: ast.AST, *classes: str) -> bool:
        """Answer whether an expression is certainly an instance of one of these classes or of a subclass."""
        found = self.types(node)
        return bool(found) and all(self.derives(name, *classes) for name in found)

    def derives(self, name: str, *classes: str) -> bool:
        """Answer whether a class is one of these or a subclass of one, as far as known."""
        return any(base in classes for base in self.types_engine.mro(name, self.path))

    def targets(self, node: ast.AST, *, deep: bool = False) -> frozenset:
        """Answer the dotted names of what a call calls: `redis.Redis.get`, `app.db.get_session`, `redis.Redis` for the class.

        A method is named after the class that defines it (the table's class for a library). Empty if unknown.
        `deep` as in `types`.
        """
        function = node.func if isinstance(node, ast.Call) else node
        found = self.once(("targets", function), lambda: self._targets(function))
        if not found and deep and isinstance(function, ast.Attribute):
            return self.once(("deep targets", function), lambda: self._deep_targets(function))
        return found

    def _deep_targets(self, function):
        found = set()
        for name in self.types(function.value, deep=True):
            for value in self.types_engine.attribute(("i", name, ()), function.attr, self.path):
                found.add(self.types_engine.value_name(value))
        return frozenset(found - {""})

    def _targets(self, function):
        return frozenset(
            name for value in self.values(function) if (name := self.types_engine.value_name(value))
        )  # fmt: skip

    def receivers(self, node: ast.Call) -> frozenset:
        """Answer the classes of the receiver of a method call; empty for plain functions and unknown ones."""
        found = set()
        for value in self.values(node.func):
            if value[0] == "m" and value[1][0] in "ic":
                found.add(value[1][1])
        return frozenset(found)

    def specs(self, node: ast.AST) -> list:
        """Answer [(dotted name, Spec or None)] of a call: what the knowledge tables say of what it calls; [] if unknown."""
        function = node.func if isinstance(node, ast.Call) else node
        return self.once(("specs", function), lambda: self._specs(function))

    def _specs(self, function):
        return [
            (name, specs.of_value(self.types_engine, value, self.path)) for value in sorted(self.values(function), key=repr)
            if (name := self.types_engine.value_name(value)) and value != ("v", None)
        ]  # fmt: skip

    # where code runs

    @property
    def loop_callbacks(self) -> frozenset:
        """Answer the functions and lambdas of the file that it gives to the event loop as callbacks."""
        if self._callbacks is None:
            self._callbacks = contexts.loop_callbacks(self)
        return self._callbacks

    def on_loop(self, node: ast.AST) -> bool:
        """Answer whether a node runs on the event loop."""
        return contexts.on_loop(self, node)

    def in_startup(self, node: ast.AST) -> bool:
        """Answer whether a node runs before the first await of a lifespan, or in what only start-up awaits."""
        return startup.in_startup(self, node)

    def before_serving(self, node: ast.AST) -> bool:
        """Answer whether a node runs before a lifespan yields, there or in a coroutine that is awaited only there."""
        return startup.before_serving(self, node)

    def is_handler(self, function: ast.AST) -> bool:
        """Answer whether a function answers requests."""
        return contexts.is_handler(self, function)

    def is_task(self, function: ast.AST) -> bool:
        """Answer whether a function is a task of a queue."""
        return contexts.is_task(self, function)

    def per_call(self, node: ast.AST) -> str:
        """Answer how often a node runs: "request", "task", "call", or "" at import."""
        return contexts.per_call(self, node)

    def at_import(self, node: ast.AST) -> bool:
        """Answer whether a node runs when the module is imported."""
        return contexts.at_import(self, node)

    @property
    def is_script(self) -> bool:
        """Answer whether the file is run and not imported."""
        return self.once("is_script", lambda: contexts.is_script(self))

    # shortcuts into the tree

    parents = staticmethod(tree.parents)
    enclosing = staticmethod(tree.enclosing)
    function_of = staticmethod(tree.function_of)
    body_of = staticmethod(tree.body_of)
    inside = staticmethod(tree.inside)
    scope_name = staticmethod(tree.qualified_scope)
    dotted = staticmethod(tree.dotted)
