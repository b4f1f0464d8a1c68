"""io: files read and write, memory buffers do not.

`io.TextIOWrapper` stands for whatever open() gives; an `io.IOBase` of an annotation can be a buffer in memory.
"""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CANONICAL = {"io.open": "builtins.open"}

_READ = "file"
_FILE = {
    **each(_READ, "read readline write writelines flush truncate"),
    "readlines": "file -> list",
    **each("free", "close seek tell fileno isatty readable writable seekable detach"),
}
_MEMORY = each(
    "free",
    "read readline readlines write writelines flush truncate close seek tell getvalue readable writable seekable",
)
CLASSES = {
    "io.IOBase": {
        "methods": {
            **each("unknown", "read readline readlines write writelines flush truncate"),
            **each("free", "close seek tell fileno isatty readable writable seekable detach"),
        },
        "attrs": each("free", "closed name mode encoding buffer newlines"),
    },
    "io.TextIOWrapper": {
        "bases": ("io.IOBase",),
        "methods": {**_FILE, "reconfigure": "free"},
        "iter": "str",
        "iter_effect": "file",
        "attrs": each("free", "buffer encoding"),
    },
    "io.BufferedReader": {
        "bases": ("io.IOBase",),
        "methods": {**_FILE, **each(_READ, "peek read1 readinto")},
        "iter": "bytes",
        "iter_effect": "file",
    },
    "io.BufferedWriter": {"bases": ("io.IOBase",), "methods": _FILE},
    "io.BufferedRandom": {"bases": ("io.IOBase",), "methods": _FILE},
    "io.FileIO": {
        "bases": ("io.IOBase",),
        "init": "file",
        "methods": {name: spec for name, spec in _FILE.items() if name != "detach"},
    },
    "io.BytesIO": {"methods": {**_MEMORY, **each("free", "getbuffer readinto read1")}, "iter": "bytes"},
    "io.StringIO": {"methods": _MEMORY, "iter": "str"},
}
INSTEAD = {"io.": "aiofiles.open"}
_CONCRETE = "every file that open() returns has it; the abstract base does not declare it"
UNCHECKED = {
    **{
        f"io.IOBase.{name}": _CONCRETE
        for name in ("read", "write", "detach", "name", "mode", "encoding", "buffer", "newlines")
    },
}
