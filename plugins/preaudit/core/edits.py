"""Text edits that keep every byte they do not mean to change.

An edit speaks of lines and columns from 1 in code points of the text without its byte order mark.
Lines end at \\r\\n, \\n or \\r and nowhere else: a form feed, NEL or U+2028 inside a string is text.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_right

from preaudit.core.patterns import lazy

BOM = b"\xef\xbb\xbf"
_BREAK = lazy(r"\r\n|\n|\r")


class EditError(ValueError):
    """An edit that cannot be applied, with the reason."""


def line_starts(text: str) -> list:
    """Answer the offset at which each line starts, one more than there are line breaks."""
    return [0, *(match.end() for match in _BREAK.finditer(text))]


def place_of(starts: list, offset: int) -> tuple:
    """Answer (line, column), both from 1, of an offset in the text that `line_starts` read."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def newline_of(text: str) -> str:
    """Answer the line break that the text uses most, `\\n` where it has none."""
    counts: dict = {}
    for match in _BREAK.finditer(text):
        counts[match.group()] = counts.get(match.group(), 0) + 1
    return max(counts, key=counts.get) if counts else "\n"


class _Offsets:
    """Turns places into offsets, and refuses those outside the text."""

    def __init__(self, text):
        self.text, self.starts = text, line_starts(text)

    def __call__(self, line, column):
        starts, size = self.starts, len(self.text)
        if line == len(starts) + 1 and column == 1:
            return size
        if not 1 <= line <= len(starts) or column < 1:
            raise EditError(f"no line {line}, column {column} in a text of {len(starts)} lines")
        offset = starts[line - 1] + column - 1
        if offset > (starts[line] if line < len(starts) else size):
            raise EditError(f"no column {column} in line {line}")
        return offset


def _spans(text, edits):
    offset = _Offsets(text)
    spans = []
    for edit in edits:
        start, end = offset(edit.line, edit.column), offset(edit.end_line, edit.end_column)
        if end < start:
            raise EditError(f"an edit of line {edit.line} ends before it starts")
        spans.append((start, end, edit.text))
    return spans


def _conflict(one, other):
    """Two edits conflict where they share a character or start at the same one."""
    return one[0] == other[0] or (one[0] < other[1] and other[0] < one[1])


def _replace(text, spans):
    newline = newline_of(text)
    parts, position = [], 0
    for start, end, new in sorted(spans):
        parts += (text[position:start], _BREAK.sub(newline, new) if newline != "\n" else new)
        position = end
    parts.append(text[position:])
    return "".join(parts)


def apply(text: str, edits) -> str:
    """Answer the text with all the edits made; EditError where one is outside it or two overlap.

    A line break in an edit's text becomes the one that the text uses.
    """
    spans = sorted(_spans(text, edits))
    for one, other in zip(spans, spans[1:]):
        if _conflict(one, other):
            line, _ = place_of(line_starts(text), other[0])
            raise EditError(f"two edits overlap in line {line}")
    return _replace(text, spans)


def apply_fixes(text: str, fixes) -> tuple:
    """Answer (new text, fixes made, [(fix left out, reason)]).

    A fix is made whole or not at all. One that overlaps an earlier fix is left for the next run;
    one that repeats an earlier fix edit for edit counts as made.
    """
    taken, made, left = [], [], []
    for fix in fixes:
        try:
            spans = sorted(_spans(text, fix.edits))
            if any(_conflict(one, other) for one, other in zip(spans, spans[1:])):
                raise EditError("its own edits overlap")
        except EditError as error:
            left.append((fix, str(error)))
            continue
        if spans and all(span in taken for span in spans):
            made.append(fix)
        elif any(_conflict(one, other) for one in spans for other in taken):
            left.append((fix, "it overlaps another fix; run again"))
        else:
            taken += spans
            made.append(fix)
    return _replace(text, taken), made, left


def decode(data: bytes, encoding: str = "utf-8") -> tuple:
    """Answer (text without byte order mark, the mark's bytes); UnicodeDecodeError or LookupError if it cannot."""
    mark = BOM if data.startswith(BOM) else b""
    return data[len(mark) :].decode("utf-8" if mark else encoding), mark


def apply_to_bytes(data: bytes, edits, encoding: str = "utf-8") -> bytes:
    """Answer a file's new bytes; byte order mark, line breaks and a missing last line break are kept."""
    text, mark = decode(data, encoding)
    return mark + apply(text, edits).encode("utf-8" if mark else encoding)


def inside(path: str, root: str) -> bool:
    """Answer whether a path, all symbolic links followed, lies in the tree under root."""
    try:
        real, top = os.path.realpath(path), os.path.realpath(root)
        return real == top or os.path.commonpath([real, top]) == top
    except ValueError:
        return False


def write(path: str, before: bytes, after: bytes, root: str) -> bool:
    """Replace a file's bytes by way of a temporary file and a rename; answer whether it changed.

    EditError if the file lies outside root once links are followed, is no regular file, or no longer
    holds `before`; OSError if it cannot be written. The mode is kept, a link stays a link, and a
    failure leaves the old file as it was.
    """
    if before == after:
        return False
    if not inside(path, root):
        raise EditError(f"{path} leads out of the project")
    real = os.path.realpath(path)
    status = os.stat(real)
    if not stat.S_ISREG(status.st_mode):
        raise EditError(f"{path} is no regular file")
    with open(real, "rb") as file:
        if file.read() != before:
            raise EditError(f"{path} changed while it was being fixed")
    if not os.access(real, os.W_OK):
        raise PermissionError(13, "no permission to write", path)
    temporary = os.path.join(os.path.dirname(real), f".{os.path.basename(real)}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            try:
                os.chown(temporary, status.st_uid, status.st_gid)
            except PermissionError as error:
                raise EditError(f"{path} belongs to another user") from error
        os.replace(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise
    return True
