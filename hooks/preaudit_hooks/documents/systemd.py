"""systemd service units: Environment, EnvironmentFile, ExecStart."""

from __future__ import annotations

from preaudit.core.patterns import lazy

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.base import Comment, Document
from preaudit_hooks.documents.shellwords import split

_KEY = lazy(r"[ \t]*([A-Za-z]+)[ \t]*=[ \t]*")


class SystemdDocument(Document):
    """A unit: `variables` [(name, value, place)], `environment_files` [(path, optional, place)], `commands`."""

    kind = "systemd"

    def __init__(self, path: str, text: str):
        """Read the text; nothing is raised."""
        super().__init__(path, text)
        self.variables: list = []
        self.environment_files: list = []
        self.commands: list = []
        if not self.too_large:
            self._read()

    def _read(self):
        number, count = 1, len(self.starts)
        while number <= count:
            line = self.line(number)
            if line.lstrip()[:1] in ("#", ";"):
                self.comments.append(Comment(number, len(line) - len(line.lstrip()) + 1, line.strip(), True))
                number += 1
                continue
            match = _KEY.match(line)
            last = number
            while self.line(last).endswith("\\") and last < count:
                last += 1
            if match:
                start = self.starts[number - 1] + match.end()
                self._setting(match[1], start, self.starts[last - 1] + len(self.line(last)))
            number = last + 1

    def _setting(self, name, start, end):
        body = self.text[start:end]
        if name == "Environment":
            for word in split(body):
                key, sign, value = word.text.partition("=")
                if sign:
                    self.variables.append((key, value, self.place(start + word.start, start + word.end)))
        elif name == "EnvironmentFile" and body.strip():
            path = body.strip()
            self.environment_files.append((path.lstrip("-"), path.startswith("-"), self.place(start, end)))
        elif name in ("ExecStart", "ExecStartPre", "ExecStartPost") and body.strip():
            skip = len(body) - len(body.lstrip("-@:+!"))
            shift = start + skip
            self.commands += commandline.from_text(body[skip:], lambda a, b: self.place(shift + a, shift + b))
