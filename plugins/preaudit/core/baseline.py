"""The baseline: findings that were accepted, so that only new ones fail.

One sorted JSON file, an entry a line: code, path, scope, the hash of what stands there, and a count where the same
occurs more than once. No line numbers, no messages, no dates: an entry outlives code that moves and wording that
changes, and merging two branches is merging lines.

An entry covers as many findings as it counts, never one more. Entries of a file that is gone cover the same findings
in the file it was renamed to.
"""

from __future__ import annotations

import os

VERSION = 1
LARGEST = 64_000_000  # bytes; more than that is no baseline


class BaselineError(ValueError):
    """A baseline that cannot be read; the text says which and why."""


class Baseline:
    """Accepted findings: a count for each (code, path, scope, key)."""

    __slots__ = ("entries", "_left", "_moved")

    def __init__(self, entries=None):
        """Hold {(code, path, scope, key): count}."""
        self.entries = dict(entries or {})
        self._left: dict = {}
        self._moved: dict = {}

    @classmethod
    def of(cls, findings):
        """Answer the baseline that accepts these findings."""
        entries: dict = {}
        for finding in findings:
            stem = stem_of(finding)
            entries[stem] = entries.get(stem, 0) + 1
        return cls(entries)

    def __len__(self):
        """Answer how many findings it accepts."""
        return sum(self.entries.values())

    def mark(self, findings, exists):
        """Set `baselined` of each finding; of findings alike the first ones count as the old ones.

        `exists(path)` answers whether a root-relative path is still there. Suppressed findings take no entry.
        """
        self._left = dict(self.entries)
        self._moved = {}
        open_ones = []
        for finding in findings:
            finding.baselined = False
            if finding.suppressed:
                continue
            if self._take(stem_of(finding)):
                finding.baselined = True
            else:
                open_ones.append(finding)
        for finding, stem in self._renamed(open_ones, exists):
            if self._take(stem):
                finding.baselined = True
                self._moved[stem] = stem_of(finding)

    def _take(self, stem):
        left = self._left.get(stem, 0)
        if left:
            self._left[stem] = left - 1
        return bool(left)

    def _renamed(self, findings, exists):
        """Yield (finding, stem of its entry under the old path) for findings in files that were renamed.

        A file counts as renamed where it holds at least half of the accepted findings of a file that is gone and
        has its name, its folder, or two of the findings; one finding alone in another place could be a copy.
        """
        gone: dict = {}
        for (code, path, scope, key), count in self._left.items():
            if count:
                gone.setdefault(path, {})[code, scope, key] = count
        gone = {path: stems for path, stems in gone.items() if not exists(path)}
        if not gone:
            return
        known = {path for _, path, _, _ in self.entries}
        by_path: dict = {}
        for finding in findings:
            if finding.path not in known:
                by_path.setdefault(finding.path, []).append(finding)
        for old, stems in sorted(gone.items()):
            best, matches = "", []
            for new, group in by_path.items():
                same = _matches(stems, group)
                if len(same) > len(matches) or (len(same) == len(matches) and same and _alike(old, new)):
                    best, matches = new, same
            enough = 2 * len(matches) >= sum(stems.values())
            if not matches or not enough or not (_alike(old, best) or len(matches) > 1):
                continue
            for finding in matches:
                yield finding, (finding.code, old, finding.scope, finding.key)
            by_path.pop(best)

    def stale(self, decided):
        """Answer {stem: count} of entries that no finding took in the last `mark`.

        `decided(code, path)` answers whether that run could have found it; entries it could not are left alone.
        """
        return {stem: count for stem, count in self._left.items() if count and decided(stem[0], stem[1])}

    def moves(self):
        """Answer {old stem: new stem} of the renamed files of the last `mark`."""
        return dict(self._moved)

    def without(self, stale):
        """Answer the baseline without these stale entries, and with renamed files under their new name."""
        entries: dict = {}
        for stem, count in self.entries.items():
            count -= stale.get(stem, 0)
            stem = self._moved.get(stem, stem)
            if count > 0:
                entries[stem] = entries.get(stem, 0) + count
        return Baseline(entries)

    def text(self):
        """Answer the file's text: sorted, an entry a line, ASCII."""
        from json import dumps

        lines = []
        for (code, path, scope, key), count in sorted(self.entries.items(), key=_order):
            entry = {"code": code, "path": path, "scope": scope, "key": key}
            if count > 1:
                entry["n"] = count
            lines.append(dumps(entry))
        body = ",\n".join(lines)
        return f'{{"version": {VERSION}, "findings": [\n{body}{chr(10) if body else ""}]}}\n'


def _order(item):
    code, path, scope, key = item[0]
    return (path, code, scope, key)


def stem_of(finding):
    """Answer what an entry knows of a finding."""
    return (finding.code, finding.path, finding.scope, finding.key)


def _matches(stems, group):
    left = dict(stems)
    found = []
    for finding in group:
        same = (finding.code, finding.scope, finding.key)
        if left.get(same):
            left[same] -= 1
            found.append(finding)
    return found


def _alike(old, new):
    old_folder, _, old_name = old.rpartition("/")
    new_folder, _, new_name = new.rpartition("/")
    return old_folder == new_folder or old_name == new_name


def parse(data, name="the baseline"):
    """Answer the Baseline of a file's bytes; BaselineError with the line where it is none.

    Entries that a merge left twice are read once, with the larger count.
    """
    from json import JSONDecodeError, loads

    try:
        document = loads(data.decode("utf-8-sig"))
    except JSONDecodeError as error:
        hint = "; resolve the merge conflict" if b"<<<<<<<" in data else ""
        raise BaselineError(f"{name}:{error.lineno}:{error.colno}: no valid JSON: {error.msg}{hint}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BaselineError(f"{name}: no baseline: it cannot be decoded") from error
    if not isinstance(document, dict) or not isinstance(document.get("findings"), list):
        raise BaselineError(f"{name}: no baseline: write one with `preaudit baseline`")
    if document.get("version") != VERSION:
        raise BaselineError(f"{name}: version {document.get('version')!r}; this preaudit reads version {VERSION}")
    entries: dict = {}
    for number, entry in enumerate(document["findings"], 1):
        fields = [entry.get(field) for field in ("code", "path", "scope", "key")] if isinstance(entry, dict) else []
        count = entry.get("n", 1) if isinstance(entry, dict) else 0
        if not fields or not all(isinstance(field, str) for field in fields) or type(count) is not int or count < 1:
            raise BaselineError(f"{name}: entry {number} is none; it needs code, path, scope and key")
        stem = tuple(fields)
        entries[stem] = max(entries.get(stem, 0), count)
    return Baseline(entries)


def read(path, name=""):
    """Answer the Baseline of a file, None if there is no such file; BaselineError if it cannot be read."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"{name or path}: cannot be read: {error.strerror}") from error
    if len(data) > LARGEST:
        raise BaselineError(f"{name or path}: too large for a baseline")
    return parse(data, name or os.path.basename(path))
