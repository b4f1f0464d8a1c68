"""tarfile: everything reads or writes the archive."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "tarfile.TarFile": {
        "init": "file",
        "methods": {
            **each("file", "extract extractall add addfile list gettarinfo next"),
            "extractfile": "file -> io.TextIOWrapper",
            "getnames": "file -> list[str]",
            "getmembers": "file -> list[tarfile.TarInfo]",
            "getmember": "file -> tarfile.TarInfo",
            "open": "file -> self",
            "close": "free",
        },
        "iter": "tarfile.TarInfo",
        "iter_effect": "file",
    },
    "tarfile.TarInfo": {
        "methods": each("free -> bool", "isfile isdir issym islnk isreg"),
        "attrs": each("free", "name size mode mtime uid gid linkname"),
    },
}
FUNCTIONS = {"tarfile.open": "file -> tarfile.TarFile", "tarfile.is_tarfile": "file -> bool"}
INSTEAD = {"tarfile.": "asyncio.to_thread"}
