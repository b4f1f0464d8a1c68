"""What a project rule is given: the facts of all files, and the values of their symbolic expressions.

Everything that is asked for is noted, so that what a rule found is kept until something of it changes.
"""

from __future__ import annotations

from importlib import import_module

from preaudit.core.results import TABLES, WHOLE
from preaudit.core.types import Types
from preaudit.core.values import constants


class ProjectView:
    """A whole project, through summaries and facts only.

    What several rules share is made by `once`, and made with all that it will ever tell: what it would
    find out later would be noted for the first rule that asks, and not for the others.
    """

    def __init__(self, project, settings, facts, fact=None):
        """`project`: preaudit.core.project.Project; `facts`: function(kind) -> [(path, fact)] over all files.

        `fact`: function(kind, path) -> the fact of one file or None.
        """
        self.project, self.settings, self._facts, self._fact = project, settings, facts, fact
        self.root = project.root
        self.memo: dict = {}
        self._exprs: dict = {}
        self._watched: dict = {}
        self._fresh_types()

    def _fresh_types(self):
        # A memory of its own for all that is noted on its own: an answer remembered from elsewhere hides what it
        # was made of. The expressions that values speak of by identity are shared.
        self.types = Types(self.project)
        self.types._kept = self._exprs

    def begin(self) -> None:
        """Begin to note what is asked for, afresh: the next rule runs."""
        self.project.asked, self.project.watch = set(), self._watch
        self._fresh_types()

    def end(self) -> frozenset:
        """Answer {(kind of dependency, name)} of what was asked for since `begin`, and note no longer."""
        asked, self.project.asked, self.project.watch = self.project.asked, None, None
        return frozenset(asked or ())

    def note(self, kind: str, name) -> None:
        """Note that what is being worked out depends on this."""
        if self.project.asked is not None:
            self.project.asked.add((kind, name))

    def _watch(self, path, summary):
        found = self._watched.get(path)
        if found is None:
            found = self._watched[path] = WatchedSummary(self, path, summary)
        return found

    @property
    def paths(self) -> list:
        """Answer all root-relative paths of the project, sorted."""
        self.note("paths", "")
        return self.project.paths

    @property
    def python(self) -> set:
        """Answer the root-relative paths of all Python files of the project."""
        self.note("paths", "")
        return self.project.python

    def facts(self, kind: str) -> list:
        """Answer [(path, fact)] of every file that has facts of this kind, sorted by path."""
        self.note("facts", kind)
        return self._facts(kind)

    def fact(self, kind: str, path: str):
        """Answer the fact of this kind of one file, None if it has none."""
        if self._fact is None:
            return dict(self.facts(kind)).get(path)
        self.note("fact", (kind, path))
        return self._fact(kind, path)

    def values(self, expr, path: str) -> frozenset:
        """Answer the values (core/types.py) of a symbolic expression that the file `path` holds."""
        return self.types.values(expr, path)

    def names(self, expr, path: str) -> list:
        """Answer the dotted names of what an expression denotes when called; [] if unknown."""
        return self.types.callee_names(expr, path)

    def constants(self, expr, path: str) -> list:
        """Answer the constant values an expression can have (core/values.py), [] if not all of them are known."""
        return constants(expr, path, self.project)

    @property
    def messaging(self):
        """Answer the project's messaging (messaging/flow.py), for rules of the package that knows no projects."""
        from preaudit_hooks.messaging.flow import flow

        return flow(self)

    def once(self, key, make):
        """Answer what `make()` answered the first time for this key: models that several rules share."""
        made, asked = self._made(key, make)
        if self.project.asked is not None:
            self.project.asked |= asked
        return made

    def _made(self, key, make):
        if key not in self.memo:
            outer, types, watch = self.project.asked, self.types, self.project.watch
            self.project.asked, self.project.watch = set(), self._watch
            self._fresh_types()
            try:
                self.memo[key] = (make(), self.project.asked)
            finally:
                self.project.asked, self.types, self.project.watch = outer, types, watch
        return self.memo[key]

    def derived(self, module: str, argument: str = ""):
        """Answer what `make(view, argument)` of the module `preaudit_hooks.<module>` makes, once.

        A rule that asks for it depends on the shape of it (`shape(made)` of that module, which JSON can hold), and
        no longer on the facts that it was made of. A module whose thing has a part for each file names their facts,
        PARTS, and answers the shape of one, `part(view, path, made or None)`.
        """
        found, _ = self.derivation(module, argument)
        self.note("derived", (module, argument))
        return found

    def derivation(self, module: str, argument: str = "") -> tuple:
        """Answer (what `derived` answers, what was asked for to make it)."""
        make = import_module(f"preaudit_hooks.{module}").make
        return self._made(("derived", module, argument), lambda: make(self, argument))

    def made(self, module: str):
        """Answer what `derived` of a module answers if it is made already, else None."""
        found = self.memo.get(("derived", module, ""))
        return found[0] if found is not None else None

    def is_test(self, path: str) -> bool:
        """Answer whether a path is a test by its place."""
        return self.settings.is_test(path)

    def module(self, path: str) -> str:
        """Answer the dotted module name of a Python file."""
        return self.project.module_name(path)


class WatchedSummary:
    """A summary that notes which of its names are asked for, so that other changes of the module do not matter."""

    __slots__ = ("view", "path", "summary", "tables")

    def __init__(self, view, path, summary):
        """Stand for the summary of one module."""
        self.view, self.path, self.summary = view, path, summary
        self.tables = {name: _WatchedTable(view, path, name, summary[name]) for name in TABLES}

    def __getitem__(self, part):
        """Answer a part of the summary."""
        found = self.tables.get(part)
        if found is None:
            self.view.note("symbol", (self.path, part, WHOLE))
            found = self.summary[part]
        return found

    def get(self, part, default=None):
        """Answer a part of the summary, the default where it has none."""
        return self[part] if part in self.summary else default

    def __contains__(self, part):
        """Answer whether the summary has such a part."""
        return part in self.summary


class _WatchedTable:
    """A table of a summary, by name; asked for as a whole, it counts as a whole."""

    __slots__ = ("view", "path", "part", "table")

    def __init__(self, view, path, part, table):
        self.view, self.path, self.part, self.table = view, path, part, table

    def _note(self, name):
        self.view.note("symbol", (self.path, self.part, name))

    def __contains__(self, name):
        self._note(name)
        return name in self.table

    def __getitem__(self, name):
        self._note(name)
        return self.table[name]

    def get(self, name, default=None):
        self._note(name)
        return self.table.get(name, default)

    def __iter__(self):
        self._note(WHOLE)
        return iter(self.table)

    def __len__(self):
        self._note(WHOLE)
        return len(self.table)

    def keys(self):
        self._note(WHOLE)
        return self.table.keys()

    def values(self):
        self._note(WHOLE)
        return self.table.values()

    def items(self):
        self._note(WHOLE)
        return self.table.items()
