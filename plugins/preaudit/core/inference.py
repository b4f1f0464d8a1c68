"""astroid, for the few expressions that are left: results that follow from the arguments of a call.

The only module that imports astroid, on first use (its import and first tree cost more than a whole commit's
check). astroid sees the file itself, the project's other modules, and stubs made from the knowledge tables, and
nothing else: its denylist holds every other name, so an answer never depends on what is installed. It ignores
annotations; core/types.py does not, and is asked first.
"""

from __future__ import annotations

import ast
from itertools import islice

from preaudit import knowledge
from preaudit.core.source import SourceError

MAX_LINES = 4_000
MAX_QUERIES = 20
MAX_MODULES = 30
MAX_VALUES = 8


class _Deny:
    """What astroid takes for its set of forbidden modules: everything but what can be seeded."""

    def __init__(self, inference):
        self.inference = inference

    def __contains__(self, name):
        return name != "builtins" and not self.inference.seed(name)


class Inference:
    """astroid's answers for one file. Its manager is shared by the whole process, so all that was added is removed."""

    def __init__(self, ctx):
        """`ctx` is the file's Context; nothing is built before the first question."""
        self.ctx = ctx
        self.queries = 0
        self._nodes: dict | None = None
        self._seeded: list = []
        self._refused: set = set()

    def types(self, node: ast.AST) -> frozenset:
        """Answer the dotted classes of which an expression certainly is an instance, empty if astroid is not sure."""
        self.queries += 1
        if self.queries > MAX_QUERIES or len(self.ctx.lines) > MAX_LINES:
            return frozenset()
        return self._within(lambda: self._types(node))

    def _within(self, ask):
        """Run with our denylist in place, and leave astroid's state as it was."""
        from astroid import util
        from astroid.manager import AstroidManager

        brain = AstroidManager.brain
        before, limit = brain["module_denylist"], brain["max_inferable_values"]
        brain["module_denylist"], brain["max_inferable_values"] = _Deny(self), MAX_VALUES
        self._cache = AstroidManager().astroid_cache
        there = set(self._cache)
        self._uninferable = util.Uninferable
        try:
            return ask()
        except (
            RecursionError,
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
            IndexError,
            StopIteration,
            AssertionError,
        ):
            # astroid raises all of these on code that Python accepts; not to know is an answer
            return frozenset()
        finally:
            brain["module_denylist"], brain["max_inferable_values"] = before, limit
            for name in set(self._cache) - there - {"builtins", ""}:
                self._cache.pop(name, None)
            self._seeded.clear()

    def _build(self, text: str, name: str):
        from astroid.builder import AstroidBuilder
        from astroid.exceptions import AstroidError
        from astroid.manager import AstroidManager

        try:
            module = AstroidBuilder(AstroidManager(), apply_transforms=False).string_build(text, name)
        except (AstroidError, SyntaxError, RecursionError, ValueError):
            return None
        return module

    def seed(self, name: str) -> bool:
        """Make a module of the project or a stub of a library known to astroid; answer whether there is one."""
        if name in self._cache:
            return name in self._seeded
        if name in self._refused or len(self._seeded) >= MAX_MODULES:
            return False
        text = self._text_of(name)
        if text is None:
            self._refused.add(name)
            return False
        self._seeded.append(name)
        module = self._build(text, name)
        if module is None:
            self._seeded.remove(name)
            self._refused.add(name)
            return False
        self._cache[name] = module
        return True

    def _text_of(self, name: str):
        project = self.ctx.project
        found = project.find(name, self.ctx.path)
        if found is not None:
            if found[1]:
                return None
            project.summary(found[0])
            try:
                return project.read(found[0])
            except SourceError:
                return None
        return stub(name)

    def _types(self, node) -> frozenset:
        from astroid.exceptions import AstroidError

        if self._nodes is None:
            self._nodes = self._index()
        target = self._nodes.get(_place(node))
        if target is None:
            return frozenset()
        found = set()
        try:
            for value in islice(target.infer(), MAX_VALUES):
                if value is self._uninferable:
                    return frozenset()
                name = value.pytype() if type(value).__name__ == "Instance" else ""
                if value.__class__.__name__ == "Const" and value.value is None:
                    continue
                if not name:
                    return frozenset()
                found.add(knowledge.canonical(name))
        except AstroidError:
            return frozenset()
        return frozenset(found) if len(found) == 1 else frozenset()

    def _index(self) -> dict:
        module = self._build(self.ctx.text, self.ctx.exprs.module)
        places: dict = {}
        stack = [module] if module is not None else []
        while stack:
            node = stack.pop()
            if node.__class__.__name__ in ("Call", "Name", "Attribute", "Subscript"):
                places[_place(node)] = node
            stack.extend(node.get_children())
        return places


def _place(node) -> tuple:
    return (node.__class__.__name__, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def stub(module: str) -> str | None:
    """Answer the source of a stub for a library's module, made from its knowledge table; None if no table knows it."""
    table = knowledge.table(module.partition(".")[0])
    if table is None:
        return None
    prefix = module + "."
    lines: list = []
    for dotted, entry in getattr(table, "CLASSES", {}).items():
        if dotted.startswith(prefix) and "." not in dotted[len(prefix) :]:
            lines.append(f"class {dotted[len(prefix) :]}:")
            lines.append("    def __init__(self, *args, **kwargs): pass")
            for name, text in entry.get("methods", {}).items():
                if not name.isidentifier() or knowledge.parse_spec(text).returns != "self":
                    continue
                if name.startswith("from_"):
                    lines.append("    @classmethod")
                    lines.append(f"    def {name}(cls, *args, **kwargs): return cls()")
                else:
                    lines.append(f"    def {name}(self, *args, **kwargs): return self")
    for alias, dotted in getattr(table, "CANONICAL", {}).items():
        owner, _, name = dotted.rpartition(".")
        if alias.startswith(prefix) and "." not in alias[len(prefix) :] and owner:
            known = alias[len(prefix) :]
            lines.append(f"{known} = {name}" if owner == module else f"from {owner} import {name} as {known}")
    for dotted, text in getattr(table, "FUNCTIONS", {}).items():
        returns = knowledge.parse_spec(text).returns
        if dotted.startswith(prefix) and "." not in dotted[len(prefix) :] and returns.startswith(prefix):
            name = returns[len(prefix) :]
            if name.isidentifier() and not knowledge.parse_spec(text).is_async:
                lines.append(f"def {dotted[len(prefix) :]}(*args, **kwargs): return {name}()")
    return "\n".join(lines) + "\n" if lines else None
