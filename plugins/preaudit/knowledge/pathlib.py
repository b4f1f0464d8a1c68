"""pathlib: pure paths are free, the rest asks the file system."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "pathlib.PurePath": {
        "methods": {
            **each("free -> self", "joinpath with_name with_suffix with_stem relative_to with_segments"),
            **each("free -> bool", "is_absolute is_relative_to match is_reserved"),
            **each("free -> str", "as_posix as_uri"),
        },
        "attrs": {
            **each("free -> str", "name stem suffix root drive anchor"),
            "parent": "free -> self",
            **each("free", "parts parents suffixes"),
        },
    },
    "pathlib.Path": {
        "bases": ("pathlib.PurePath",),
        "methods": {
            "read_text": "file -> str",
            "read_bytes": "file -> bytes",
            "write_text": "file -> int",
            "write_bytes": "file -> int",
            "open": "file -> io.TextIOWrapper",
            **each("metadata -> bool", "exists is_file is_dir is_symlink is_mount is_socket is_fifo samefile"),
            "stat": "metadata -> os.stat_result",
            "lstat": "metadata -> os.stat_result",
            **each("metadata", "mkdir rmdir unlink touch chmod symlink_to hardlink_to owner group"),
            **each("metadata -> self", "rename replace resolve readlink"),
            **each("metadata", "iterdir glob rglob"),
            "cwd": "metadata -> self",
            **each("free -> self", "home absolute expanduser"),
        },
    },
    "pathlib.PosixPath": {"bases": ("pathlib.Path",)},
    "pathlib.WindowsPath": {"bases": ("pathlib.Path",)},
    "pathlib.PurePosixPath": {"bases": ("pathlib.PurePath",)},
    "pathlib.PureWindowsPath": {"bases": ("pathlib.PurePath",)},
}

INSTEAD = {"pathlib.": "anyio.Path", "pathlib.Path.open": "aiofiles.open"}
UNCHECKED = {"pathlib.PurePath.with_segments": "from Python 3.12"}
