"""The facts of all files of a run, read from the cache only where a rule asks for them.

Of a file that did not change, a run loads just the digests of its facts, one a kind. They say whether what a
project rule found the last time still holds; the facts themselves are read when a rule has to run again.
"""

from __future__ import annotations

import json

from preaudit.core.cache import digest


def digests(found: dict) -> dict:
    """Answer {kind: digest} of the facts of one file, and its flag under ''."""
    return {
        kind: fact if not kind else digest(json.dumps(fact, sort_keys=True).encode("utf-8", "surrogatepass"))[:16]
        for kind, fact in found.items()
    }


class FactStore:
    """Facts by kind: those of files that were just checked, and those that the cache holds."""

    def __init__(self, cache):
        """`cache` is the run's cache, or None."""
        self.cache = cache
        self._hashes: dict = {}
        self._rows: dict = {}
        self._kept: dict = {}
        self._read: dict = {}

    def take(self, path: str, found: dict) -> None:
        """Take the facts of a file that was just checked."""
        for kind, fact in found.items():
            if kind:
                self._rows.setdefault(kind, {})[path] = fact
        for kind, value in digests(found).items():
            if kind:
                self._hashes.setdefault(kind, {})[path] = value

    def take_kept(self, path: str, parts: tuple, hashes: dict) -> None:
        """Take the digests of a file whose facts the cache holds under these parts of a key and their kind."""
        for kind, value in hashes.items():
            if kind:
                self._hashes.setdefault(kind, {})[path] = value
                self._kept.setdefault(kind, {})[path] = self.cache.key("f", (*parts, kind))

    def state(self, kind: str) -> str:
        """Answer what tells one state of all facts of a kind from another."""
        rows = sorted(self._hashes.get(kind, {}).items())
        return digest(json.dumps(rows).encode("utf-8", "surrogatepass"))

    def of(self, kind: str) -> list:
        """Answer [(path, fact)] of all files that have facts of a kind, sorted by path."""
        found = self._read.get(kind)
        if found is None:
            rows = dict(self._rows.get(kind, {}))
            kept = self._kept.get(kind, {})
            records = self.cache.get_many(sorted(set(kept.values()))) if kept else {}
            for path, key in kept.items():
                fact = records.get(key)
                if fact is not None:
                    rows[path] = fact
            found = self._read[kind] = sorted(rows.items())
        return found

    def is_whole(self, kind: str) -> bool:
        """Answer whether all facts of a kind could be read: a row of the cache may be gone between two looks."""
        return len(self.of(kind)) == len(self._hashes.get(kind, {}))
