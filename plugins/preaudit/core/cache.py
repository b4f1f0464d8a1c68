"""The one cache of the flake8 plugin, the command and the language server.

One SQLite file per version of preaudit in `.preaudit_cache/` of the project. Keyed by content: a record
is found by the hash of its file's bytes, so a stale one is never read. `files` remembers which content
a path had at which size and time, as git does, so that an unchanged file is not even opened. Losing it,
a corrupt or a read-only one, or two processes at once cost time and never change a result: every row
carries a checksum, any database error switches the cache off for the run. Nothing read from it is executed.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zlib

from preaudit import __version__
from preaudit.core import files as filelist
from preaudit.core.source import SourceError

try:
    from _blake2 import blake2b
except ImportError:  # the interpreter was built without it
    from hashlib import blake2b

FOLDER = ".preaudit_cache"
RACY = 2_000_000_000  # a file this young (in ns) may change again without its time changing
MAX_DATABASE = 400_000_000
_stamp = ""
dumps = json.JSONEncoder(separators=(",", ":")).encode


def digest(data: bytes) -> str:
    """Answer the hash of a file's bytes, as 32 hexadecimal digits."""
    return blake2b(data, digest_size=16).hexdigest()


def stamp() -> str:
    """Answer what tells one state of preaudit's own code from another: version, Python, its files' sizes and times."""
    global _stamp
    if not _stamp:
        parts = [__version__, sys.version[:40]]
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        roots = [here]
        hooks = sys.modules.get("preaudit_hooks")
        if hooks is not None and hooks.__file__:
            roots.append(os.path.dirname(os.path.abspath(hooks.__file__)))
        else:
            sibling = os.path.join(os.path.dirname(here), "preaudit_hooks")
            beside = os.path.join(os.path.dirname(os.path.dirname(here)), "hooks", "preaudit_hooks")
            roots.extend(place for place in (sibling, beside) if os.path.isdir(place))
        for root in roots:
            stack = [root]
            while stack:
                folder = stack.pop()
                try:
                    with os.scandir(folder) as entries:
                        for entry in entries:
                            if entry.name.endswith(".py"):
                                status = entry.stat()
                                parts.append(f"{entry.name}:{status.st_size}:{status.st_mtime_ns}")
                            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                                stack.append(entry.path)
                except OSError:
                    continue
        _stamp = digest("\n".join(sorted(parts)).encode())[:16]
    return _stamp


def _sqlite():
    """Answer the module of SQLite, its C part alone if it can be had: what stands around it imports datetime."""
    try:
        import _sqlite3 as module
    except ImportError:
        import sqlite3 as module
    return module


def _faults() -> tuple:
    """Answer what a damaged, locked, full or missing database raises, an interpreter without SQLite included."""
    try:
        module = _sqlite()
    except ImportError:
        return (ImportError,)
    return (module.Error, module.Warning, OSError, ValueError, OverflowError)


_SHAPE = {
    "module": str,
    "package": bool,
    "names": dict,
    "stars": list,
    "functions": dict,
    "classes": dict,
    "outside": list,
}


def is_summary(record) -> bool:
    """Answer whether a record that was read has the shape of a summary (core/summary.py)."""
    return isinstance(record, dict) and all(isinstance(record.get(name), kind) for name, kind in _SHAPE.items())


class Cache:
    """The cache of one project; every method answers "nothing known" where it cannot read."""

    def __init__(self, root: str, folder: str = ""):
        """`folder`: where the file lies, from the root; `.preaudit_cache` if empty. Opened on first use."""
        self.root = root
        self.folder = os.path.join(root, folder or FOLDER)
        self.path = os.path.join(self.folder, f"{stamp()}.db")
        self._db = None
        self.off = False
        self._files: dict | None = None
        self._fresh: dict = {}
        self._new_files: dict = {}
        self._new_rows: dict = {}
        self._told: set = set()  # the (content, module) of the summaries that were kept
        self._started = time.time_ns()

    # the database

    def _open(self):
        if self._db is None and not self.off:
            try:
                if not os.path.exists(self.path):
                    return None
                self._db = _sqlite().connect(self.path, timeout=2.0, isolation_level=None)
                self._db.execute("PRAGMA synchronous=OFF")
            except _faults():  # whatever is wrong with the file, the answer is to do without it
                self._give_up()
        return self._db

    def _give_up(self) -> None:
        self.off = True
        if self._db is not None:
            from contextlib import suppress

            with suppress(*_faults()):
                self._db.close()
        self._db = None

    def _query(self, sql: str, arguments=()) -> list:
        database = self._open()
        if database is None:
            return []
        try:
            return database.execute(sql, arguments).fetchall()
        except _faults():
            self._remove_broken()
            return []

    def _remove_broken(self) -> None:
        """Take a corrupt file out of the way, so that the next run starts a new one."""
        self._give_up()
        try:
            with open(self.path, "rb") as stream:
                head = stream.read(16)
            probe = _sqlite().connect(f"file:{self.path}?mode=ro", uri=True, timeout=0.5)
            try:
                sound = head == b"SQLite format 3\0" and probe.execute("PRAGMA quick_check").fetchone() == ("ok",)
            finally:
                probe.close()
        except _faults():
            sound = False
        if not sound:
            try:
                os.unlink(self.path)
            except OSError:
                return

    # files

    def _known(self) -> dict:
        if self._files is None:
            self._files = {row[0]: row[1:] for row in self._query("SELECT path, size, mtime, seen, hash FROM files")}
        return self._files

    def content_hash(self, path: str) -> str:
        """Answer the hash of a root-relative file's bytes, '' if it cannot be read; not opened if it did not change."""
        found = self._fresh.get(path)
        if found is not None:
            return found
        found = ""
        try:
            status = os.stat(os.path.join(self.root, path))
            known = self._known().get(path)
            if known is not None and known[0] == status.st_size and known[1] == status.st_mtime_ns:
                if status.st_mtime_ns < known[2] - RACY and isinstance(known[3], str) and len(known[3]) == 32:
                    found = known[3]
            if not found:
                found = digest(filelist.read_bytes(self.root, path))
                self._new_files[path] = (status.st_size, status.st_mtime_ns, self._started, found)
        except (OSError, ValueError, SourceError):
            found = ""
        self._fresh[path] = found
        return found

    def set_content(self, path: str, data: bytes) -> str:
        """Take bytes that stand for a file (an editor's buffer, standard input) and answer their hash."""
        self._fresh[path] = digest(data)
        return self._fresh[path]

    # records

    def get(self, kind: str, *parts: str):
        """Answer the record kept under this key, None if there is none that is sound."""
        key = self._key(kind, parts)
        data = self._new_rows.get(key)
        if data is None:
            rows = self._query("SELECT data FROM records WHERE key = ?", (key,))
            data = rows[0][0] if rows else None
        return self._decode(data)

    def get_many(self, keys: list) -> dict:
        """Answer {key: record} of those keys, as `key` makes them, that are kept and sound."""
        found: dict = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            for key, data in self._query(f"SELECT key, data FROM records WHERE key IN ({marks})", part):  # noqa: S608
                record = self._decode(data)
                if record is not None:
                    found[key] = record
        for key in keys:
            if key not in found and key in self._new_rows:
                found[key] = self._decode(self._new_rows[key])
        return found

    @staticmethod
    def _decode(data):
        if not isinstance(data, str) or len(data) < 9:
            return None
        body = data[8:]
        if f"{zlib.crc32(body.encode('utf-8', 'surrogatepass')):08x}" != data[:8]:
            return None
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return None

    @staticmethod
    def _key(kind: str, parts) -> str:
        return f"{kind}:{':'.join(parts)}"

    key = _key

    def put(self, kind: str, *parts_and_record) -> None:
        """Keep a record under a key (the last argument is the record); written by `save`."""
        *parts, record = parts_and_record
        try:
            body = dumps(record)
        except (TypeError, ValueError, RecursionError):
            return
        self.put_text(kind, *parts, body)

    def put_text(self, kind: str, *parts_and_text) -> None:
        """Keep a record that is JSON already, as `put` does."""
        *parts, body = parts_and_text
        self._new_rows[self._key(kind, parts)] = f"{zlib.crc32(body.encode('utf-8', 'surrogatepass')):08x}{body}"

    def reopen(self) -> None:
        """Forget the connection of the process that this one was forked from, and what that one will write itself."""
        self._db = None
        self._new_rows, self._new_files = {}, {}

    def pending(self) -> tuple:
        """Answer (rows, files) that are not written yet, and forget them: another process will write them."""
        made = (self._new_rows, self._new_files)
        self._new_rows, self._new_files = {}, {}
        return made

    def put_raw(self, rows: dict, hashes: dict) -> None:
        """Take what another process of this run has made: `pending` of its cache."""
        self._new_rows.update(rows)
        self._new_files.update(hashes)

    def save(self) -> None:
        """Write what is new. A folder or file that cannot be written is left as it is, silently by intent."""
        if self.off or not (self._new_rows or self._new_files):
            return
        try:
            if self._db is None:
                self._make_folder()
                self._db = _sqlite().connect(self.path, timeout=2.0, isolation_level=None)
                self._db.execute("PRAGMA synchronous=OFF")
            database = self._db
            database.execute("BEGIN IMMEDIATE")
            database.execute("CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size, mtime, seen, hash)")
            database.execute("CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, data TEXT) WITHOUT ROWID")
            database.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                [(path, *row) for path, row in self._new_files.items()],
            )  # fmt: skip
            database.executemany("INSERT OR REPLACE INTO records VALUES (?, ?)", list(self._new_rows.items()))
            database.execute("COMMIT")
            self._new_rows, self._new_files = {}, {}
            if os.path.getsize(self.path) > MAX_DATABASE:
                self._give_up()
                os.unlink(self.path)
        except _faults():  # no cache is written in a read-only tree; the result does not depend on it
            self._give_up()

    def _make_folder(self) -> None:
        os.makedirs(self.folder, exist_ok=True)
        ignore = os.path.join(self.folder, ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w", encoding="ascii") as stream:
                stream.write("*\n")
        for name in os.listdir(self.folder):
            # what an older preaudit left behind
            full = os.path.join(self.folder, name)
            if name.endswith(".db") and full != self.path and time.time() - os.stat(full).st_mtime > 7 * 86_400:
                os.unlink(full)

    # what project.py asks

    def summary(self, path: str, module: str) -> dict | None:
        """Answer the kept summary of a module, None if there is none."""
        content = self.content_hash(path)
        return self.summary_of(content, module) if content else None

    def summary_of(self, content: str, module: str) -> dict | None:
        """Answer the kept summary that a module had with this content, None if there is none."""
        found = self.get("s", content, module)
        return found if is_summary(found) else None

    def keep_summary(self, path: str, module: str, summary: dict, texts: tuple | None = None) -> None:
        """Keep the summary of a module whose text was just read, once; `texts`: it and its "outside" as JSON."""
        content = self.content_hash(path)
        if content and (content, module) not in self._told:
            self._told.add((content, module))
            if texts is None:
                self.put("s", content, module, summary)
                self.put("o", content, module, summary["outside"])
            else:
                self.put_text("s", content, module, texts[0])
                self.put_text("o", content, module, texts[1])

    def outside(self, path: str, module: str) -> list | None:
        """Answer the kept assignments to others' attributes that a module makes, None if not known."""
        content = self.content_hash(path)
        found = self.get("o", content, module) if content else None
        return found if isinstance(found, list) else None
