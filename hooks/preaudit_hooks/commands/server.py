"""The language server: diagnostics of every kind of file as it is typed, and the fixes as code actions.

Only `preaudit lsp` imports this module, for it needs pygls. What is on disk is read through the cache; what is open in
the editor is read from the editor.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from copy import copy

from lsprotocol import types
from preaudit import __version__
from preaudit.core.baseline import BaselineError, read
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands.session import Session
from preaudit_hooks.output.context import shown_lines

PAUSE = 0.3  # seconds without a key before the text is checked
SEVERITIES = {
    "critical": types.DiagnosticSeverity.Error,
    "high": types.DiagnosticSeverity.Error,
    "medium": types.DiagnosticSeverity.Warning,
    "low": types.DiagnosticSeverity.Information,
}
OPTIONS = {"isolated": False, "select": None, "extend_select": None, "ignore": None, "jobs": 1, "no_cache": False}


class Server(LanguageServer):
    """The server, and what it has said of each open document."""

    def __init__(self):
        """Make a server that knows no document yet."""
        super().__init__("preaudit", __version__)
        self.findings: dict = {}  # uri -> (lines, findings) of the text last checked
        self.waiting: dict = {}  # uri -> the task that will check it
        self.told = ""

    # columns

    def column(self, lines, line, column):
        """Answer a column (code points, from 1) in the units that the editor counts, from 0."""
        text = lines[line - 1][: column - 1] if 0 < line <= len(lines) else ""
        encoding = str(getattr(self.workspace.position_encoding, "value", self.workspace.position_encoding) or "utf-16")
        if encoding == "utf-32":
            return len(text)
        if encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def place(self, lines, line, column):
        """Answer a position within the text."""
        line = max(line, 1)
        if line > len(lines):
            return types.Position(len(lines) - 1, self.column(lines, len(lines), len(lines[-1]) + 1))
        return types.Position(line - 1, self.column(lines, line, min(max(column, 1), len(lines[line - 1]) + 1)))

    def extent(self, lines, line, column, end_line, end_column):
        """Answer a range; a point reaches to the end of its line, so that there is something to underline."""
        if (end_line, end_column) <= (line, column):
            end_line, end_column = line, len(lines[min(line, len(lines)) - 1]) + 1
        return types.Range(self.place(lines, line, column), self.place(lines, end_line, end_column))

    # checking

    def later(self, uri):
        """Check a document once its author pauses."""
        self.forget(uri)
        self.waiting[uri] = asyncio.ensure_future(self._later(uri))

    def forget(self, uri):
        """Drop the check that waits for a document."""
        task = self.waiting.pop(uri, None)
        if task is not None:
            task.cancel()

    async def _later(self, uri, pause=PAUSE, whole=False):
        await asyncio.sleep(pause)
        self.waiting.pop(uri, None)
        self.check(uri, whole)

    def opened(self, uri):
        """Check a document by itself at once, and within its project, which can take longer, right after."""
        self.check(uri)
        self.waiting[uri] = asyncio.ensure_future(self._later(uri, 0, True))

    def check(self, uri, whole=False):
        """Check a document and publish what is found; a failure is logged, and the server lives on.

        While its author types, what project rules said stays as long as the line does; `whole` asks them anew.
        """
        document = self.workspace.text_documents.get(uri)
        path = to_fs_path(uri)
        if document is None or path is None or not uri.startswith("file:"):
            return
        try:
            diagnostics = self.diagnose(uri, path, document.source, whole)
        except Usage as error:
            self.tell(str(error))
            diagnostics = []
        except Exception as error:  # one bad document must not end the editor's server
            self.log(f"{error.__class__.__name__}: {error}")
            diagnostics = []
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=document.version, diagnostics=diagnostics)
        )

    def diagnose(self, uri, path, source, whole):
        """Answer the diagnostics of one document; Usage where the configuration is not right."""
        from preaudit_hooks.engine import check_paths

        session = Session(argparse.Namespace(**OPTIONS), os.path.dirname(path) or os.getcwd())
        self.told = ""
        texts = {}
        for other, document in self.workspace.text_documents.items():
            name = to_fs_path(other) if other.startswith("file:") else None
            relative = os.path.relpath(name, session.root).replace(os.sep, "/") if name else ".."
            if not relative.startswith("../") and relative != "..":
                texts[relative] = document.source.removeprefix("\ufeff")
        relative = os.path.relpath(path, session.root).replace(os.sep, "/")
        if session.settings.is_excluded(relative):
            return []
        project = {info.code for info in session.registry if info.facts or info.scope == "project"}
        codes = session.codes if whole else session.codes - project
        result = check_paths(
            [path], root=session.root, settings=session.settings, codes=codes, jobs=1, cache=True, texts=texts
        )
        lines = shown_lines(source.removeprefix("\ufeff"))
        findings = [each for each in result.findings if each.path == relative and not each.suppressed]
        if not whole:
            findings += [each for each in self.kept(uri, lines) if each.code in project & session.codes]
            findings.sort(key=lambda each: each.sort_key())
        self.accept(session, findings)
        self.findings[uri] = (lines, findings)
        return [self.diagnostic(finding, lines, session) for finding in findings]

    def kept(self, uri, lines):
        """Answer the earlier findings whose line is still there, moved to where it is now."""
        before, findings = self.findings.get(uri, ([], []))
        found = []
        for finding in findings:
            if finding.line > len(before):
                continue
            text, shift = before[finding.line - 1], len(lines) - len(before)
            for line in (finding.line, finding.line + shift):
                if 0 < line <= len(lines) and lines[line - 1] == text:
                    moved = copy(finding)
                    moved.line, moved.end_line = line, finding.end_line + line - finding.line
                    if line != finding.line:
                        moved.fix = None  # its edits speak of the old lines
                    found.append(moved)
                    break
        return found

    def accept(self, session, findings):
        """Mark what the baseline accepts; a broken baseline is told once and accepts nothing."""
        try:
            baseline = read(os.path.join(session.root, session.settings.baseline), session.settings.baseline)
        except BaselineError as error:
            self.tell(str(error))
            return
        if baseline is not None:
            baseline.mark(findings, lambda path: os.path.lexists(os.path.join(session.root, path)))

    def diagnostic(self, finding, lines, session):
        """Answer the diagnostic of a finding; an accepted one is a hint."""
        related = [
            types.DiagnosticRelatedInformation(
                location=types.Location(
                    uri=from_fs_path(os.path.join(session.root, place.path or finding.path)),
                    range=types.Range(
                        types.Position(max(place.line - 1, 0), 0), types.Position(max(place.line - 1, 0), 0)
                    ),
                ),
                message=place.message,
            )
            for place in finding.related
        ]
        return types.Diagnostic(
            range=self.extent(lines, finding.line, finding.column, finding.end_line, finding.end_column),
            message=finding.message,
            severity=types.DiagnosticSeverity.Hint if finding.baselined else SEVERITIES[finding.severity],
            code=finding.code,
            source="preaudit",
            related_information=related or None,
            data=finding.fingerprint,
        )

    # actions

    def actions(self, params):
        """Answer the fixes of the findings in a range, and one for all fixes of the document."""
        uri = params.text_document.uri
        lines, findings = self.findings.get(uri, ([], []))
        first, last = params.range.start.line + 1, params.range.end.line + 1
        fixable = [finding for finding in findings if finding.fix]
        only = params.context.only or ()
        found = []
        for finding in fixable:
            if finding.end_line < first or finding.line > last or (only and types.CodeActionKind.QuickFix not in only):
                continue
            diagnostics = [each for each in params.context.diagnostics if each.data == finding.fingerprint]
            found.append(
                types.CodeAction(
                    title=f"{finding.fix.title} ({finding.code})",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=diagnostics or None,
                    edit=self.edit(uri, lines, [finding.fix]),
                    is_preferred=True,
                )
            )
        every = types.CodeActionKind.SourceFixAll
        if fixable and (not only or any(every.value.startswith(getattr(kind, "value", kind)) for kind in only)):
            fixes = [finding.fix for finding in fixable]
            title = "preaudit: apply all fixes"
            found.append(types.CodeAction(title=title, kind=every, edit=self.edit(uri, lines, fixes)))
        return found

    def edit(self, uri, lines, fixes):
        """Answer the edit that makes these fixes; one that overlaps an earlier one is left for the next time."""
        edits, taken = [], []
        for fix in fixes:
            spans = [((edit.line, edit.column), (edit.end_line, edit.end_column)) for edit in fix.edits]
            if any(start < other_end and other < end for start, end in spans for other, other_end in taken):
                continue
            if any(span in taken for span in spans):
                continue
            taken += spans
            for one in fix.edits:
                area = types.Range(
                    self.place(lines, one.line, one.column), self.place(lines, one.end_line, one.end_column)
                )
                edits.append(types.TextEdit(range=area, new_text=one.text))
        return types.WorkspaceEdit(changes={uri: edits})

    # words

    def tell(self, text):
        """Show the user a message, once as long as it stays the same."""
        if text != self.told:
            self.told = text
            self.window_show_message(types.ShowMessageParams(type=types.MessageType.Error, message=f"preaudit: {text}"))

    def log(self, text):
        """Write a line into the editor's log."""
        self.window_log_message(types.LogMessageParams(type=types.MessageType.Error, message=f"preaudit: {text}"))


def make_server():
    """Answer a server with its features registered."""
    server = Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: Server, params: types.DidOpenTextDocumentParams):
        ls.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: Server, params: types.DidChangeTextDocumentParams):
        ls.later(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: Server, params: types.DidSaveTextDocumentParams):
        # What one file says can make or end a finding in another that is open.
        for uri in list(ls.workspace.text_documents):
            ls.check(uri, True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: Server, params: types.DidCloseTextDocumentParams):
        uri = params.text_document.uri
        ls.forget(uri)
        ls.findings.pop(uri, None)
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    def actions(ls: Server, params: types.CodeActionParams):
        return ls.actions(params)

    return server
