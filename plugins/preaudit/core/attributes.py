"""What `.gitattributes` calls vendored or generated: the marks by which git hosts leave files out of reviews and counts."""

from __future__ import annotations

import os

from preaudit.core.globs import Globs

LIMIT = 1 << 18
_MARKS = ("linguist-vendored", "linguist-generated")


class Marked:
    """The files that a project's own `.gitattributes`, that of its root, marks; a later line wins over an earlier one."""

    __slots__ = ("rows",)

    def __init__(self, text):
        """Read the lines; what names every file of a language, as `*.html` does, speaks of statistics only."""
        self.rows = []
        for line in text.splitlines() if "linguist-" in text else ():
            pattern, *words = line.split()[:40] or ("",)
            if pattern.startswith(("#", '"', "[attr]")) or _is_language(pattern):
                continue
            for word in words:
                name, _, value = word.lstrip("-!").partition("=")
                if name in _MARKS:
                    on = word[0] not in "-!" and value.lower() in ("", "true", "1", "yes")
                    self.rows.append((name, Globs((pattern,)), on, pattern))

    def match(self, path, name):
        """Answer whether a root-relative path has the mark `name`, without its `linguist-`."""
        answer = False
        for mark, globs, on, _ in self.rows:
            if on is not answer and mark[9:] == name and globs.match(path):
                answer = on
        return answer

    def words(self):
        """Answer what was read, for the settings' fingerprint; [] if nothing was."""
        return [(name, pattern, on) for name, _, on, pattern in self.rows]


def _is_language(pattern):
    """Answer whether a pattern names all files, or all of an ending, wherever they lie: `*`, `*.html`, `**/*.py`."""
    folder, _, name = pattern.rpartition("/")
    rest = name.lstrip("*")
    return not folder.strip("*") and (not rest or name != rest and rest[0] == "." and rest.count(".") == 1)


def marked(root):
    """Answer the Marked of a project's folder; one without rows where there is no file, or none that can be read."""
    try:
        with open(os.path.join(root, ".gitattributes"), "rb") as file:
            return Marked(file.read(LIMIT).decode("utf-8", "replace"))
    except OSError:
        return Marked("")
