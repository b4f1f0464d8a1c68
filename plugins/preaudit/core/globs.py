"""File patterns as users write them in the configuration.

A pattern without a slash names a file or folder anywhere (`test_*.py`, `node_modules`); one that ends
in a slash names folders only (`tests/`); any other slash anchors it at the project root
(`app/generated/*.py`, `**` crosses folders). What lies below a matched folder is matched too.
"""

from __future__ import annotations

import re

SPECIAL = frozenset("*?[")


class Globs:
    """A list of patterns, asked with paths relative to the project root, with `/`."""

    __slots__ = ("patterns", "_names", "_folders", "_starts", "_ends", "_rest", "_known")

    def __init__(self, patterns):
        """Read the patterns; the plain ones, which are most, need no regular expression."""
        self.patterns = tuple(patterns)
        self._known: dict = {}  # every rule asks of every file
        self._names, self._folders, starts, ends, rest = set(), set(), [], [], []
        for pattern in self.patterns:
            pattern = pattern.removeprefix("./")
            body = pattern.rstrip("/")
            if "/" in body or not body:
                rest.append(pattern)
            elif not SPECIAL.intersection(body):
                (self._folders if body != pattern else self._names).add(body)
            elif body == pattern and body[0] == "*" and not SPECIAL.intersection(body[1:]):
                ends.append(body[1:])
            elif body == pattern and body[-1] == "*" and not SPECIAL.intersection(body[:-1]):
                starts.append(body[:-1])
            else:
                rest.append(pattern)
        self._starts, self._ends = tuple(starts), tuple(ends)
        self._rest = [(pattern, None) for pattern in rest if pattern.strip("/")]

    def match(self, path, folder=False):
        """Answer whether a pattern matches this path or a folder above it; `folder` if it is one itself."""
        key = (path, folder)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._match(path, folder)
        return found

    def _match(self, path, folder):
        parts = path.split("/")
        above = parts if folder else parts[:-1]
        if not self._folders.isdisjoint(above) or not self._names.isdisjoint(parts):
            return True
        if self._starts or self._ends:
            for part in parts:
                if part.startswith(self._starts) or part.endswith(self._ends):
                    return True
        for number, (pattern, compiled) in enumerate(self._rest):
            if compiled is None:
                compiled = translate(pattern)
                self._rest[number] = (pattern, compiled)
            if compiled.match(path + "/" if folder else path):
                return True
        return False

    def __bool__(self):
        """Answer whether there is any pattern."""
        return bool(self.patterns)


def translate(pattern):
    """Answer the compiled regular expression of one pattern, for a root-relative path."""
    body = pattern.rstrip("/")
    anchored = "/" in body
    text, at = ("", 0) if anchored else ("(?:.*/)?", 0)
    body = body.removeprefix("/")
    while at < len(body):
        if body.startswith("**/", at):
            text, at = text + "(?:.*/)?", at + 3
        elif body.startswith("**", at):
            text, at = text + ".*", at + 2
        elif body[at] == "*":
            text, at = text + "[^/]*", at + 1
        elif body[at] == "?":
            text, at = text + "[^/]", at + 1
        elif body[at] == "[" and body.find("]", at + 2) > 0:
            end = body.find("]", at + 2)
            members = body[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            text, at = text + "[" + ("^" + members[1:] if members[0] in "!^" else members) + "]", end + 1
        else:
            text, at = text + re.escape(body[at]), at + 1
    try:
        return re.compile(text + ("/" if pattern.endswith("/") else r"(?:/|\Z)"), re.DOTALL)
    except re.error:  # a range such as [z-a]: such a pattern means itself
        return re.compile(re.escape(pattern) + r"\Z")


__all__ = ["Globs", "translate"]
