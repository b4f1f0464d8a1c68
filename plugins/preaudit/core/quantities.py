"""Which names say how much: quantities, batches, and the two ends of a range.

A number that says how much work to do, or how much of something there is, can be too large or negative. A number that
names something (an id, a version, a phone), or places it (a coordinate, a timestamp, an index), cannot.
"""

from __future__ import annotations

from preaudit.core.secrets import words

_MUCH = frozenset("""limit size count quantity qty amount price discount page pages offset skip rows results samples guests
    seats rating stars copies adults children sats msats cents""".split())  # fmt: skip
_FIRST = frozenset("num n number".split())
_NAMED = frozenset("""id ids pk uid uuid key code version hash index idx no year timestamp ts at seed port channel position order
    level type status column row col x y lat lon lng latitude longitude token digest checksum serial sequence ref""".split())  # fmt: skip
_SPANS = frozenset("days hours weeks months nights".split())
_BACK = frozenset("last past next num n number within recent lookback period window previous".split())
# A largest or smallest value is itself a bound that somebody sets; tokens are counted by whom they are paid to.
_POLICY = frozenset("max min maximum minimum token tokens rate default".split())
_SETTINGS = frozenset("config configuration settings policy plan tier quota rate preferences options limits".split())
_BATCHES = frozenset("""ids items records rows entries events documents docs images urls emails users orders lines products
    operations requests queries jobs tasks texts inputs prompts files embeddings chunks recipients uuids keys payments transactions
    samples updates values""".split())  # fmt: skip
_ENDS = {
    "end": ("start", "begin"), "to": ("from",), "until": ("since", "from"), "ends": ("starts",), "till": ("from",),
}  # fmt: skip


def is_quantity(name: str) -> bool:
    """Answer whether a number of this name says how much: `limit`, `page_size`, `n_samples`; no identifier or place."""
    parts = words(name)
    if not parts or parts[-1] in _NAMED or _POLICY.intersection(parts):
        return False
    if name == "size":
        return False  # that of what is sent
    if parts[-1] in _SPANS:
        return len(parts) == 1 or parts[0] in _BACK
    if parts[-1] in _MUCH or name in ("n", "k", "top_k", "topk", "per_page"):
        return True
    return len(parts) > 1 and parts[0] in _FIRST and parts[-1] not in _NAMED


def is_setting(name: str) -> bool:
    """Answer whether a class of this name holds settings, which somebody in charge chooses: `RateLimitBase`, `PlanUpdate`."""
    return bool(_SETTINGS.intersection(words(name)))


def is_batch(name: str) -> bool:
    """Answer whether a list of this name is a batch of work: ids, items, orders, or something `_ids`."""
    parts = words(name)
    return bool(parts) and parts[-1] in _BATCHES


def end_of(name: str) -> tuple:
    """Answer the names that the start of a range has whose end has this name: end_date -> start_date, begin_date."""
    parts = name.split("_")
    for index, part in enumerate(parts):
        if part in _ENDS and (index in (0, len(parts) - 1)):
            return tuple("_".join([*parts[:index], one, *parts[index + 1 :]]) for one in _ENDS[part])
    return ()


__all__ = ["end_of", "is_batch", "is_quantity", "is_setting"]
