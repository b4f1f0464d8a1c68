"""A rule: its metadata, and the checks registered for it.

A check is a function, usually a generator, of one of these forms:

    @RULE.on(ast.Call)                    file rules: every node of those types, in one walk
    def check(node, ctx): ...

    @RULE.on_calls(spelled)               the same for calls whose function is spelled as a predicate wants it
    def check(node, ctx): ...             (`Context.calls`): most rules have nothing to say about most calls

    @RULE.on_document("compose")          document rules: one positioned document of that kind
    def check(document, ctx): ...

    @RULE.on_project("messaging")         project rules: once per project, with those facts
    def check(project): ...

    @RULE.on_each("imports")              the same, for one file that has such facts; it reports that file alone
    def check(project, path, fact): ...   (given single files, a run asks for those only)

and gives what `RULE.at(place, ...)` makes.
"""

from __future__ import annotations

import ast

from preaudit.core.finding import SEVERITIES, Related


class Spelled(tuple):
    """The node types of a check that wants only some calls; `wanted` answers for what stands before the parenthesis."""

    wanted = None


SCOPES = ("file", "types", "project", "document")


class Draft:
    """A finding in the making: the runner adds path, scope, key and suppression."""

    __slots__ = ("rule", "place", "path", "message", "related", "fix", "scope", "severity")

    def __init__(self, rule, place, path, message, related, fix, scope, severity):
        """Hold what a check said; `place` is an ast node or (line, column[, end_line, end_column])."""
        self.rule, self.place, self.path, self.message = rule, place, path, message
        self.related, self.fix, self.scope, self.severity = related, fix, scope, severity


class Rule:
    """Everything about one code but its documentation, which is the docstring of its module."""

    def __init__(self, *, code, name, severity, message, since, scope="file", default=True, imports=(), words=(),
                 audits=(), fixable=False, ruff=(), options=(), posture=False, tests=False, files=""):  # fmt: skip
        """Declare a rule.

        `imports`: top-level packages; a file rule is skipped in files that import none of them (a
        `types` rule also runs where the file imports another module of the project, through which
        such a type may come). `words`: the rule is skipped where the source holds none of them.
        `tests`: whether the rule also runs in test files. `posture`: it speaks about the project
        as a whole, so the engine shows it in a commit only where the change touches the place. `ruff`:
        the codes of its twins. `options`: names in [tool.preaudit] that the rule reads. `files`: for
        a document or project rule, the regular expression of the file names that concern it (for the
        generated hook).
        """
        if severity not in SEVERITIES or scope not in SCOPES:
            raise ValueError(f"{code}: unknown severity or scope")
        self.code, self.name, self.severity, self.message, self.since = code, name, severity, message, since
        self.scope, self.default = scope, default
        self.imports, self.words = frozenset(imports), tuple(words)
        self.audits, self.fixable, self.ruff, self.options = tuple(audits), fixable, tuple(ruff), tuple(options)
        self.posture, self.tests, self.files = posture, tests, files
        self.node_checks: list = []
        self.document_checks: list = []
        self.project_checks: list = []
        self.each_checks: list = []

    def on(self, *node_types):
        """Register a check for nodes of these ast types; `ast.Module` for the file as a whole."""

        def register(check):
            self.node_checks.append((node_types, check))
            return check

        return register

    def on_calls(self, wanted):
        """Register a check for the calls whose spelling a predicate wants: `.get` for a method, `open` for a name.

        It is asked once for each spelling of a file, so that the check is not entered for all the others.
        """

        def register(check):
            types = Spelled((ast.Call,))
            types.wanted = wanted
            self.node_checks.append((types, check))
            return check

        return register

    def on_document(self, *kinds):
        """Register a check for documents of these kinds: compose, dotenv, app-spec, shell, ..."""

        def register(check):
            self.document_checks.append((kinds, check))
            return check

        return register

    def on_project(self, *facts):
        """Register a check that runs once per project, on summaries with these kinds of facts."""

        def register(check):
            self.project_checks.append((facts, check))
            return check

        return register

    def on_each(self, kind):
        """Register a check that runs for each file with facts of a kind, and whose findings lie in that file alone."""

        def register(check):
            self.each_checks.append((kind, check))
            return check

        return register

    def at(self, place, *, path="", related=(), fix=None, scope="", severity="", message="", **fields):
        """Answer a draft at an ast node or a (line, column[, end_line, end_column]) place, from 1.

        `path` only where the place is not in the file being read; `related` holds
        (path or '', node or place, message) or Related; `message` replaces the rule's own text.
        The fields fill the message's braces; KeyError if one is missing.
        """
        text = (message or self.message).format(**fields)
        return Draft(self, place, path, text, related, fix, scope, severity or self.severity)


__all__ = ["SCOPES", "Draft", "Related", "Rule"]
