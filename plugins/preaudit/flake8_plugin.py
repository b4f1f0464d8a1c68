"""The flake8 plugin: one entry point `AUD`, one class, file rules only.

flake8 makes one instance a file, maybe in several processes, maybe in one that lives on in an editor.
`parse_options` runs once a run and starts everything afresh; nothing outlives a run but what is keyed
by content. Nothing is raised and nothing printed on standard output: editors would lose every diagnostic.
"""

from __future__ import annotations

import os

from preaudit import __version__


class Plugin:
    """The checker that flake8 calls with a file's tree, lines and name."""

    name = "preaudit"
    version = __version__
    _run = None
    _options = None

    def __init__(self, tree, lines, filename):
        """Take what flake8 has read; the file itself is never opened here."""
        self.tree, self.lines, self.filename = tree, lines, filename

    @classmethod
    def add_options(cls, manager):
        """Register the options, which all begin with --preaudit-."""
        manager.add_option(
            "--preaudit-project", action="store_true", default=False, parse_from_config=True,
            help="add the findings of project rules that concern the file",
        )  # fmt: skip
        manager.add_option(
            "--preaudit-isolated", action="store_true", default=False, parse_from_config=True,
            help="do not read [tool.preaudit]",
        )  # fmt: skip
        manager.add_option(
            "--preaudit-no-cache", action="store_true", default=False, parse_from_config=True, help="do not use the cache",
        )  # fmt: skip

    @classmethod
    def parse_options(cls, options):
        """Take the options of a run; what an earlier run in this process has made is dropped."""
        from preaudit.core.settings import SettingsError, load

        cls._options, cls._run = options, None
        try:
            load(os.getcwd(), options.preaudit_isolated)
        except SettingsError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError("preaudit: " + "; ".join(error.errors)) from error

    def run(self):
        """Give (line, column from 0, "CODE message", type) for each finding."""
        if not self.lines or not "".join(self.lines).strip():
            return
        cls = type(self)
        try:
            if cls._run is None:
                cls._run = _Run(cls._options)
            findings = cls._run.check(self.filename, "".join(self.lines), self.tree)
        except Exception as error:
            from preaudit.core.reports import broken

            findings = [
                broken(self.filename, f"preaudit failed inside ({error.__class__.__name__}: {error}); please report it")
            ]
        count = len(self.lines)
        for finding in findings:
            yield min(max(finding.line, 1), count), max(finding.column - 1, 0), f"{finding.code} {finding.message}", cls


class _Run:
    """What the files of one run share: settings, the project, the rules that flake8's selection leaves."""

    def __init__(self, options):
        from preaudit import knowledge
        from preaudit.core.cache import Cache
        from preaudit.core.project import Project
        from preaudit.core.registry import registry
        from preaudit.core.runner import FileChecker
        from preaudit.core.settings import load

        self.options = options
        self.settings = load(os.getcwd(), options.preaudit_isolated)
        knowledge.extend(dict(self.settings.knowledge or {}))
        self.root = self.settings.root
        self.registry = registry()
        self.cache = None if options.preaudit_no_cache else Cache(self.root, self.settings.cache_dir or "")
        self.project = Project(self.root, self.settings, self.cache)
        self.codes = self._selected()
        self.checker = FileChecker(self.project, self.settings, [i for i in self.registry if i.code in self.codes])

    def _selected(self) -> frozenset:
        """Answer the codes that run: the project's own selection, cut and widened by flake8's.

        A code that is off runs only if flake8's select or extend-select names it: `ignore = E501` alone must
        not switch it on. `select = AUD` is every code; `extend-select = AUD` only makes the own selection visible.
        """
        from flake8.style_guide import Decision, DecisionEngine

        from preaudit.core.selection import is_known, select

        settings = self.settings
        # words for project rules are unknown here; the command checks them
        known, more, less = (
            [word for word in words if is_known(word, self.registry)]
            for words in (settings.select, settings.extend_select, settings.ignore)
        )
        own = select(self.registry, known or (("AUD000",) if settings.select else ("default",)), more, less)
        named = [word for word in self.options.select or () if word.startswith("AUD")]
        named += [word for word in self.options.extend_select or () if word.startswith("AUD") and word != "AUD"]
        engine = DecisionEngine(self.options)
        return frozenset(
            info.code for info in self.registry
            if engine.decision_for(info.code) is Decision.Selected
            and (info.code in own or any(info.code.startswith(word) for word in named))
        )  # fmt: skip

    def check(self, filename, text, tree) -> list:
        from preaudit.core import suppressions
        from preaudit.core.registry import UNUSED
        from preaudit.core.reports import Broken, suppress, unused
        from preaudit.core.source import split_lines
        from preaudit.core.templates import in_template

        path = self._path(filename)
        if in_template(path):
            return []
        settings = self.settings
        self.project.add(path, text)
        try:
            findings = self.checker.check(path, text, tree)[0]
        except Broken as error:  # it took too long
            return [error.finding]
        # flake8 reads its noqa comments itself, and may have been told not to: only our own comments count here
        found = suppressions.python(text)
        suppress(findings, found, settings, path)
        if UNUSED in self.codes:
            findings += unused(found, path, split_lines(text), self.codes, self.registry, settings)
        if self.options.preaudit_project:
            findings += self._project(path, text)
        if self.options.disable_noqa:
            for finding in findings:
                if finding.suppressed == "-" and self._by_noqa(found, finding):
                    finding.suppressed = ""
        if self.cache is not None:
            self.cache.save()
        return [finding for finding in findings if not finding.suppressed]

    @staticmethod
    def _by_noqa(found, finding) -> bool:
        return any(
            one.kind.startswith("noqa") and one.first <= finding.line and (not one.last or finding.line <= one.last)
            for one in found
        )

    def _project(self, path, text) -> list:
        from importlib import import_module

        engine = import_module("preaudit_hooks.engine")
        codes = {info.code for info in engine.registry() if info.scope in ("project",)}
        result = engine.check_paths(
            [], root=self.root, settings=self.settings, codes=codes, jobs=1, cache=self.cache is not None,
            stdin=(path, text.encode("utf-8", "surrogatepass")),
        )  # fmt: skip
        return [f for f in result.findings if f.path == path and f.code != "AUD000" and not f.suppressed]

    def _path(self, filename) -> str:
        if filename in ("stdin", "-", ""):
            return "stdin.py"
        return os.path.relpath(os.path.abspath(filename), self.root).replace(os.sep, "/")
