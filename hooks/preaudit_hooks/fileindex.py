"""What a run must know of every file that did not change, in one record of the cache instead of one a file.

Of each file: its content, its module, whether it has suppression comments, the digests of its facts, and what it
assigns to attributes of other modules' objects. Records of single files say the same where the index does not know.
"""

from __future__ import annotations

from preaudit_hooks.facts import state as kinds_state


class FileIndex:
    """The rows of a project's files, by path."""

    def __init__(self, cache):
        """Read the index that the cache holds; `cache` may be None."""
        self.cache = cache
        self.rows: dict = {}
        if cache is not None:
            self._state = kinds_state()
            found = cache.get("n", self._state)
            if isinstance(found, dict):
                self.rows = found

    def get(self, path: str, content: str, module: str) -> tuple | None:
        """Answer (flag, {kind: digest}, outside, others) of a file with this content, None if nothing is known of it.

        `others` is what its facts asked of other files: rows of preaudit.core.results.states.
        """
        row = self.rows.get(path)
        if isinstance(row, list) and row[:2] == [content, module]:
            found = row[2] if len(row) == 3 else None
        else:
            found = self.cache.get("h", content, module, path, self._state)
        if not (isinstance(found, list) and len(found) == 4):
            return None
        flag, digests, outside, others = found
        if not (isinstance(flag, int) and isinstance(digests, dict) and isinstance(outside, list)):
            return None
        return (flag, digests, outside, others) if isinstance(others, list) else None

    def drop(self, path: str) -> None:
        """Forget the row of a file whose facts no longer hold, though its content does."""
        self.rows.pop(path, None)

    def save(self, keys: dict) -> None:
        """Keep the rows of these files, {path: (content, module)}, if they differ from what was read."""
        rows = {}
        for path, (content, module) in keys.items():
            row = self.rows.get(path)
            if isinstance(row, list) and row[:2] == [content, module]:
                rows[path] = row
            elif content:
                found = self.cache.get("h", content, module, path, self._state)
                if isinstance(found, list):
                    rows[path] = [content, module, found]
        if rows != self.rows:
            self.cache.put("n", self._state, rows)
