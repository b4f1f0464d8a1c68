"""What git knows of the past: revisions, renames, and old trees written to a temporary folder without a worktree."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

from preaudit_hooks.cli import Usage

LARGEST = 4_000_000  # bytes; no source file of anybody's is larger
CACHE = ".preaudit_cache"
LARGEST_CACHE = 400_000_000  # bytes; copying more costs more than it saves
BINARY = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".svg", ".pdf", ".zip", ".gz", ".bz2", ".xz", ".tar", ".whl",
    ".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".mov", ".so", ".dll", ".exe", ".bin", ".parquet",
    ".sqlite", ".db", ".jar", ".class", ".pyc", ".lock", ".map", ".js", ".css", ".html", ".md", ".rst", ".csv",
    ".ipynb",
)  # fmt: skip


class Repository:
    """The git repository around a project. All calls are read-only, and none runs what the repository holds."""

    __slots__ = ("root", "prefix")

    def __init__(self, root):
        """Find the repository of a project; Usage if there is none or git is missing."""
        self.root = root
        top = self.git("rev-parse", "--show-toplevel", what="this is no git repository")
        top = os.fsdecode(top).rstrip("\n")
        prefix = os.path.relpath(os.path.realpath(root), os.path.realpath(top)).replace(os.sep, "/")
        self.prefix = "" if prefix == "." else prefix + "/"

    def git(self, *arguments, what="", data=None):
        """Answer what git prints; Usage with this explanation (or git's own words) if it fails."""
        # A repository's own configuration must not start programs here.
        command = ["git", "-C", self.root, "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
        environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
        try:
            done = subprocess.run(command, input=data, capture_output=True, env=environment, check=False)
        except OSError as error:
            raise Usage(f"git is needed for this: {error.strerror}") from error
        if done.returncode:
            words = done.stderr.decode("utf-8", "replace").strip().splitlines()
            said = f" ({words[0]})" if words else ""
            raise Usage(f"{what or 'git ' + arguments[0] + ' failed'}{said}")
        return done.stdout

    def is_shallow(self):
        """Answer whether the clone lacks history."""
        return self.git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def refuse_shallow(self):
        """Raise Usage in a shallow clone: what it does not hold would look as if it had not been there."""
        if self.is_shallow():
            raise Usage(
                "the clone is shallow, so what an older revision found cannot be told; fetch the history "
                "(git fetch --unshallow; fetch-depth: 0 with actions/checkout; GIT_DEPTH: 0 in GitLab)"
            )

    def commit(self, ref):
        """Answer the commit of a revision; Usage if there is none."""
        name = self.git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}",
            what=f"there is no revision {ref}; fetch it, or name another",
        )  # fmt: skip
        return name.decode().strip()

    def base(self, ref):
        """Answer the merge base of a revision and HEAD; Usage if they have none, or the clone is shallow."""
        self.refuse_shallow()
        commit = self.commit(ref)
        found = self.git("merge-base", commit, "HEAD", what=f"{ref} and HEAD have no common history")
        return found.decode().split()[0]

    def renames(self, commit):
        """Answer {new path: old path}, root-relative, of tracked files renamed since a commit."""
        output = self.git(
            "diff", "--name-status", "-z", "-M", "--diff-filter=R", "--no-ext-diff", "--no-textconv", commit, "--"
        )
        fields = os.fsdecode(output).split("\0")
        found = {}
        for index in range(0, len(fields) - 2, 3):
            old, new = self.inner(fields[index + 1]), self.inner(fields[index + 2])
            if old is not None and new is not None:
                found[new] = old
        return found

    def inner(self, path):
        """Answer a repository-relative path relative to the project's root, None outside of it."""
        return path[len(self.prefix) :] if path.startswith(self.prefix) else None

    def tree(self, commit):
        """Answer {root-relative path: (blob, executable)} of a commit; links, submodules and large files left out."""
        output = self.git(
            "ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", *([self.prefix] if self.prefix else [])
        )
        found = {}
        for entry in output.split(b"\0"):
            if not entry:
                continue
            facts, _, name = entry.partition(b"\t")
            mode, _, blob, size = facts.split()
            path = self.inner(os.fsdecode(name))
            if path is None or mode not in (b"100644", b"100755") or not size.isdigit() or int(size) > LARGEST:
                continue
            if not path.lower().endswith(BINARY):
                found[path] = blob.decode()
        return found

    def blobs(self, names):
        """Yield (name, bytes) of these blobs, read in one go."""
        names = sorted(set(names))
        if not names:
            return
        output = self.git("cat-file", "--batch", data="".join(name + "\n" for name in names).encode())
        position = 0
        for name in names:
            end = output.index(b"\n", position)
            fields = output[position:end].split()
            position = end + 1
            if len(fields) != 3:
                continue
            size = int(fields[2])
            yield name, output[position : position + size]
            position += size + 1

    def samples(self, since, most):
        """Answer up to `most` (commit, seconds since 1970) of the first parents of HEAD, oldest first, evenly spread.

        `since` is a revision that starts the series, or ''. HEAD is the last.
        """
        arguments = ["log", "--first-parent", "--format=%H %ct", "HEAD"]
        if since:
            arguments.append(f"^{since}")
        lines = self.git(*arguments, "--").decode().split("\n")
        rows = [line.split() for line in reversed(lines) if line]
        if since:
            rows.insert(0, self.git("log", "-1", "--format=%H %ct", since, "--").decode().split())
        if len(rows) > most:
            step = (len(rows) - 1) / (most - 1)
            rows = [rows[round(number * step)] for number in range(most)]
        return [(commit, int(seconds)) for commit, seconds in rows]


class Past:
    """A temporary folder that holds the project as it was; one tree after another, so that the cache stays warm."""

    __slots__ = ("repository", "folder", "_held")

    def __init__(self, repository, settings=None):
        """Make the folder; use it in a `with` statement. With settings, the project's cache goes along.

        Its records are found by content, so that they hold for the same content anywhere; a copy keeps the
        project's own cache from learning of the temporary folder.
        """
        self.repository, self.folder, self._held = repository, tempfile.mkdtemp(prefix="preaudit-"), {}
        if settings is None:
            return
        copy = os.path.join(self.folder, CACHE)
        try:
            with os.scandir(os.path.join(repository.root, settings.cache_dir)) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False) and entry.stat().st_size < LARGEST_CACHE:
                        os.makedirs(copy, exist_ok=True)
                        shutil.copyfile(entry.path, os.path.join(copy, entry.name))
        except OSError:
            # Without the cache it takes longer; the result is the same.
            shutil.rmtree(copy, ignore_errors=True)

    def __enter__(self):
        """Answer it."""
        return self

    def __exit__(self, *_):
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def show(self, commit):
        """Make the folder hold the project as of this commit."""
        tree = self.repository.tree(commit)
        for path in set(self._held) - set(tree):
            os.unlink(os.path.join(self.folder, path))
        wanted: dict = {}
        for path, blob in tree.items():
            if self._held.get(path) != blob:
                wanted.setdefault(blob, []).append(path)
        for blob, data in self.repository.blobs(wanted):
            for path in wanted[blob]:
                full = os.path.join(self.folder, path)
                # A file may have become a folder since, or the reverse.
                parent = os.path.dirname(full)
                while not os.path.isdir(parent):
                    if os.path.lexists(parent):
                        os.unlink(parent)
                    else:
                        os.makedirs(parent, exist_ok=True)
                if os.path.isdir(full):
                    shutil.rmtree(full)
                with open(full, "wb") as stream:
                    stream.write(data)
        self._held = tree

    def path(self, relative):
        """Answer where a root-relative path lies in the folder."""
        return os.path.join(self.folder, relative)

    def __contains__(self, relative):
        """Answer whether the tree on show has this path."""
        return relative in self._held
