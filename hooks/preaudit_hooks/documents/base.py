"""What every positioned document has: path, text, lines, problems, comments.

Places are (line, column, end line, end column), from 1 in code points, the end exclusive.
"""

from __future__ import annotations

from collections import namedtuple

from preaudit.core.edits import line_starts, place_of
from preaudit.core.source import split_lines

MAX_CHARACTERS = 1_000_000

Problem = namedtuple("Problem", "line column message fatal")
Problem.__doc__ = """Why a document, or a part of it, could not be read; a place from 1 and one ASCII line.

`fatal` if the file as a whole is lost, so that it must not look like a clean one.
"""

Comment = namedtuple("Comment", "line column text alone")
Comment.__doc__ = "A comment with its `#`; `alone` if nothing else stands in the line."


class Document:
    """A file with positions. `kind` names the reader; `text` is without byte order mark."""

    kind = "text"

    def __init__(self, path: str, text: str):
        """Hold a file's text; `path` is relative to the project root with `/`."""
        self.path = path
        self.text = text[1:] if text.startswith("\ufeff") else text
        self.starts = line_starts(self.text)
        self.problems: list = []
        self.comments: list = []
        self.masked = None  # what documents/secrets.py answered as the text without secrets
        self.readings = 0  # how often the text was read again to verify a fix

    @property
    def lines(self) -> list:
        """The lines with their line breaks."""
        return split_lines(self.text)

    def line(self, number: int) -> str:
        """Answer line `number`, from 1, without its line break; '' behind the end."""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")

    def place(self, start: int, end: int) -> tuple:
        """Answer the place of the offsets from start up to, not including, end."""
        return (*place_of(self.starts, start), *place_of(self.starts, end))

    def offset(self, line: int, column: int) -> int:
        """Answer the offset of a line and column, from 1."""
        return self.starts[line - 1] + column - 1

    def problem(self, line: int, column: int, message: str, fatal: bool = True) -> None:
        """Note something that could not be read; `fatal` if it is the whole file."""
        self.problems.append(Problem(line, column, message.encode("ascii", "replace").decode(), fatal))

    @property
    def too_large(self) -> bool:
        """Whether the file is over the size that any reader takes; notes the problem if so."""
        if len(self.text) <= MAX_CHARACTERS:
            return False
        if not self.problems:
            self.problem(1, 1, f"larger than {MAX_CHARACTERS:,} characters; not read")
        return True

    def comments_near(self, line: int) -> list:
        """Answer the comments that speak of a line: at its end, and the block alone directly above it."""
        by_line = {comment.line: comment for comment in self.comments}
        found = [by_line[line]] if line in by_line else []
        above = line - 1
        while above in by_line and by_line[above].alone:
            found.insert(0, by_line[above])
            above -= 1
        return found


def hash_comments(document: Document, spans) -> list:
    """Answer the comments of a text where `#` after a blank or at a line's start begins one.

    `spans` are sorted offset pairs of quoted or literal text in which `#` is no comment.
    """
    text, comments = document.text, []
    index, spans, position = 0, list(spans), 0
    while (at := text.find("#", position)) >= 0:
        while index < len(spans) and spans[index][1] <= at:
            index += 1
        if index < len(spans) and spans[index][0] <= at:
            position = spans[index][1]
            continue
        if at and not text[at - 1].isspace():
            position = at + 1
            continue
        line, column = place_of(document.starts, at)
        before = document.line(line)[: column - 1]
        comments.append(Comment(line, column, document.line(line)[column - 1 :].rstrip(), not before.strip()))
        position = document.starts[line] if line < len(document.starts) else len(text)
    return comments
