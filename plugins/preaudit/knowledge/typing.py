"""typing's names for files, as annotations use them: a file or a buffer in memory."""

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
}
UNCHECKED = dict.fromkeys(
    (f"typing.{name}.__iter__" for name in ("TextIO", "BinaryIO")), "files are iterated; the class leaves it out"
)
