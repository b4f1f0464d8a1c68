"""What a rule reports: a finding, its related places and its fix.

Lines and columns count from 1; an end column is exclusive (the column behind the last character),
in code points. Plain classes with slots: a dataclass costs its import on every commit.
"""

from __future__ import annotations

from collections import namedtuple

LOW, MEDIUM, HIGH, CRITICAL = 1, 2, 3, 4
SEVERITIES = {"low": LOW, "medium": MEDIUM, "high": HIGH, "critical": CRITICAL}
SEVERITY_NAMES = {number: name for name, number in SEVERITIES.items()}


class Severity:
    """The four severities, as the words that users read and write."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


Related = namedtuple("Related", "path line column message")
Related.__doc__ = "A second place that a finding speaks of; path as in a finding."

Edit = namedtuple("Edit", "line column end_line end_column text")
Edit.__doc__ = """Replace the text from (line, column) up to, not including, (end_line, end_column).

Lines and columns from 1. (n + 1, 1) as an end takes line n with its line break. The text has the
line break of the file where it breaks a line.
"""

Fix = namedtuple("Fix", "title edits")
Fix.__doc__ = "All edits of one fix, applied together or not at all; all in the finding's file."


class Finding:
    """One thing found at one place.

    `path` is relative to the project root with `/` inside the engine; the doors turn it into the
    reader's form. `scope` is the enclosing qualified name or document path, `key` the hash of the
    normalised source line: with code and path they are the fingerprint, which names no line number.
    """

    __slots__ = (
        "code", "name", "severity", "path", "line", "column", "end_line", "end_column",
        "message", "fix", "related", "scope", "key", "fingerprint", "suppressed", "baselined",
    )  # fmt: skip

    def __init__(self, code, name, severity, path, line, column, message, end_line=0, end_column=0,
                 fix=None, related=(), scope="", key="", fingerprint="", suppressed="", baselined=False):  # fmt: skip
        """Make a finding; an end of 0 means the place is one point."""
        self.code = code
        self.name = name
        self.severity = severity
        self.path = path
        self.line = line
        self.column = column
        self.end_line = end_line or line
        self.end_column = end_column or column
        self.message = message
        self.fix = fix
        self.related = tuple(related)
        self.scope = scope
        self.key = key
        self.fingerprint = fingerprint
        self.suppressed = suppressed
        self.baselined = baselined

    def sort_key(self):
        """Answer the order in which findings are shown: path, place, code, message."""
        return (self.path, self.line, self.column, self.code, self.message)

    def to_row(self):
        """Answer the finding as a list that JSON can hold; `from_row` reads it back."""
        fix = self.fix and [self.fix.title, [list(edit) for edit in self.fix.edits]]
        related = [list(place) for place in self.related]
        return [
            self.code, self.name, self.severity, self.path, self.line, self.column, self.message,
            self.end_line, self.end_column, fix, related, self.scope, self.key, self.fingerprint, self.suppressed,
        ]  # fmt: skip

    @classmethod
    def from_row(cls, row):
        """Answer the finding of a row that `to_row` made; ValueError or TypeError if it is none."""
        fix = row[9] and Fix(row[9][0], tuple(Edit(*edit) for edit in row[9][1]))
        related = tuple(Related(*place) for place in row[10])
        return cls(*row[:9], fix, related, *row[11:])

    def __repr__(self):
        """Answer the concise form, for people who debug."""
        return f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"

    def __eq__(self, other):
        """Two findings are the same when all that is shown of them is."""
        return isinstance(other, Finding) and self.to_row() == other.to_row()

    def __hash__(self):
        """Hash by place, code and message."""
        return hash(self.sort_key())
