"""zipfile: opening reads the directory, reading and writing read and write."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "zipfile.ZipFile": {
        "init": "file",
        "methods": {
            **each("file", "extract extractall write writestr testzip printdir mkdir"),
            "read": "file -> bytes",
            "open": "file -> zipfile.ZipExtFile",
            "namelist": "free -> list[str]",
            "infolist": "free -> list[zipfile.ZipInfo]",
            "getinfo": "free -> zipfile.ZipInfo",
            **each("free", "setpassword close"),
        },
        "attrs": each("free", "filename filelist mode"),
    },
    "zipfile.ZipInfo": {
        "methods": {"is_dir": "free -> bool", "from_file": "metadata -> self"},
        "attrs": each("free", "filename file_size compress_size date_time CRC"),
    },
    "zipfile.ZipExtFile": {"bases": ("io.IOBase",), "methods": {"read": "file -> bytes", "close": "free"}},
    "zipfile.Path": {
        "init": "file",
        "methods": {
            "read_text": "file -> str",
            "read_bytes": "file -> bytes",
            "open": "file",
            **each("free", "exists is_file is_dir iterdir joinpath"),
        },
        "attrs": each("free", "name parent"),
    },
}
FUNCTIONS = {"zipfile.is_zipfile": "file -> bool"}
INSTEAD = {"zipfile.": "asyncio.to_thread"}
