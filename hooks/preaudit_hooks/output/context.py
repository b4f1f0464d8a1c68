"""What a format needs beside the findings: where they are, what their rules say, and what went wrong.

Paths come in root-relative; `shown` answers them as the reader sees them (relative to the working directory),
`tracked` as the repository knows them. Nothing that a file or a message holds can end a line, colour a terminal or
break a stream: `printable` is the one place that makes sure.
"""

from __future__ import annotations

import os

from preaudit.core.finding import SEVERITIES
from preaudit.core.source import split_lines

RANK = dict(SEVERITIES)


def printable(text):
    """Answer the text with everything that does not print as a backslash escape.

    Control, format (so also direction marks), separator and surrogate characters go; a name that is not UTF-8
    shows its bytes.
    """
    if text.isprintable():
        return text
    shown = []
    for character in text:
        number = ord(character)
        if character.isprintable():
            shown.append(character)
        elif 0xDC80 <= number <= 0xDCFF:
            shown.append(f"\\x{number - 0xDC00:02x}")
        else:
            shown.append(character.encode("unicode_escape", "surrogatepass").decode("ascii"))
    return "".join(shown)


def without_surrogates(text):
    """Answer the text with bytes that were not UTF-8 as backslash escapes, so that any JSON reader takes it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join(printable(c) if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    return text


def shown_lines(text):
    """Answer the lines without their breaks, and the empty one after the last break, as an editor counts them."""
    lines = split_lines(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return [line.rstrip("\r\n") for line in lines]


class Context:
    """One run, as far as a format is concerned."""

    __slots__ = ("root", "base", "repository", "rules", "errors", "version", "files", "color", "width",
                 "statistics", "_texts", "_prefix")  # fmt: skip

    def __init__(self, root, *, base="", repository="", rules=None, errors=(), version="0", files=0, color=False,
                 width=100, statistics=False, texts=None):  # fmt: skip
        """Describe a run.

        `root`, `base` (the working directory) and `repository` are absolute; the last two default to the root.
        `rules.get(code)` answers the RuleInfo of a code or None (the registry, or a dict); `errors` holds
        (path, message); `texts` maps root-relative paths to texts that are not on disk (standard input).
        """
        self.root, self.base, self.repository = root, base or root, repository or root
        self.rules = {} if rules is None else rules
        self.errors, self.version, self.files = list(errors), version, files
        self.color, self.width, self.statistics = color, width, statistics
        self._texts = {path: shown_lines(text) for path, text in (texts or {}).items()}
        self._prefix = None

    def relative(self, path):
        """Answer a root-relative path relative to the working directory, with `/`, not yet printable."""
        if self.base == self.root:
            return path
        full = os.path.join(self.root, path)
        return os.path.relpath(full, self.base).replace(os.sep, "/")

    def shown(self, path):
        """Answer a root-relative path as text for people: relative to the working directory, printable."""
        text = printable(self.relative(path))
        # A line that begins with these is a command in a GitHub or Azure log.
        return "./" + text if text.startswith(("::", "##")) else text

    def tracked(self, path):
        """Answer a root-relative path relative to the repository, links in the way there resolved."""
        if self._prefix is None:
            root, repository = os.path.realpath(self.root), os.path.realpath(self.repository)
            prefix = os.path.relpath(root, repository).replace(os.sep, "/")
            self._prefix = "" if prefix == "." else prefix + "/"
        joined = self._prefix + path
        return os.path.normpath(joined).replace(os.sep, "/") if ".." in joined else joined

    def lines(self, path):
        """Answer the lines of a file of the run, [] where it cannot be read; a BOM is no part of line 1."""
        if path not in self._texts:
            try:
                with open(os.path.join(self.root, path), "rb") as stream:
                    data = stream.read(8_000_000)
            except (OSError, ValueError):
                data = b""
            self._texts[path] = shown_lines(data.decode("utf-8-sig", "replace"))
        return self._texts[path]

    def line(self, path, number):
        """Answer line `number` (from 1) of a file as it may be shown, '' where there is none.

        What could be a secret is masked, character for character: output ends up in logs and reports.
        """
        from preaudit.core.masking import mask_line

        lines = self.lines(path)
        return mask_line(lines[number - 1]) if 0 < number <= len(lines) else ""


def is_live(finding):
    """Answer whether a finding counts: neither suppressed nor in the baseline."""
    return not finding.suppressed and not finding.baselined


def live(findings):
    """Answer the findings that count."""
    return [finding for finding in findings if is_live(finding)]


def worst_first(findings):
    """Answer the findings by falling severity, otherwise in the order of the files."""
    return sorted(findings, key=lambda finding: (-RANK.get(finding.severity, 0), finding.sort_key()))


def as_object(finding, context):
    """Answer a finding as the object that `json` and `json-lines` show."""
    path = without_surrogates(context.relative(finding.path))
    fix = None
    if finding.fix:
        edits = [
            {
                "line": edit.line,
                "column": edit.column,
                "end_line": edit.end_line,
                "end_column": edit.end_column,
                "text": edit.text,
            }
            for edit in finding.fix.edits
        ]
        fix = {"title": finding.fix.title, "edits": edits}
    related = [
        {
            "path": without_surrogates(context.relative(place.path or finding.path)),
            "line": place.line,
            "column": place.column,
            "message": place.message,
        }
        for place in finding.related
    ]
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "path": path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "message": finding.message,
        "fix": fix,
        "related": related,
        "fingerprint": finding.fingerprint,
        "suppressed": bool(finding.suppressed),
        "baselined": bool(finding.baselined),
    }
