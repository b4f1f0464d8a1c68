"""collections and collections.abc: containers, for what their elements are."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

_MAPPING = {
    "get": "free -> value",
    "values": "free -> iterator[value]",
    "keys": "free -> iterator[elem]",
    "items": "free -> iterator[tuple[elem, value]]",
}
CLASSES = {
    "collections.OrderedDict": {"bases": ("builtins.dict",), "methods": {"move_to_end": "free"}},
    "collections.defaultdict": {"bases": ("builtins.dict",)},
    "collections.Counter": {"bases": ("builtins.dict",), "methods": {"most_common": "free -> list"}},
    "collections.deque": {
        "methods": {
            **each("free -> elem", "pop popleft"),
            "copy": "free -> self",
            **each("free", "append appendleft extend extendleft clear remove rotate"),
        },
    },
    "collections.abc.Mapping": {"methods": _MAPPING},
    "collections.abc.MutableMapping": {
        "bases": ("collections.abc.Mapping",),
        "methods": {**each("free -> value", "pop setdefault"), **each("free", "update clear")},
    },
    "collections.abc.MutableSequence": {"methods": {"pop": "free -> elem", **each("free", "append insert extend")}},
}
FUNCTIONS = {"collections.namedtuple": "free"}
