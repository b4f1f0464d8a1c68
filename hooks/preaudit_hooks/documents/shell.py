"""Shell scripts as they are written: assignments, commands, and here-documents that write a `.env`."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.base import Comment, Document
from preaudit_hooks.documents.dotenv import DotenvDocument
from preaudit_hooks.documents.shellwords import read

_ASSIGNMENT = lazy(r"([A-Za-z_]\w*)(\+?=)")
_DECLARES = frozenset("export readonly local declare typeset".split())
_ENV_FILE = lazy(r"(?:^|[/\"'}])(?:\.env(?:\.[\w.-]+)?|[\w.-]+\.env|env_file)$")
_QUOTED = lazy(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'", re.S)
_NAME = lazy(r"\$(?:\{[#!]?)?([A-Za-z_]\w*)")


class Assignment:
    """`NAME=value`: value without quotes, `raw` as written, `value_place`, and the word in front (`export` …) or ''.

    `alone` if nothing but assignments stands in the command, so that it lasts.
    """

    __slots__ = ("name", "value", "raw", "place", "value_place", "declared", "alone", "quoted", "single")


class Written:
    """What a script writes into an environment file: `target` as written, and `entries` of dotenv."""

    __slots__ = ("target", "place", "entries", "literal")


class ShellDocument(Document):
    """A shell script: `assignments`, `commands` (unwrapped), `written` files, `reads` {name: first place}."""

    kind = "shell"

    def __init__(self, path: str, text: str):
        """Read the text; nothing is raised."""
        super().__init__(path, text)
        self.assignments: list = []
        self.commands: list = []
        self.written: list = []
        self.sources: list = []
        self.reads: dict = {}
        if not self.too_large:
            self._read()

    def _read(self):
        simples, comments = read(self.text)
        for start, end in comments:
            line, column, _, _ = self.place(start, end)
            alone = not self.line(line)[: column - 1].strip()
            self.comments.append(Comment(line, column, self.text[start:end].rstrip(), alone))
        for simple in simples:
            for word in simple.words:
                word.place = self.place(word.start, word.end)
                self._note_reads(word.raw, word.start)
            for redirect in simple.redirects:
                self._note_reads(redirect.target.raw, redirect.target.start)
                if redirect.body and not redirect.literal:
                    self._note_reads(self.text[slice(*redirect.body)], redirect.body[0], quotes=False)
            self._assignments(simple)
            self._writes(simple)
            if simple.words and simple.words[0].text in ("source", ".") and len(simple.words) > 1:
                self.sources.append(simple.words[1])
            self.commands += commandline.from_words(simple.words)

    def _note_reads(self, raw, start, quotes=True):
        if "$" not in raw:
            return
        if quotes:
            raw = _QUOTED.sub(lambda match: " " * len(match[0]) if match[0][0] == "'" else match[0], raw)
        for match in _NAME.finditer(raw):
            if raw[max(match.start() - 1, 0) : match.start()] != "\\":
                at = start + match.start(1)
                self.reads.setdefault(match[1], self.place(at, at + len(match[1])))

    def _assignments(self, simple):
        words = list(simple.words)
        declared = ""
        if words and words[0].text in _DECLARES:
            declared = words.pop(0).text
            words = [word for word in words if not word.text.startswith("-")]
        leading = []
        for word in words:
            match = _ASSIGNMENT.match(word.raw)
            if not match:
                if not declared:
                    break
                continue
            leading.append((word, match))
        for word, match in leading:
            found = Assignment()
            found.name, found.raw = match[1], word.raw[match.end() :]
            found.value = word.text[match.end() :]
            start = word.start + match.end()
            found.place, found.value_place = word.place, self.place(start, word.end)
            found.declared, found.alone = declared, bool(declared) or len(leading) == len(simple.words)
            found.quoted, found.single = found.raw[:1] in ("'", '"'), found.raw[:1] == "'"
            self.assignments.append(found)

    def _writes(self, simple):
        target = next(
            (each.target for each in simple.redirects if each.operator in (">", ">>", ">|")), None
        )  # fmt: skip
        program = simple.words[0].text if simple.words else ""
        if target is None and program == "tee":
            target = next((word for word in simple.words[1:] if not word.text.startswith("-")), None)
        if target is None or not _ENV_FILE.search(target.text):
            return
        written = Written()
        written.target, written.place = target.text, self.place(target.start, target.end)
        written.literal, written.entries = False, []
        source = simple.pipe_from if program == "tee" and simple.pipe_from else simple
        for redirect in simple.redirects if source is simple else [*simple.redirects, *source.redirects]:
            if redirect.body:
                written.literal = redirect.literal
                written.entries += self._dotenv(*redirect.body)
        if source.words and source.words[0].text in ("echo", "printf"):
            for word in source.words[1:]:
                if _ASSIGNMENT.match(word.text) and "\n" not in word.raw:
                    shift = 1 if word.raw[:1] in "\"'" else 0
                    written.entries += self._dotenv(word.start + shift, word.end - shift)
        if written.entries:
            self.written.append(written)

    def _dotenv(self, start, end):
        """Answer the dotenv entries in a part of the text, with places in the whole."""
        inner = DotenvDocument(self.path, self.text[start:end])
        first_line, first_column, _, _ = self.place(start, end)

        def moved(place):
            line, column, end_line, end_column = place
            shift, end_shift = (first_column - 1 if each == 1 else 0 for each in (line, end_line))
            return line + first_line - 1, column + shift, end_line + first_line - 1, end_column + end_shift

        for entry in inner.entries:
            entry.place, entry.value_place = moved(entry.place), moved(entry.value_place)
            entry.first, entry.last = entry.first + first_line - 1, entry.last + first_line - 1
        return inner.entries
