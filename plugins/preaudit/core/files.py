"""Which files belong to a project, and how they are read.

Inside a repository: what git tracks or has staged, and, outside a commit, new files that are not
ignored (at commit time untracked files stay visible on disk but are no part of what is committed).
Elsewhere a walk with the usual exclusions. What lies in a folder whose name a generator fills in is no part of it.
"""

from __future__ import annotations

import os

from preaudit.core import options
from preaudit.core.globs import Globs
from preaudit.core.source import SourceError
from preaudit.core.templates import in_template

EXCLUDED = frozenset(name.rstrip("/") for name in options.EXCLUDED)
MAX_FILES = 200_000
MAX_BYTES = 5_000_000


def project_files(root: str, settings=None) -> list:
    """Answer the root-relative paths of a project's files, with `/`, sorted; without what the settings exclude."""
    excluded = settings.is_excluded if settings is not None else Globs(options.EXCLUDED).match
    ignored = settings is not None and not settings.respect_gitignore
    # a folder that git ignores altogether is not part of the repository around it
    listed = _git_files(root, ignored) or _walk(root, excluded)
    return sorted({path for path in listed if not excluded(path) and not in_template(path)})


def _git_files(root: str, ignored: bool) -> list | None:
    """Answer what git lists, and what it ignores if asked; None where git does not answer."""
    if not in_repository(root):
        return None
    untracked = ("--others",) if ignored else ("--others", "--exclude-standard")
    if os.environ.get("PRE_COMMIT") and not ignored:
        untracked = ()
    output = run_git(root, "ls-files", "-z", "--cached", *untracked)
    return None if output is None else [path for path in os.fsdecode(output).split("\0") if path]


def in_repository(root: str) -> bool:
    """Answer whether a folder lies in a git checkout (without asking git)."""
    folder = os.path.abspath(root)
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return True
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent


def run_git(root: str, *arguments: str) -> bytes | None:
    """Answer what git prints on standard output, None where git is missing or fails.

    Spawned directly: the subprocess module alone costs a tenth of a commit's whole check.
    """
    command = ["git", "-C", root, *arguments]
    if not hasattr(os, "posix_spawnp"):
        import subprocess

        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except OSError:
            return None
        return done.stdout if done.returncode == 0 else None
    read_end, write_end = os.pipe()
    try:
        null = os.open(os.devnull, os.O_RDWR)
        try:
            environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
            actions = [
                (os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, write_end, 1), (os.POSIX_SPAWN_DUP2, null, 2),
                (os.POSIX_SPAWN_CLOSE, read_end),
            ]  # fmt: skip
            pid = os.posix_spawnp("git", command, environment, file_actions=actions)
        except OSError:
            return None
        finally:
            os.close(null)
            os.close(write_end)
            write_end = -1
        with os.fdopen(read_end, "rb") as stream:
            read_end = -1
            output = stream.read()
        return output if os.waitpid(pid, 0)[1] == 0 else None
    finally:
        for end in (read_end, write_end):
            if end >= 0:
                os.close(end)


def may_lie_on_disk(root: str, base: str) -> bool:
    """Answer whether a module that is no file of the project may be there all the same when it is imported.

    `base` is its root-relative path without a suffix: something of that name lies on disk (a compiled module, a
    folder, a file unless the commit being made leaves it out), or git ignores its file, which a build may then write.
    """
    if not root:
        return False
    entries = _entries(root, base)
    name = base.rpartition("/")[2]
    if entries:
        return any(entry not in (name, f"{name}.py") for entry in entries) or not left_out(root, base)
    ignored = in_repository(root) and any(
        run_git(root, "check-ignore", "-q", f"{base}{end}") is not None for end in (".py", "/__init__.py")
    )
    # a project that the repository around it ignores altogether is no part of it
    return ignored and run_git(root, "check-ignore", "-q", ".") is None


def left_out(root: str, base: str) -> str:
    """Answer the file of a module that lies on disk and is not added to the commit being made, '' if there is none."""
    if not root or not os.environ.get("PRE_COMMIT") or not in_repository(root):
        return ""
    for path in (f"{base}.py", f"{base}/__init__.py"):
        if os.path.isfile(os.path.join(root, path)):
            return path if run_git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", path) else ""
    return ""


def disk_state(root: str, base: str) -> str:
    """Answer a text that differs where the answer of `may_lie_on_disk` may; it costs a look at a few folders."""
    rows = [*_entries(root, base), *(["a commit"] if os.environ.get("PRE_COMMIT") else [])]
    folder = os.path.dirname(os.path.abspath(os.path.join(root, base)))
    while True:
        for name in (".gitignore", ".git/info/exclude"):
            try:
                found = os.stat(os.path.join(folder, name))
            except OSError:
                continue
            rows.append(f"{name}:{found.st_mtime_ns}:{found.st_size}")
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return "|".join(rows)
        folder = parent


def _entries(root: str, base: str) -> list:
    """Answer what lies on disk under the name of a module, with any suffix."""
    folder, _, name = base.rpartition("/")
    try:
        names = os.listdir(os.path.join(root, folder))
    except (OSError, ValueError):
        return []
    return sorted(entry for entry in names if entry == name or entry.startswith(f"{name}."))


def _walk(root: str, excluded) -> list:
    found: list = []
    stack = [""]
    while stack and len(found) < MAX_FILES:
        folder = stack.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, folder) if folder else root), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                # links are not followed: no loop, and nothing out of the tree
                if entry.is_dir(follow_symlinks=False):
                    if not excluded(path, True):
                        stack.append(path)
                elif entry.is_file(follow_symlinks=True):
                    found.append(path)
            except OSError:
                continue
    return found


def read_bytes(root: str, path: str) -> bytes:
    """Answer a project file's bytes; SourceError if it cannot be read, is too large, or leads out of the tree."""
    full = os.path.join(root, path)
    try:
        if os.path.islink(full):
            real, top = os.path.realpath(full), os.path.realpath(root)
            if not real.startswith(top.rstrip("/") + "/"):
                raise SourceError("a symbolic link that leads out of the project")
        if not os.path.isfile(full):
            raise SourceError("not a regular file" if os.path.lexists(full) else "no such file")
        with open(full, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceError((error.strerror or "cannot be read").lower()) from error
    except ValueError as error:
        raise SourceError("not a usable file name") from error
    if len(data) > MAX_BYTES:
        raise SourceError(f"larger than {MAX_BYTES // 1_000_000} MB")
    return data
