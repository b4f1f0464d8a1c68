"""What a project rule is given: the facts of all files, and the values of their symbolic expressions."""

from __future__ import annotations

from preaudit.core.types import Types
from preaudit.core.values import constants


class ProjectView:
    """A whole project, through summaries and facts only."""

    def __init__(self, project, settings, facts):
        """`project`: preaudit.core.project.Project; `facts`: function(kind) -> [(path, fact)] over all files."""
        self.project, self.settings, self._facts = project, settings, facts
        self.types = Types(project)
        self.root = project.root
        self.memo: dict = {}
        self._asked: list = [set()]

    def begin(self) -> None:
        """Begin to note what is asked for, afresh: the next rule runs."""
        self._asked = [set()]

    def end(self) -> frozenset:
        """Answer {(kind of dependency, name)} of what was asked for since `begin`."""
        return frozenset(self._asked[0])

    @property
    def paths(self) -> list:
        """Answer all root-relative paths of the project, sorted."""
        self._asked[-1].add(("paths", ""))
        return self.project.paths

    def facts(self, kind: str) -> list:
        """Answer [(path, fact)] of every file that has facts of this kind, sorted by path."""
        self._asked[-1].add(("facts", kind))
        return self._facts(kind)

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
        if key not in self.memo:
            self._asked.append(set())
            made = make()
            self.memo[key] = (made, self._asked.pop())
        made, asked = self.memo[key]
        self._asked[-1] |= asked
        return made

    def is_test(self, path: str) -> bool:
        """Answer whether a path is a test by its place."""
        return self.settings.is_test(path)

    def module(self, path: str) -> str:
        """Answer the dotted module name of a Python file."""
        return self.project.module_name(path)
