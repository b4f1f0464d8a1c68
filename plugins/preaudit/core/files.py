"""Which files belong to a project, and how they are read.

Inside a repository: what git tracks or has staged, and, outside a commit, new files that are not
ignored (at commit time untracked files stay visible on disk but are no part of what is committed).
Elsewhere a walk with the usual exclusions.
"""

from __future__ import annotations

import os

from preaudit.core.source import SourceError

EXCLUDED = frozenset({
    ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", ".env.d", "__pycache__", "node_modules", ".eggs", "build",
    "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".preaudit_cache", "site-packages", ".direnv", ".bzr", "_build",
})  # fmt: skip
MAX_FILES = 200_000
MAX_BYTES = 5_000_000


def project_files(root: str) -> list:
    """Answer the root-relative paths of a project's files, with `/`, sorted."""
    # a folder that git ignores altogether is not part of the repository around it
    listed = _git_files(root) or _walk(root)
    return sorted(set(listed))


def _git_files(root: str) -> list | None:
    if not in_repository(root):
        return None
    untracked = () if os.environ.get("PRE_COMMIT") else ("--others", "--exclude-standard")
    output = run_git(root, "ls-files", "-z", "--cached", *untracked)
    if output is None:
        return None
    paths = os.fsdecode(output).split("\0")
    return [path for path in paths if path and not EXCLUDED.intersection(path.split("/")[:-1])]


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


def _walk(root: str) -> list:
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
                    if entry.name not in EXCLUDED:
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
