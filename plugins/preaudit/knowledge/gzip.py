"""gzip: files, and compression of bytes in memory."""

from __future__ import annotations

DISTRIBUTION = ""

CLASSES = {
    "gzip.GzipFile": {
        "bases": ("io.IOBase",),
        "init": "file",
        "methods": {"read": "file -> bytes", "write": "file", "close": "free"},
    },
}
FUNCTIONS = {
    "gzip.open": "file -> io.TextIOWrapper",
    "gzip.compress": "cpu -> bytes",
    "gzip.decompress": "cpu -> bytes",
}
INSTEAD = {"gzip.": "asyncio.to_thread"}
