"""Procfiles: `name: command` lines."""

from __future__ import annotations

from preaudit.core.patterns import lazy

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.base import Document, hash_comments

_LINE = lazy(r"([A-Za-z0-9_-]+):[ \t]*(.*)")


class Process:
    """One line: the process type's name, its place, and the commands it runs."""

    __slots__ = ("name", "place", "commands")

    def __init__(self, name, place, commands):
        """Hold the line's parts."""
        self.name, self.place, self.commands = name, place, commands


class ProcfileDocument(Document):
    """A Procfile: `processes` in order."""

    kind = "procfile"

    def __init__(self, path: str, text: str):
        """Read the text; lines that are none are left out."""
        super().__init__(path, text)
        self.processes: list = []
        if self.too_large:
            return
        self.comments = hash_comments(self, ())
        for number in range(1, len(self.starts) + 1):
            match = _LINE.match(self.line(number))
            if match:
                start = self.starts[number - 1]
                shift = start + match.start(2)
                commands = commandline.from_text(match[2], lambda a, b, shift=shift: self.place(shift + a, shift + b))
                place = self.place(start, start + match.end(1))
                self.processes.append(Process(match[1], place, commands))
