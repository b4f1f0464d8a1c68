"""tempfile: makes files and directories."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "tempfile.TemporaryDirectory": {
        "init": "metadata",
        "methods": {"cleanup": "file"},
        "attrs": {"name": "free -> str"},
        "enter": "str",
    },
    "tempfile.SpooledTemporaryFile": {
        # In memory up to max_size.
        "methods": {
            **each("free", "read readline readlines write writelines seek tell close flush truncate"),
            "rollover": "file",
        },
    },
}
FUNCTIONS = {
    "tempfile.NamedTemporaryFile": "file -> io.TextIOWrapper",
    "tempfile.TemporaryFile": "file -> io.TextIOWrapper",
    "tempfile.mkstemp": "metadata -> tuple",
    "tempfile.mkdtemp": "metadata -> str",
    "tempfile.gettempdir": "metadata -> str",
    "tempfile.mktemp": "metadata -> str",
}
INSTEAD = {
    "tempfile.": "asyncio.to_thread",
    "tempfile.NamedTemporaryFile": "aiofiles.tempfile.NamedTemporaryFile",
    "tempfile.TemporaryFile": "aiofiles.tempfile.TemporaryFile",
    "tempfile.TemporaryDirectory": "aiofiles.tempfile.TemporaryDirectory",
}
