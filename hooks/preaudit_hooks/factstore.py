"""The facts of all files of a run, read from the cache only where a rule asks for them.

Of a file that did not change, a run loads just the digests of its facts, one a kind. They say whether what a
project rule found the last time still holds; the facts themselves are read when a rule has to run again. A digest
says nothing of line numbers but their order: what only moved is the same fact (core/place.py).
"""

from __future__ import annotations

import json
from collections import namedtuple

from preaudit.core.cache import digest, dumps
from preaudit.core.place import lineless

Packed = namedtuple("Packed", "digest text")
Packed.__doc__ = "A fact as it is kept: the digest without line numbers, and its JSON."


def pack(found: dict) -> dict:
    """Answer {kind: Packed} of the facts of one file."""
    packed = {}
    for kind, fact in found.items():
        short = digest(lineless(fact).encode("utf-8", "surrogatepass"))[:16]
        packed[kind] = Packed(short, dumps(fact))
    return packed


class FactStore:
    """Facts by kind: those of files that were just checked, and those that the cache holds."""

    def __init__(self, cache):
        """`cache` is the run's cache, or None."""
        self.cache = cache
        self._digests: dict = {}
        self._texts: dict = {}
        self._kept: dict = {}
        self._read: dict = {}
        self._single: dict = {}
        self._states: dict = {}

    def take(self, path: str, packed: dict) -> None:
        """Take the facts of a file that was just checked: {kind: Packed}."""
        for kind, (short, text) in packed.items():
            self._digests.setdefault(kind, {})[path] = short
            self._texts.setdefault(kind, {})[path] = text

    def take_kept(self, path: str, parts: tuple, digests: dict) -> None:
        """Take the digests of a file whose facts the cache holds under these parts of a key and their kind."""
        for kind, short in digests.items():
            self._digests.setdefault(kind, {})[path] = short
            self._kept.setdefault(kind, {})[path] = parts

    def state(self, kind: str) -> str:
        """Answer what tells one state of all facts of a kind from another, their line numbers left out."""
        found = self._states.get(kind)
        if found is None:
            rows = [f"{path}\0{short}" for path, short in sorted(self._digests.get(kind, {}).items())]
            found = self._states[kind] = digest("\n".join(rows).encode("utf-8", "surrogatepass"))
        return found

    def of(self, kind: str) -> list:
        """Answer [(path, fact)] of all files that have facts of a kind, sorted by path."""
        found = self._read.get(kind)
        if found is None:
            rows = {path: json.loads(text) for path, text in self._texts.get(kind, {}).items()}
            kept = {path: self.cache.key("f", (*parts, kind)) for path, parts in self._kept.get(kind, {}).items()}
            records = self.cache.get_many(sorted(set(kept.values()))) if kept else {}
            for path, key in kept.items():
                fact = records.get(key)
                if fact is not None:
                    rows[path] = fact
            found = self._read[kind] = sorted(rows.items())
        return found

    def one(self, kind: str, path: str):
        """Answer the fact of a kind of one file, None if it has none or it cannot be read."""
        key = (kind, path)
        if key not in self._single:
            text = self._texts.get(kind, {}).get(path)
            parts = self._kept.get(kind, {}).get(path)
            if text is not None:
                self._single[key] = json.loads(text)
            else:
                self._single[key] = self.cache.get("f", *parts, kind) if parts is not None else None
        return self._single[key]

    def paths(self, kind: str) -> list:
        """Answer the files that have facts of a kind, sorted."""
        return sorted(self._digests.get(kind, ()))

    def digest_of(self, kind: str, path: str) -> str:
        """Answer the digest of a fact of one file, '' if it has none."""
        return self._digests.get(kind, {}).get(path, "")

    def is_whole(self, kind: str) -> bool:
        """Answer whether all facts of a kind could be read: a row of the cache may be gone between two looks."""
        return len(self.of(kind)) == len(self._digests.get(kind, {}))
