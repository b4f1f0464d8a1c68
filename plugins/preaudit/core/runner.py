"""One Python file: read it, walk it once, call the checks, make findings.

A check that raises becomes one AUD000 for its rule and file; the other checks and files go on.
"""

from __future__ import annotations

import ast
import warnings

from preaudit.core import suppressions, tree
from preaudit.core.context import Context
from preaudit.core.finding import Finding, Related
from preaudit.core.fingerprint import assign, key_of
from preaudit.core.limits import TooLong, limited
from preaudit.core.project import Project
from preaudit.core.registry import BROKEN, UNUSED, registry
from preaudit.core.reports import Broken, broken, dedupe, one_line, suppress, unused
from preaudit.core.rule import Spelled
from preaudit.core.source import SourceError, split_lines


def parse(text: str, path: str, project: Project) -> ast.Module:
    """Answer the tree of a source; Broken with the parser's words and place if it has none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Broken(_unparsed(error, text, path, project)) from error


def _unparsed(error: Exception, text: str, path: str, project: Project) -> Finding | None:
    """Answer the finding of a source that Python does not take, None for a template and for a file of others."""
    if project.settings.is_foreign(path):
        return None
    if not isinstance(error, SyntaxError):
        return broken(path, f"cannot be parsed, so nothing in it is checked: {str(error) or error.__class__.__name__}")
    from preaudit.core.pythons import unparsed
    from preaudit.core.templates import is_template

    line = error.lineno or 1
    return None if is_template(text, line) else broken(path, unparsed(project, path, error), line, error.offset or 1)


class FileChecker:
    """Runs file rules over files of one project."""

    def __init__(self, project: Project, settings, infos, facts=None):
        """`infos`: the RuleInfo of the rules to run; `facts`: function(ctx) -> what the file contributes, or None."""
        self.project, self.settings, self.facts = project, settings, facts
        self.infos = [info for info in infos if info.nodes]
        self.codes = frozenset(info.code for info in infos)
        self.stopped: set = set()  # the files of which something took too long: nothing about them is worth keeping

    def prepare(self, path: str, text: str) -> dict:
        """Make the summary of a file that will be checked later, and keep its tree if there is room."""
        with limited():
            module = parse(text, path, self.project)
            by_type = tree.walk(module)
            summary, exprs = self.project.summarise(path, by_type)
        self.project.put(path, summary)
        self.project.keep(path, len(text), (module, by_type, exprs, summary))
        return summary

    def check(self, path: str, text: str, module: ast.Module | None = None) -> tuple:
        """Answer (findings not yet suppressed, facts, summary) of a Python file; Broken if it cannot be parsed."""
        try:
            with limited() as limit:
                return self._check(path, text, module, limit)
        except TooLong as error:
            self.stopped.add(path)
            raise Broken(broken(path, f"cannot be checked: {error}; please report it")) from error

    def _check(self, path, text, module, limit) -> tuple:
        kept = self.project.parsed.pop(path, None) if module is None else None
        if kept is not None:
            module, by_type, exprs, summary = kept
        else:
            if module is None:
                module = parse(text, path, self.project)
            by_type = tree.walk(module)
            summary, exprs = self.project.summarise(path, by_type)
            self.project.put(path, summary)
        ctx = Context(path, text, module, by_type, exprs, self.project, self.settings)
        # facts first: what they ask of other modules is told apart from what the rules ask
        found = self.facts(ctx) if self.facts is not None else None
        return self.run(ctx, limit), found, summary

    def run(self, ctx: Context, limit) -> list:
        """Answer the findings of all rules that can concern a file, each within the limit."""
        findings: list = []
        if not ctx.text.strip() or self.settings.is_foreign(ctx.path):
            return findings
        is_test = ctx.is_test
        for info in self.infos:
            if is_test and not info.tests or not self.concerns(info, ctx):
                continue
            try:
                rule = info.load()
                for types, check in rule.node_checks:
                    for node in ctx.calls(types.wanted) if types.__class__ is Spelled else ctx.nodes(*types):
                        for draft in check(node, ctx) or ():
                            findings.append(finding_of(draft, ctx))
            except TooLong as error:
                self.stopped.add(ctx.path)
                line = getattr(locals().get("node"), "lineno", 1)
                findings.append(broken(ctx.path, f"the check {info.code} was {error}; please report it", line))
                limit.again(error)
            except Exception as error:
                line = getattr(locals().get("node"), "lineno", 1)
                words = f"the check {info.code} failed inside ({error.__class__.__name__}: {error}); please report it"
                findings.append(broken(ctx.path, words[:300], line))
        return dedupe(findings)

    def concerns(self, info, ctx: Context) -> bool:
        """Answer whether a rule can find anything in a file, by its words and imports."""
        if self.settings.defer_to_ruff and info.ruff:
            if all(ctx.project.ruff.selects(code, ctx.path) for code in info.ruff):
                return False
        if info.words and not any(map(ctx.holds, info.words)):
            return False
        return not info.imports or self._imports(info, ctx)

    @staticmethod
    def _imports(info, ctx: Context) -> bool:
        """Answer whether one of the rule's libraries can reach a file: imported, or through the project's own modules."""
        imported = ctx.names.imports()
        if any(name in imported for name in info.imports):
            return True
        if info.scope != "types":
            return False
        if any(ctx.project.is_own(name) for name in imported):
            return True
        # another module may set an attribute of an object of this one
        return bool(ctx.by_type.get(ast.Attribute)) and any(map(ctx.holds, ctx.project.outside_names()))


def finding_of(draft, ctx: Context) -> Finding:
    """Answer the finding of a draft that a file rule made."""
    place = draft.place
    node = None
    if isinstance(place, ast.AST):
        node = place
        place = ctx.place(node)
    line, column, *end = place
    end_line, end_column = end if end else (line, column)
    line = min(max(line, 1), max(len(ctx.lines), 1))
    scope = draft.scope or (
        tree.qualified_scope(node) if node is not None and hasattr(node, "parent_") else scope_at(ctx, line)
    )
    related = tuple(related_of(item, ctx) for item in draft.related)
    rule = draft.rule
    return Finding(
        rule.code, rule.name, draft.severity, draft.path or ctx.path, line, max(column, 1), one_line(draft.message), end_line,
        end_column, draft.fix, related, scope, key_of(ctx.path, ctx.lines, line, column, end_line, end_column),
    )  # fmt: skip


def related_of(item, ctx) -> Related:
    """Answer a related place: a Related, or (path or '', node or place, message)."""
    if isinstance(item, Related):
        return item
    path, place, message = item
    if isinstance(place, ast.AST):
        place = ctx.place(place)
    return Related(path or ctx.path, place[0], place[1], one_line(message))


def scope_at(ctx: Context, line: int) -> str:
    """Answer the qualified name of the innermost function or class that holds a line, from 1."""
    best = None
    for node in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        if node.lineno <= line <= (node.end_lineno or node.lineno) and (best is None or node.lineno >= best.lineno):
            best = node
    return tree.qualified_scope(best) if best is not None else ""


def check_text(text: str, path: str = "app.py", *, codes=None, settings=None, files=None, registered=None) -> list:
    """Answer the findings of file rules in one file of a project in memory; suppressed ones are marked.

    `files`: {path: text} of the project's other files; `codes`: what runs, all codes if None.
    """
    from preaudit.core.settings import Settings

    settings = settings or Settings()
    registered = registered or registry()
    texts = {**(files or {}), path: text}
    project = Project("", settings, paths=sorted(texts), texts=texts)
    infos = [info for info in registered if codes is None or info.code in codes]
    checker = FileChecker(project, settings, infos)
    try:
        findings = checker.check(path, text)[0]
    except Broken as error:
        return [error.finding] if error.finding is not None else []
    found = suppressions.python(text)
    suppress(findings, found, settings, path, registered)
    if UNUSED in checker.codes and not any(finding.code == BROKEN for finding in findings):
        findings += unused(found, path, split_lines(text), checker.codes, registered, settings)
    findings.sort(key=Finding.sort_key)
    assign(findings)
    return findings


__all__ = ["Broken", "FileChecker", "SourceError", "broken", "check_text", "parse", "suppress", "unused"]
