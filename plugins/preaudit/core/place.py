"""Line numbers that can be told from other numbers, so that what only moved is known to be the same.

Most changes of a file move what stands below them. A collector of facts writes its line numbers as `Line`; the
digest of a fact then has only their order, and findings at them are moved instead of being looked for again.
"""

from __future__ import annotations

_MARK = "\0"  # repr never writes it: inside a string it is escaped


class Line(int):
    """A line number of the file that is read; what is computed from it is an ordinary number."""

    __slots__ = ()

    def __repr__(self):
        """Answer the number between two marks, for `lineless`."""
        return f"{_MARK}{int(self)}{_MARK}"

    __str__ = int.__repr__


def lineless(fact) -> str:
    """Answer a text of a fact that only the order of its lines is in."""
    parts = repr(fact).split(_MARK)
    rank = {line: str(number) for number, line in enumerate(sorted(set(parts[1::2]), key=int))}
    parts[1::2] = [rank[part] for part in parts[1::2]]
    return _MARK.join(parts)
