"""os and os.path: processes, file metadata, raw reads and writes. The environment and path strings are free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""


def _names(module: str, names: str) -> str:
    return " ".join(f"{module}.{name}" for name in names.split())


CLASSES = {
    "os.DirEntry": {
        "methods": {**each("metadata", "stat"), **each("free", "is_dir is_file is_symlink inode")},
        "attrs": each("free -> str", "name path"),
    },
    "os.stat_result": {"attrs": each("free", "st_size st_mtime st_mode st_ctime st_atime")},
}
FUNCTIONS = {
    **each("subprocess", _names("os", "system waitpid wait wait3 wait4 waitid spawnl spawnv spawnve spawnvp")),
    "os.popen": "subprocess -> io.TextIOWrapper",
    **each(
        "metadata",
        _names(
            "os",
            "access chmod chown link lstat mkdir makedirs mkfifo readlink remove removedirs rename renames replace"
            " rmdir symlink unlink utime truncate statvfs chdir getcwd",
        ),
    ),
    "os.stat": "metadata -> os.stat_result",
    "os.listdir": "metadata -> list",
    "os.scandir": "metadata",
    "os.walk": "metadata",
    "os.fwalk": "metadata",
    **each("file", _names("os", "read write fsync fdatasync sendfile copy_file_range ftruncate pread pwrite")),
    "os.open": "metadata -> int",
    "os.fdopen": "free -> io.TextIOWrapper",
    **each("metadata -> bool", _names("os.path", "exists lexists isfile isdir islink ismount samefile")),
    **each("metadata", _names("os.path", "getsize getmtime getatime getctime realpath")),
    **each("free -> str", _names("os.path", "join basename dirname normpath expanduser expandvars relpath abspath")),
    **each("free", _names("os.path", "split splitext isabs commonpath commonprefix normcase")),
    **each("free", _names("os", "getenv putenv unsetenv getpid getppid cpu_count urandom kill close pipe fspath")),
    **each("free", _names("os", "getuid getgid umask uname strerror fsencode fsdecode get_terminal_size")),
}
VALUES = {"os.environ": "os._Environ", "os.sep": "str", "os.linesep": "str", "os.name": "str"}
CLASSES["os._Environ"] = {"methods": each("free", "get setdefault pop copy items keys values update"), "item": "str"}
INSTEAD = {
    "os.": "asyncio.to_thread",
    "os.system": "asyncio.create_subprocess_shell",
    "os.popen": "asyncio.create_subprocess_shell",
    "os.waitpid": "asyncio.create_subprocess_exec",
    "os.wait": "asyncio.create_subprocess_exec",
    "os.spawnl": "asyncio.create_subprocess_exec",
    "os.spawnv": "asyncio.create_subprocess_exec",
    "os.spawnve": "asyncio.create_subprocess_exec",
    "os.spawnvp": "asyncio.create_subprocess_exec",
}
