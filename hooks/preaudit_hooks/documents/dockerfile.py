"""Dockerfiles: the environment they set, what they expose, and the command they run."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.base import Document, hash_comments
from preaudit_hooks.documents.shellwords import Word, split

_INSTRUCTION = lazy(r"[ \t]*([A-Za-z]+)(?:[ \t]+|(?=\\))")
_JSON_TEXT = lazy(r'"((?:[^"\\]|\\.)*)"')


class Variable:
    """`ENV NAME=value` or `ARG NAME=value`; `value` None for an ARG without one."""

    __slots__ = ("name", "value", "place", "instruction", "stage")

    def __init__(self, name, value, place, instruction, stage):
        """Hold the variable."""
        self.name, self.value, self.place, self.instruction, self.stage = name, value, place, instruction, stage


class DockerfileDocument(Document):
    """A Dockerfile: `variables` of ENV and ARG, `command` and `entrypoint` of the last stage, `exposed` ports."""

    kind = "dockerfile"

    def __init__(self, path: str, text: str):
        """Read the text; nothing is raised."""
        super().__init__(path, text)
        self.variables: list = []
        self.exposed: list = []
        self.stages: list = []
        self.command: list = []
        self.entrypoint: list = []
        if not self.too_large:
            self.comments = [each for each in hash_comments(self, ()) if each.alone]
            self._read()

    def _read(self):
        number, count = 1, len(self.starts)
        while number <= count:
            line = self.line(number)
            match = _INSTRUCTION.match(line)
            if not match or line.lstrip().startswith("#"):
                number += 1
                continue
            start, last = self.starts[number - 1] + match.end(), number
            while self._continues(last) and last < count:
                last += 1
            heredoc = re.search(r"<<-?[\"']?(\w+)[\"']?", line) if match[1].upper() in ("RUN", "COPY", "ADD") else None
            if heredoc:
                while last < count and self.line(last + 1).strip() != heredoc[1]:
                    last += 1
                last = min(last + 1, count)
            end = self.starts[last - 1] + len(self.line(last))
            self._instruction(match[1].upper(), start, end)
            number = last + 1

    def _continues(self, number):
        line = self.line(number)
        comment_inside = line.lstrip().startswith("#") and number > 1 and self.line(number - 1).rstrip().endswith("\\")
        return line.rstrip().endswith("\\") or comment_inside

    def _instruction(self, name, start, end):
        # A comment line between continued lines is dropped by Docker; blanks keep the offsets.
        body = re.sub(r"(?m)^[ \t]*#[^\r\n]*(?:\r?\n)?", lambda match: " " * len(match[0]), self.text[start:end])
        if name == "FROM":
            self.stages.append(body.split(" ")[0])
            self.command, self.entrypoint = [], []
        elif name in ("ENV", "ARG"):
            self._variables(name, body, start)
        elif name == "EXPOSE":
            self.exposed += body.split()
        elif name in ("CMD", "ENTRYPOINT"):
            commands = self._command(body, start)
            if name == "CMD":
                self.command = commands
            else:
                self.entrypoint, self.command = commands, []

    def _variables(self, name, body, start):
        words = split(body)
        if name == "ENV" and words and "=" not in words[0].raw:
            value = body[words[0].end :].strip()
            place = self.place(start + words[0].start, start + words[0].end)
            self.variables.append(Variable(words[0].text, value, place, name, len(self.stages)))
            return
        for word in words:
            key, sign, value = word.text.partition("=")
            place = self.place(start + word.start, start + word.end)
            self.variables.append(Variable(key, value if sign else None, place, name, len(self.stages)))

    def _command(self, body, start):
        if body.lstrip().startswith("["):
            words = []
            for match in _JSON_TEXT.finditer(body):
                text = re.sub(r"\\(.)", r"\1", match[1])
                place = self.place(start + match.start(), start + match.end())
                words.append(Word(text, match[0], match.start(), match.end(), True, False, place))
            return commandline.from_words(words)
        return commandline.from_text(body, lambda a, b: self.place(start + a, start + b))
