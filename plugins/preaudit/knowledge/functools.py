"""functools: wrappers, all free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {"functools.partial": {"attrs": each("free", "func args keywords")}, "functools.cached_property": {}}
FUNCTIONS = each(
    "free",
    "functools.wraps functools.lru_cache functools.cache functools.reduce functools.update_wrapper"
    " functools.total_ordering functools.cmp_to_key functools.singledispatch",
)
