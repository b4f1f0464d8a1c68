"""The check of one file of any kind, as the engine and its processes do it."""

from __future__ import annotations

import os
from zlib import crc32

from preaudit.core import runner
from preaudit.core.finding import Finding
from preaudit.core.fingerprint import key_of
from preaudit.core.limits import TooLong, limited
from preaudit.core.reports import Broken, broken, fault, one_line
from preaudit.core.results import keep, states
from preaudit.core.runner import FileChecker, related_of
from preaudit.core.source import SourceError, split_lines

from preaudit_hooks import facts as factkinds
from preaudit_hooks.documents import kinds
from preaudit_hooks.factstore import pack

PYTHON = (".py", ".pyi")
TALKS = 1  # the flag of a file whose text holds a suppression comment


def read_document(path: str, text: str):
    """Answer the positioned document of a file that is not Python, None if no reader takes it."""
    return kinds.read(path, text)


class DocumentContext:
    """What a check of a document is given beside the document."""

    __slots__ = ("path", "settings", "project")

    def __init__(self, path, settings, project):
        """`path` is root-relative."""
        self.path, self.settings, self.project = path, settings, project


class Worker:
    """Checks files one by one; one per process."""

    def __init__(self, root, settings, infos, project, cache, state, whole):
        """`infos`: the rules that run; `state` and `whole`: what cached findings depend on beside the file."""
        self.root, self.settings, self.project, self.cache = root, settings, project, cache
        self.infos, self.state, self.whole = infos, state, whole
        self.unprepared: dict = {}
        self.python = FileChecker(project, settings, infos, self._facts)
        self.facts_only = FileChecker(project, settings, (), self._facts)
        self.asked_for_facts: frozenset = frozenset()
        self.documents = [info for info in infos if info.documents]

    def prepare(self, path: str) -> dict | None:
        """Make the summary of a Python file, so that the checks of others find it; None if it has none."""
        if not path.endswith(PYTHON):
            return None
        try:
            return self.python.prepare(path, self.project.read(path))
        except (Exception, TooLong) as error:
            # the check of the file itself meets it again, and says so
            self.unprepared[path] = error
            return None

    def check(self, path: str, is_target: bool) -> tuple:
        """Answer (findings, flag, facts as {kind: Packed}, errors) of a file."""
        self.project.trim()
        asked = self.project.asked = set()
        self.asked_for_facts = frozenset()
        errors: list = []
        try:
            text = self.project.read(path)
        except (SourceError, UnicodeError) as error:
            said = str(error) if isinstance(error, SourceError) else "is not UTF-8"
            self.project.asked = None
            kind = "python" if path.endswith(PYTHON) else kinds.kind_of(path)
            # A hook hands over every text file that changed; one that no reader takes may say what it likes.
            if kind in kinds.AUXILIARY or (not kind and os.access(os.path.join(self.root, path), os.R_OK)):
                return [], 0, {}, []
            if self.settings.is_foreign(path):
                return [], 0, {}, []
            line = getattr(error, "line", 0)
            return (
                [broken(path, f"cannot be read, so nothing in it is checked: {said}", line)],
                0,
                {},
                [(path, one_line(said))],
            )
        try:
            if path.endswith(PYTHON):
                findings, found = self._python(path, text, is_target, errors)
            else:
                findings, found = self._document(path, text, is_target, errors)
        finally:
            self.project.asked = None
        left_alone, found = found is None, found or {}
        faults = found.pop(factkinds.FAULTS, ())
        findings = [*findings, *(broken(path, f"the {words}; please report it"[:300]) for words in faults)]
        flag = TALKS if not left_alone and ("preaudit:" in text or "noqa" in text.lower()) else 0
        packed = pack(found)
        if path in self.python.stopped | self.facts_only.stopped:
            errors.append((path, "took too long to be checked"))
            self.cache = None  # what was stopped half-way may have left half an answer for others
        if self.cache is not None and not faults:
            self._keep(path, text, is_target and not errors, findings, flag, packed, asked)
        return findings, flag, packed, errors

    def _facts(self, ctx) -> dict:
        """Answer the facts of a file, and remember what they asked of other files."""
        found = factkinds.of_python(ctx)
        self.asked_for_facts = frozenset(self.project.asked or ()) - {("summary", ctx.path)}
        return found

    def _keep(self, path, text, with_findings, findings, flag, packed, asked):
        content = self.cache.content_hash(path)
        if not content:
            return
        is_python = path.endswith(PYTHON)
        module = self.project.module_name(path) if is_python else path
        for kind, fact in packed.items():
            self.cache.put_text("f", content, module, path, kind, fact.text)
        outside = self.project.summary(path)["outside"] if is_python else []
        others = states(self.asked_for_facts, path, self.project, self.cache)
        row = [flag, {kind: fact.digest for kind, fact in packed.items()}, outside, others]
        self.cache.put("h", content, module, path, factkinds.state(), row)
        # what tells which lines only moved; see kept.py
        lines = [crc32(line.encode("utf-8", "surrogatepass")) for line in split_lines(text)]
        self.cache.put("l", content, path, lines)
        if with_findings:
            keep(self.cache, (content, module, path, self.state), path, findings, asked, self.project, self.whole)

    def _python(self, path, text, is_target, errors):
        checker = self.python if is_target else self.facts_only
        try:
            findings, found, summary = checker.check(path, text)
        except Broken as error:
            if error.finding is None:
                return [], None
            errors.append((path, f"line {error.finding.line}: {error.finding.message}"))
            return [error.finding], {}
        except Exception as error:
            return [fault(path, "file", error)], {}
        if self.cache is not None:
            self.cache.keep_summary(path, self.project.module_name(path), summary)
        return findings, found or {}

    def _document(self, path, text, is_target, errors):
        findings: list = []
        try:
            with limited():
                document = read_document(path, text)
                if document is None:
                    return [], {}
                found = factkinds.of_document(document)
        except TooLong as error:
            errors.append((path, f"was {error}"))
            return [broken(path, f"cannot be checked: {error}; please report it")], {}
        except Exception as error:
            return [fault(path, "reader", error)], {}
        if not is_target:
            return [], found
        foreign = self.settings.is_foreign(path)
        for problem in () if foreign else document.problems:
            if getattr(problem, "fatal", True):
                findings.append(broken(path, f"cannot be parsed: {problem.message}", problem.line, problem.column))
                errors.append((path, f"line {problem.line}: {one_line(problem.message)}"))
                break
        ctx = DocumentContext(path, self.settings, self.project)
        for info in self.documents:
            if document.kind not in info.documents or foreign:
                continue
            try:
                with limited():
                    for kinds_, check in info.load().document_checks:
                        if document.kind in kinds_:
                            findings.extend(document_finding(draft, document) for draft in check(document, ctx) or ())
            except TooLong as error:
                errors.append((path, f"was {error}"))
                findings.append(broken(path, f"the check {info.code} was {error}; please report it"))
            except Exception as error:
                findings.append(fault(path, f"check {info.code}", error))
        return runner.dedupe(findings), found


def document_finding(draft, document) -> Finding:
    """Answer the finding of a draft that a document rule made."""
    line, column, *end = draft.place
    end_line, end_column = end if end else (line, column)
    related = tuple(
        related_of((item[0] or document.path, *item[1:]) if len(item) == 3 else item, None) for item in draft.related
    )
    rule = draft.rule
    return Finding(
        rule.code, rule.name, draft.severity, draft.path or document.path, line, column, one_line(draft.message), end_line,
        end_column, draft.fix, related, draft.scope, key_of(document.path, document.lines, line, column, end_line, end_column),
    )  # fmt: skip
