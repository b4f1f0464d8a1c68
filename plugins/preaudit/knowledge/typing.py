"""typing's names for files, as annotations use them."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

_FILE = {
    **each("file", "read readline write writelines flush truncate"),
    "readlines": "file -> list",
    **each("free", "close seek tell fileno isatty readable writable seekable"),
}
CLASSES = {
    "typing.IO": {"methods": _FILE, "attrs": each("free", "closed name mode"), "iter_effect": "file"},
    "typing.TextIO": {"bases": ("typing.IO",), "iter": "str", "iter_effect": "file"},
    "typing.BinaryIO": {"bases": ("typing.IO",), "iter": "bytes", "iter_effect": "file"},
}
INSTEAD = {"typing.": "aiofiles.open"}
UNCHECKED = dict.fromkeys(
    (f"typing.{name}.__iter__" for name in ("IO", "TextIO", "BinaryIO")), "files are iterated; the class leaves it out"
)
