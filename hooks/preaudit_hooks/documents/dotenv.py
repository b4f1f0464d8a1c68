"""`.env` files by Compose's grammar (compose-go, dotenv/parser.go), with columns.

Where python-dotenv reads differently: `KEY: value` is an error there, `${A}` is expanded even in single
quotes, and an unterminated quote swallows the lines up to the next quote. After a broken line this
reader goes on with the next one, where Compose stops: a problem here is never fatal.
"""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents.base import Document, hash_comments

_BLANK = " \t\v\f\r\x85\xa0"
_EXPORT = lazy(r"export[ \t\v\f]+")
_ESCAPE = lazy(r"\\([abcfnrtv$\"\\])")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$"}


class Entry:
    """`NAME=value`: the value as Compose takes it before `${…}` is replaced, and where it stands.

    `quote` is '', `'` or `"`; `inherited` for a name alone, whose value comes from outside;
    `first` and `last` are the lines it covers.
    """

    __slots__ = ("name", "value", "quote", "inherited", "place", "value_place", "first", "last")

    @property
    def literal(self):
        """Whether `$` means nothing in the value."""
        return self.quote == "'"


class DotenvDocument(Document):
    """A `.env` file: `entries` in order, repeated names included."""

    kind = "dotenv"

    def __init__(self, path: str, text: str):
        """Read the text; what is wrong with it goes to `problems`, nothing is raised."""
        super().__init__(path, text)
        self.entries: list = []
        self._quoted: list = []
        if not self.too_large:
            self._read()
            self.comments = hash_comments(self, self._quoted)

    def get(self, name: str):
        """Answer the entry that counts for a name, the last one; None if there is none."""
        return next((entry for entry in reversed(self.entries) if entry.name == name), None)

    def _read(self):
        text, position = self.text, 0
        while position < len(text):
            while position < len(text) and (text[position].isspace() or text[position] in _BLANK):
                position += 1
            if position >= len(text):
                return
            position = self._line_end(position) if text[position] == "#" else self._statement(position)

    def _line_end(self, position):
        match = re.compile(r"\r\n|\n|\r").search(self.text, position)
        return match.start() if match else len(self.text)

    def _statement(self, start):
        text, line_end = self.text, self._line_end(start)
        export = _EXPORT.match(text, start)
        at = start = export.end() if export else start
        while at < line_end and text[at] not in "=:":
            if not (text[at] in _BLANK or text[at] in "_.-[]" or text[at].isalpha() or text[at].isnumeric()):
                line, column, _, _ = self.place(at, at)
                self.problem(line, column, f"unexpected character {text[at]!r} in a variable's name", False)
                return line_end
            at += 1
        name = text[start:at].rstrip()
        line, column, _, _ = self.place(start, start)
        if not name or any(blank in name for blank in " \t"):
            self.problem(
                line, column, "a variable's name cannot hold a blank" if name else "no name before the sign", False
            )
            return line_end
        entry = Entry()
        entry.name, entry.quote, entry.inherited = name, "", at >= line_end
        entry.place = self.place(start, start + len(name))
        entry.first = line
        if entry.inherited:
            return self._finish(entry, "", line_end, line_end)
        at += 1
        while at < line_end and text[at] in _BLANK:
            at += 1
        if at < line_end and text[at] in "'\"":
            return self._quoted_value(entry, at, line_end)
        value = text[at:line_end].partition(" #")[0].rstrip()
        return self._finish(entry, value, at, at + len(value), line_end)

    def _quoted_value(self, entry, start, line_end):
        text, quote, at = self.text, self.text[start], start + 1
        while at < len(text) and text[at] != quote:
            at += 2 if text[at] == "\\" else 1
        if at >= len(text):
            line, column, _, _ = self.place(start, start)
            self.problem(line, column, f"unterminated quoted value of {entry.name}", False)
            return line_end
        entry.quote = quote
        raw = text[start + 1 : at].replace("\\" + quote, quote)
        if quote == '"':
            raw = _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), raw)
        self._quoted.append((start, at + 1))
        end = self._line_end(at)
        rest = text[at + 1 : end].strip()
        if rest and not rest.startswith("#"):
            line, column, _, _ = self.place(at + 1, at + 1)
            self.problem(line, column, f"text behind the closing quote of {entry.name}", False)
        return self._finish(entry, raw, start, at + 1, end)

    def _finish(self, entry, value, start, end, after=None):
        entry.value = value
        entry.value_place = self.place(start, end)
        entry.last = entry.value_place[2]
        self.entries.append(entry)
        return after if after is not None else end
