"""Shell text cut into simple commands, words with offsets, redirections and here-documents.

A reader of what is written, not a shell: nothing is expanded, no control flow is followed, and no text
makes it raise. `if`, `then`, `do` and the like are dropped from the front of a command.
"""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

_OPERATOR = lazy(r"&&|\|\||;;&?|;&|\|&|[;|&()]")
_REDIRECT = lazy(r"(\d*)(&>>|&>|<<<|<<-|<<|>>|>\||>&|<&|<>|>|<)")
_BREAK = lazy(r"[\r\n]")
_KEYWORDS = frozenset("if then elif else fi do done while until ! { } time esac in".split())
_SPECIAL = frozenset(" \t\r\n;|&()<>")
MAX_WORDS = 100_000


class Word:
    """One word: `text` without quotes, `raw` as written, its offsets, and whether any of it was quoted."""

    __slots__ = ("text", "raw", "start", "end", "quoted", "single", "place")

    def __init__(self, text, raw="", start=0, end=0, quoted=False, single=False, place=None):
        """Hold a word; `single` if all of it stands in single quotes; `place` once a document knows it."""
        self.text, self.raw, self.start, self.end = text, raw or text, start, end
        self.quoted, self.single, self.place = quoted, single, place

    def __repr__(self):
        """Answer the text, for people who debug."""
        return f"Word({self.text!r})"


class Redirect:
    """`> target`, or a here-document: then `body` holds its offsets and `literal` whether `$` means nothing."""

    __slots__ = ("operator", "target", "body", "literal")

    def __init__(self, operator, target):
        """Hold the operator and the word behind it."""
        self.operator, self.target, self.body, self.literal = operator, target, None, False


class Simple:
    """A simple command: its words (assignments in front included), redirections, and the operator behind it."""

    __slots__ = ("words", "redirects", "operator", "pipe_from")

    def __init__(self):
        """Make an empty command."""
        self.words, self.redirects, self.operator, self.pipe_from = [], [], "", None


class _Lexer:
    def __init__(self, text, start, end):
        self.text, self.at, self.end = text, start, end
        self.commands, self.comments, self.waiting = [], [], []
        self.current, self.words = Simple(), 0

    def run(self):
        text = self.text
        while self.at < self.end and self.words < MAX_WORDS:
            char = text[self.at]
            if char in " \t\r" and not self._lone_return():
                self.at += 1
            elif char == "\\" and text[self.at + 1 : self.at + 3] == "\r\n":
                self.at += 3
            elif char == "\\" and text[self.at + 1 : self.at + 2] == "\n":
                self.at += 2
            elif char in "\n\r":
                self.at += 1
                self._close("\n")
                self._bodies()
            elif char == "#":
                end = self._line_end(self.at)
                self.comments.append((self.at, end))
                self.at = end
            elif redirect := _REDIRECT.match(text, self.at, self.end):
                self._redirect(redirect)
            elif operator := _OPERATOR.match(text, self.at, self.end):
                self.at = operator.end()
                self._close(operator[0])
            else:
                self._word()
        self._close("")
        return self

    def _lone_return(self):
        return self.text[self.at] == "\r" and self.text[self.at + 1 : self.at + 2] != "\n"

    def _line_end(self, at):
        match = _BREAK.search(self.text, at, self.end)
        return match.start() if match else self.end

    def _close(self, operator):
        command, self.current = self.current, Simple()
        command.operator = operator
        while command.words and command.words[0].raw in _KEYWORDS:
            command.words.pop(0)
        if operator in ("|", "|&"):
            self.current.pipe_from = command
        if command.words or command.redirects:
            self.commands.append(command)

    def _redirect(self, match):
        self.at = match.end()
        while self.at < self.end and self.text[self.at] in " \t":
            self.at += 1
        word = self._read_word()
        if word is None:
            return
        redirect = Redirect(match[2], word)
        self.current.redirects.append(redirect)
        if match[2] in ("<<", "<<-"):
            redirect.literal = word.quoted or "\\" in word.raw
            self.waiting.append(redirect)

    def _bodies(self):
        for redirect in self.waiting:
            mark, start = redirect.target.text, self.at
            while self.at < self.end:
                end = self._line_end(self.at)
                line = self.text[self.at : end]
                line_start, self.at = self.at, min(end + (2 if self.text[end : end + 2] == "\r\n" else 1), self.end)
                if (line.lstrip("\t") if redirect.operator == "<<-" else line) == mark:
                    redirect.body = (start, line_start)
                    break
            else:
                redirect.body = (start, self.end)
        self.waiting = []

    def _word(self):
        word = self._read_word()
        if word is None:
            self.at += 1
            return
        self.words += 1
        self.current.words.append(word)

    def _read_word(self):
        text, start, end = self.text, self.at, self.end
        parts, quoted, at = [], False, start
        while at < end:
            char = text[at]
            if char == "'":
                close = text.find("'", at + 1, end)
                close = end if close < 0 else close
                parts.append(text[at + 1 : close])
                quoted, at = True, close + 1
            elif char == '"':
                close = self._double(at + 1)
                parts.append(re.sub(r'\\(["\\$`])', lambda m: m[1] if m[1] != "$" else "$$", text[at + 1 : close]))
                quoted, at = True, close + 1
            elif char == "\\" and text[at + 1 : at + 2] in ("\n", "\r"):
                break
            elif char == "\\":
                parts.append(text[at + 1 : at + 2])
                at += 2
            elif text.startswith(("$(", "${", "`", "<(", ">("), at):
                close = self._nested(at)
                parts.append(text[at:close])
                at = close
            elif char in _SPECIAL:
                break
            else:
                parts.append(char)
                at += 1
        at = min(at, end)
        if at == start:
            return None
        self.at = at
        raw = text[start:at]
        return Word("".join(parts), raw, start, at, quoted, len(raw) > 1 and raw[0] == raw[-1] == "'")

    def _double(self, at):
        while at < self.end and self.text[at] != '"':
            if self.text[at] == "\\":
                at += 1
            elif self.text.startswith(("$(", "${"), at):
                at = self._nested(at) - 1
            at += 1
        return min(at, self.end)

    def _nested(self, at):
        text = self.text
        if text[at] == "`":
            close = text.find("`", at + 1, self.end)
            return self.end if close < 0 else close + 1
        pairs = {"(": ")", "{": "}"}
        opener = text[at + 1]
        closer, depth, at = pairs[opener], 0, at + 1
        while at < self.end:
            char = text[at]
            if char == "\\":
                at += 1
            elif char == "'" and opener == "(":
                close = text.find("'", at + 1, self.end)
                at = close if close >= 0 else at
            elif char == opener:
                depth += 1
            elif char == closer:
                depth -= 1
                if not depth:
                    return at + 1
            at += 1
        return self.end


def read(text: str, start: int = 0, end: int | None = None) -> tuple:
    """Answer (simple commands in order, offset pairs of comments) of a text or a part of it."""
    lexer = _Lexer(text, start, len(text) if end is None else end).run()
    return lexer.commands, lexer.comments


def split(text: str) -> list:
    """Answer the words of a one-command text, as Compose splits a `command:` string; operators end it."""
    commands, _ = read(text)
    return commands[0].words if commands else []
