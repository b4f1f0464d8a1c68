"""Which names say how much: quantities, batches, and the two ends of a range.

A number that says how much work to do, or how much of something there is, can be too large or negative. A number that
names something (an id, a version, a phone), or places it (a coordinate, a timestamp, an index), cannot.
"""

from __future__ import annotations

from preaudit.core.secrets import words

_MUCH = frozenset("""limit size count quantity qty amount price cost discount percent percentage fee budget page pages offset skip
    top batch chunk length width height depth duration timeout ttl interval delay retries retry attempts workers threads replicas
    concurrency parallelism steps iterations epochs tokens rows samples days hours minutes seconds weeks months capacity memory
    cpus guests seats age rating stars salary stock copies items lines quota depth radius kilometers km meters miles per tip
    deposit units pieces people adults children nights slots instances nodes shards connections frames fps dpi resolution
    sats msats sat msat cents eur usd tax weight balance""".split())  # fmt: skip
_FIRST = frozenset("max min num n number limit total".split())
_NAMED = frozenset("""id ids pk uid uuid key code version hash index idx number no year timestamp ts at seed port channel position
    order level type status line column row col x y lat lon lng latitude longitude token digest checksum serial sequence ref""".split())  # fmt: skip
_BATCHES = frozenset("""ids items records rows entries messages events points documents docs images urls emails users orders lines
    products operations requests queries commands jobs tasks texts inputs prompts files vectors embeddings chunks contacts
    recipients numbers uuids keys addresses nodes edges transactions payments batches samples answers questions updates changes
    steps actions objects values data""".split())  # fmt: skip
_ENDS = {"end": ("start", "begin"), "to": ("from",), "until": ("since", "from"), "ends": ("starts",), "before": ("after",),
         "till": ("from",), "upper": ("lower",)}  # fmt: skip


def is_quantity(name: str) -> bool:
    """Answer whether a number of this name says how much: `limit`, `page_size`, `max_retries`; no identifier or place."""
    parts = words(name)
    if not parts or parts[-1] in _NAMED:
        return False
    if parts[-1] in _MUCH or name in ("n", "k", "top_k", "topk", "per_page"):
        return True
    return len(parts) > 1 and parts[0] in _FIRST and parts[-1] not in _NAMED


def is_batch(name: str) -> bool:
    """Answer whether a list of this name is a batch of work: ids, items, messages, or something `_ids` and `_list`."""
    parts = words(name)
    return bool(parts) and (parts[-1] in _BATCHES or parts[-1] in ("list", "batch", "bulk"))


def end_of(name: str) -> tuple:
    """Answer the names that the start of a range has whose end has this name: end_date -> start_date, begin_date."""
    parts = name.split("_")
    for index, part in enumerate(parts):
        if part in _ENDS and (index in (0, len(parts) - 1)):
            return tuple("_".join([*parts[:index], one, *parts[index + 1 :]]) for one in _ENDS[part])
    return ()


__all__ = ["end_of", "is_batch", "is_quantity"]
