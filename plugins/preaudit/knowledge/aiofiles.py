"""aiofiles: files in threads."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiofiles"

_TEXT = "aiofiles.threadpool.text.AsyncTextIOWrapper"
CLASSES = {
    "aiofiles.base.AiofilesContextManager": {"aenter": _TEXT, "await": _TEXT},
    _TEXT: {
        "methods": {
            **each("async", "read readline write writelines flush close seek tell truncate isatty"),
            "readlines": "async -> list",
            **each("async -> bool", "readable writable seekable"),
            "fileno": "free -> int",
        },
        "attrs": each("free", "name mode encoding closed buffer"),
    },
}
FUNCTIONS = {
    "aiofiles.open": "free -> aiofiles.base.AiofilesContextManager",
    "aiofiles.tempfile.NamedTemporaryFile": "free -> aiofiles.base.AiofilesContextManager",
    "aiofiles.tempfile.TemporaryFile": "free -> aiofiles.base.AiofilesContextManager",
    "aiofiles.tempfile.TemporaryDirectory": "free",
    **each(
        "async",
        "aiofiles.os.stat aiofiles.os.remove aiofiles.os.unlink aiofiles.os.rename aiofiles.os.replace aiofiles.os.mkdir"
        " aiofiles.os.makedirs aiofiles.os.rmdir aiofiles.os.listdir aiofiles.os.scandir aiofiles.os.path.exists"
        " aiofiles.os.path.isfile aiofiles.os.path.isdir aiofiles.os.path.getsize",
    ),
}
CANONICAL = {"aiofiles.threadpool.open": "aiofiles.open"}
