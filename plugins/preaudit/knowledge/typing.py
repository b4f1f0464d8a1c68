"""typing's names for files and containers, as annotations use them. A file may be a buffer in memory."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

_FILE = {
    **each("unknown", "read readline readlines write writelines flush truncate"),
    **each("free", "close seek tell fileno isatty readable writable seekable"),
}
CLASSES = {
    "typing.IO": {"methods": _FILE, "attrs": each("free", "closed name mode")},
    "typing.TextIO": {"bases": ("typing.IO",), "iter": "str"},
    "typing.BinaryIO": {"bases": ("typing.IO",), "iter": "bytes"},
    **{
        f"typing.{alias}": {"bases": (real,)}
        for alias, real in {
            "List": "builtins.list",
            "Dict": "builtins.dict",
            "Set": "builtins.set",
            "Tuple": "builtins.tuple",
            "DefaultDict": "builtins.dict",
            "OrderedDict": "builtins.dict",
            "Deque": "collections.deque",
            "Mapping": "collections.abc.Mapping",
            "MutableMapping": "collections.abc.MutableMapping",
        }.items()
    },
}
UNCHECKED = {
    **dict.fromkeys(
        (f"typing.{name}.__iter__" for name in ("TextIO", "BinaryIO")), "files are iterated; the class leaves it out"
    ),
    **{
        name: "an alias for annotations, no class"
        for name, entry in CLASSES.items()
        if entry.get("bases", ("typing.",))[0].startswith(("builtins.", "collections."))
    },
}
