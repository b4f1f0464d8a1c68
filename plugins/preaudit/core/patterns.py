"""Regular expressions that are compiled when they are first used.

A check of one changed file imports many modules and uses few of their patterns; compiling all of them took longer
than reading the file.
"""

from __future__ import annotations

import re
from functools import lru_cache


class Lazy:
    """Stands for `re.compile(source, flags)`, and is as quick from the second use of a method on."""

    def __init__(self, source: str, flags: int = 0):
        """Hold what is to be compiled."""
        self.pattern, self.flags = source, flags

    def __getattr__(self, name):
        """Answer a method or attribute of the compiled pattern, and keep it."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(self.pattern, self.flags), name)
        setattr(self, name, found)
        return found


lazy = Lazy


def remembered(pattern):
    """Answer a function that tells whether a pattern is found in a name; names repeat, so that its answers are kept."""
    return lru_cache(maxsize=4_096)(lambda name: pattern.search(name) is not None)
