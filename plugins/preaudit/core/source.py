"""Bytes to text as Python reads them, and lines as Python counts them."""

from __future__ import annotations

import io

from preaudit.core.patterns import lazy

# what str.splitlines takes for a line break and Python's parser does not
_ODD = lazy("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LINE = lazy(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class SourceError(Exception):
    """A file that cannot be read; `line` from 1 (0 if unknown), the text says why in one line."""

    def __init__(self, message: str, line: int = 0, column: int = 0):
        """Hold the reason and the place."""
        super().__init__(message)
        self.line, self.column = line, column


def decode(data: bytes) -> str:
    """Answer the text of a Python file after its BOM or coding line; SourceError if it has none of either."""
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise SourceError("source code cannot contain null bytes", line)
    try:
        if data.isascii() and b"coding" not in data[:200]:
            return data.decode("ascii")
        import tokenize  # only here: it is slow to import

        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        line = 0
        if isinstance(error, UnicodeDecodeError):
            line = data.count(b"\n", 0, error.start) + 1
            raise SourceError(f"cannot decode byte 0x{data[error.start]:02x} as {error.encoding}", line) from error
        raise SourceError(str(error).splitlines()[0], 1) from error


def split_lines(text: str) -> list:
    """Answer the lines of a text with their ends, split at \\r\\n, \\r and \\n only, as Python's parser does."""
    return _LINE.findall(text) if _ODD.search(text) else text.splitlines(keepends=True)
