"""The project around a file: which files it has, which module each is, what another module defines.

Other modules are read on demand, through the cache, as summaries. Everything that a file's answer
depended on is recorded, so that cached findings of one file are dropped when another file changes.
"""

from __future__ import annotations

import json
import os

from preaudit.core import files as filelist
from preaudit.core.patterns import lazy
from preaudit.core.source import SourceError, decode

MARKERS = frozenset({
    "pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt", "Dockerfile", "alembic.ini",
    "Procfile", "Pipfile", "tox.ini", "uv.lock", "poetry.lock", "docker-compose.yml", "compose.yml", "pytest.ini",
})  # fmt: skip
_COMMAND = lazy(r"=\s*[\"']?([A-Za-z_][\w.]*):[A-Za-z_]\w*")
MAX_KEPT = 3_000_000  # characters of source whose trees one process keeps: some 200 MB
MAX_READ = 12_000_000  # characters of other processes' summaries that one keeps read: some 120 MB
EMPTY = {"module": "", "package": False, "names": {}, "stars": [], "all": None, "getattr": True,
         "functions": {}, "classes": {}, "outside": []}  # fmt: skip


class Project:
    """One project: a root folder (or texts in memory) with its Python modules."""

    def __init__(self, root: str, settings=None, cache=None, paths=None, texts=None):
        """`paths`: root-relative paths with `/`, listed on first use if None; `texts`: {path: text} read instead of disk."""
        self.root = root
        self.settings = settings
        self.cache = cache
        self.texts = dict(texts or {})
        self._paths = paths
        self._python: set | None = None
        self._roots: list | None = None
        self._tops: dict = {}
        self._module_dirs: set = set()
        self._packages: set = set()
        self._marked: frozenset = frozenset()
        self._summaries: dict = {}
        self._found: dict = {}
        self._outside: dict | None = None
        self._names: dict = {}
        self._requirements = self._read_requirement = self._ruff = None
        self.asked: set | None = None
        self.parsed: dict = {}
        self.kept_size = 0
        self._commands: set | None = None
        self._raw: dict = {}
        self._read_raw: list = []
        self._read_size = 0
        self._raw_outside: dict = {}
        self.known_outside: dict = {}  # {path: what its summary has under "outside"}, of files that nobody has to read
        self.watch = None  # function(path, summary) -> what `summary` answers in its place

    # files

    @property
    def paths(self) -> list:
        """Answer all files of the project, root-relative."""
        if self._paths is None:
            self._paths = filelist.project_files(self.root, self.settings) if self.root else []
            known = set(self._paths)
            self._paths.extend(path for path in self.texts if path not in known)
        return self._paths

    def _index(self) -> None:
        python = {path for path in self.paths if path.endswith((".py", ".pyi"))}
        self._python = python
        packages = {
            path.rpartition("/")[0] for path in python if path.endswith("/__init__.py") or path == "__init__.py"
        }
        roots = {"": 0}
        for path in self.paths:
            folder, _, name = path.rpartition("/")
            if name in MARKERS or name.startswith("Dockerfile"):
                if folder not in packages:
                    roots.setdefault(folder, 1)
            if folder == "src" or folder.endswith("/src") or "/src/" in path or path.startswith("src/"):
                source = path[: path.index("src/") + 3]
                if source not in packages:
                    roots.setdefault(source, 1)
        self._packages = packages
        self._marked = frozenset(roots)
        for package in packages:
            if package:
                roots.setdefault(self._outermost(package).rpartition("/")[0], 0)
        configured = [root.strip("/").removeprefix("./").replace(".", "", root == ".") for root in
                      getattr(self.settings, "source_roots", None) or ()]  # fmt: skip
        for root in configured:
            roots.setdefault(root, 0)
        self._roots = sorted(roots, key=lambda root: (root not in configured, -len(root), root))
        tops: dict = {}
        dirs: set = set()
        for path in python:
            folder = path.rpartition("/")[0]
            while folder and folder not in dirs:
                dirs.add(folder)
                folder = folder.rpartition("/")[0]
        self._module_dirs = dirs
        by_parent: dict = {}
        for path in python:
            folder, _, name = path.rpartition("/")
            by_parent.setdefault(folder, set()).add(name.rpartition(".")[0])
        for folder in dirs:
            parent, _, name = folder.rpartition("/")
            by_parent.setdefault(parent, set()).add(name)
        for root in self._roots:
            for name in by_parent.get(root, ()):
                tops.setdefault(name, []).append(root)
        self._tops = tops

    def _outermost(self, package: str) -> str:
        """Answer the outermost package around a package folder.

        A folder without `__init__.py` between two packages is a namespace inside the outer one, unless
        a project file says that something of its own begins there.
        """
        top = folder = package
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if folder in self._packages:
                top = folder
            elif folder in self._marked:
                break
        return top

    @property
    def python(self) -> set:
        """Answer the paths of all Python files of the project."""
        if self._python is None:
            self._index()
        return self._python

    @property
    def roots(self) -> list:
        """Answer the source roots: the configured ones, then the longest first."""
        if self._roots is None:
            self._index()
        return self._roots

    def is_own(self, top: str) -> bool:
        """Answer whether a top-level package name is one of the project's own."""
        self._note("own", top)
        if self._python is None:
            self._index()
        return top in self._tops

    def roots_of(self, top: str) -> list:
        """Answer the source roots that have a module or package of this top-level name, [] if none has."""
        return list(self._tops.get(top, ())) if self.is_own(top) else []

    def may_lie_on_disk(self, base: str) -> bool:
        """Answer whether a module that is no file of the project may be there when it is imported (core/files.py)."""
        self._note("disk", base)
        return filelist.may_lie_on_disk(self.root, base)

    def left_out(self, base: str) -> str:
        """Answer the file of a module that lies on disk and is not added to the commit being made (core/files.py)."""
        self._note("disk", base)
        return filelist.left_out(self.root, base)

    def is_folder(self, path: str) -> bool:
        """Answer whether a folder holds Python files, directly or further down."""
        self._note("folder", path)
        if self._python is None:
            self._index()
        return path in self._module_dirs

    def add(self, path: str, text: str | None = None) -> None:
        """Make a file known that is not listed (a new one, an editor's buffer); `text` wins over the disk."""
        if text is not None:
            self.texts[path] = text
            self._summaries.pop(path, None)
        if path not in self.python:
            self._paths.append(path)
            self._index()
            self._found.clear()
            self._names.clear()

    def module_name(self, path: str) -> str:
        """Answer the dotted name under which the project imports a file."""
        name = self._names.get(path)
        if name is None:
            name = self._names[path] = self._module_name(path)
        return name

    def _module_name(self, path: str) -> str:
        if self._python is None:
            self._index()
        stem = path.rpartition(".")[0]
        if stem.endswith("/__init__"):
            stem = stem[: -len("/__init__")]
        elif stem == "__init__":
            return "__init__"
        folder = path.rpartition("/")[0]
        inner = folder
        while inner and inner not in self._packages and inner not in self._marked:
            inner = inner.rpartition("/")[0]
        if inner in self._packages and inner:
            root = self._outermost(inner).rpartition("/")[0]
        else:
            root = next((r for r in self.roots if r and (folder == r or folder.startswith(r + "/"))), "")
        return stem[len(root) + 1 if root else 0 :].replace("/", ".")

    def find(self, dotted: str, near: str = "") -> tuple | None:
        """Answer (path, [names left over]) of the module that a dotted name leads into, None if it is not the project's.

        `near` is the importing file: of several source roots the one that holds it comes first.
        """
        top = dotted.partition(".")[0]
        if self._python is None:
            self._index()
        roots = self._tops.get(top)
        if not roots:
            self._note("module", top)
            return None
        folder = near.rpartition("/")[0]
        if len(roots) > 1:
            if self.watch is not None:
                self._note("paths", "")  # what is found depends on where it is looked for from
            roots = sorted(roots, key=lambda r: (not (folder == r or folder.startswith(r + "/") or r == ""), -len(r)))
        found = self._found_below(dotted, roots)
        self._note("module", dotted)
        return found

    def _found_below(self, dotted: str, roots: list) -> tuple | None:
        key = (dotted, roots[0])
        if key in self._found:
            return self._found[key]
        parent, _, name = dotted.rpartition(".")
        above = self._found_below(parent, roots) if parent else None
        if parent and above is not None:
            home, rest = above
            base = home.removesuffix("/__init__.py") if home.endswith("/__init__.py") else home.rpartition(".")[0]
            folder = "/".join([base, *rest])
            if folder in self._module_dirs:
                # a package, or a folder without __init__.py below one
                found = self._module_at(f"{folder}/{name}")
                if found is None and f"{folder}/{name}" in self._module_dirs:
                    found = self._find(dotted, roots)
                found = found or (home, [*rest, name])
            else:
                # the parent is a module, or a name inside one: nothing of the file system lies below it
                found = (home, [*rest, name])
        else:
            found = self._find(dotted, roots)
        self._found[key] = found
        return found

    def _module_at(self, base: str) -> tuple | None:
        for suffix in ("/__init__.py", ".py", ".pyi"):
            if base + suffix in self._python:
                return (base + suffix, [])
        return None

    def _find(self, dotted: str, roots: list) -> tuple | None:
        parts = dotted.split(".")
        for root in roots:
            best = None
            base = root
            for count, part in enumerate(parts, 1):
                base = f"{base}/{part}" if base else part
                found = self._module_at(base)
                if found is not None:
                    best = (found[0], parts[count:])
                    if not found[0].endswith("/__init__.py"):
                        break
                elif base not in self._module_dirs:
                    break
            if best is not None:
                return best
        return None

    # configuration of others

    @property
    def ruff(self):
        """Answer which rules the project's ruff configuration selects (core/ruff.py)."""
        self._note("ruff", "")
        if self._ruff is None:
            from preaudit.core.ruff import RuffSettings

            self._ruff = RuffSettings(self.paths, self.read)
        return self._ruff

    @property
    def requirements(self):
        """Answer what the project asks for (core/requirements.py)."""
        self._note("requirements", "")
        if self._requirements is None:
            from preaudit.core.requirements import Requirements, read_text

            self._read_requirement = read_text
            self._requirements = Requirements(self.root, self.paths, self._requirement_text)
        return self._requirements

    def _requirement_text(self, path: str) -> str | None:
        if path in self.texts:
            return self.texts[path]
        return self._read_requirement(self.root, path) if self.root else None

    def requirements_state(self) -> str:
        """Answer a text that differs where the project asks for something else."""
        return self.requirements.state()

    # summaries

    def _note(self, kind: str, name: str) -> None:
        if self.asked is not None:
            self.asked.add((kind, name))

    def read(self, path: str) -> str:
        """Answer the text of a project file; SourceError says why it cannot be read."""
        self._note("summary", path)
        if path in self.texts:
            return self.texts[path]
        return decode(filelist.read_bytes(self.root, path))

    def summary(self, path: str) -> dict:
        """Answer the summary of a module; an empty one for a file that cannot be read or parsed."""
        if self.watch is None:
            self._note("summary", path)
        found = self._summaries.get(path)
        if found is None:
            self._summaries[path] = EMPTY
            from preaudit.core.limits import Apart

            try:
                with Apart():
                    found = self._load(path)
            except BaseException:
                self._summaries.pop(path, None)  # it was never read
                raise
            self._summaries[path] = found
        return found if self.watch is None else self.watch(path, found)

    def put(self, path: str, summary: dict) -> None:
        """Take the summary of a file that has just been read anyway."""
        self._summaries[path] = summary
        if path in self._raw:
            self._read_raw.append(path)
            self._read_size += len(self._raw[path])

    def take_raw(self, rows: list) -> None:
        """Take [(path, summary, outside)] of another process, as JSON texts that are read when asked for.

        Of a file whose tree is not kept either, that is all that a process keeps: read, a summary has ten times the size.
        """
        for path, summary, outside in rows:
            self._raw[path] = summary
            self._raw_outside[path] = outside
            if path not in self.parsed:
                self._summaries.pop(path, None)

    def trim(self) -> None:
        """Forget what was read of raw summaries if it is much: between two files nobody needs it."""
        if self._read_size > MAX_READ:
            for path in self._read_raw:
                self._summaries.pop(path, None)
            self._read_raw, self._read_size = [], 0

    @property
    def is_full(self) -> bool:
        """Answer whether there is no room for another tree to keep."""
        return self.kept_size > MAX_KEPT - 200_000

    def keep(self, path: str, size: int, parsed: tuple) -> None:
        """Keep the tree of a file that this process will check soon, within bounds: parsing is the larger half of it."""
        if self.kept_size + size <= MAX_KEPT:
            self.kept_size += size
            self.parsed[path] = parsed

    def _load(self, path: str) -> dict:
        raw = self._raw.get(path)
        if raw is not None:
            self._read_raw.append(path)
            self._read_size += len(raw)
            return json.loads(raw)
        if self.cache is not None and path not in self.texts:
            cached = self.cache.summary(path, self.module_name(path))
            if cached is not None:
                return cached
        import ast

        from preaudit.core.tree import walk

        try:
            tree = ast.parse(self.read(path))
        except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
            return EMPTY
        by_type = walk(tree)
        made = self.summarise(path, by_type)[0]
        if self.cache is not None and path not in self.texts:
            self.cache.keep_summary(path, self.module_name(path), made)
        return made

    def summarise(self, path: str, by_type: dict) -> tuple:
        """Answer (summary, Exprs) of a file whose tree has been walked."""
        from preaudit.core.exprs import Exprs
        from preaudit.core.names import Names
        from preaudit.core.summary import summarise

        is_package = path.endswith(("/__init__.py", "/__init__.pyi")) or path == "__init__.py"
        exprs = Exprs(Names(by_type, self.module_name(path), is_package))
        return summarise(by_type, exprs, is_package), exprs

    def outside(self, attribute: str) -> list:
        """Answer [(path, base, value)] of all places of the project that set this attribute from outside."""
        self._note("outside", attribute)
        return self._all_outside().get(attribute, [])

    def outside_names(self) -> frozenset:
        """Answer the attributes that some module of the project sets on an object of another one."""
        self._note("outside", "")
        return frozenset(self._all_outside())

    def _all_outside(self) -> dict:
        if self._outside is None:
            found: dict = {}
            for path in sorted(self.python):
                for base, name, value in self._outside_of(path):
                    found.setdefault(name, []).append((path, base, value))
            self._outside = found
        return self._outside

    def _outside_of(self, path: str) -> list:
        if path in self._summaries:
            return self._summaries[path]["outside"]
        if path in self.known_outside:
            return self.known_outside[path]
        if path in self._raw_outside:
            return json.loads(self._raw_outside[path])
        if self.cache is not None and path not in self.texts:
            cached = self.cache.outside(path, self.module_name(path))
            if cached is not None:
                return cached
        # a module that no attribute assignment from outside can come from is not parsed for it
        (asked, self.asked), (watch, self.watch) = (self.asked, None), (self.watch, None)
        try:
            return self.summary(path)["outside"]
        finally:
            self.asked, self.watch = asked, watch

    def is_console_script(self, module: str) -> bool:
        """Answer whether the project's packaging names a module as a command: `shop = "shop.start:main"`."""
        if self._commands is None:
            self._commands = set()
            for name in ("pyproject.toml", "setup.py", "setup.cfg"):
                if name in self.texts or (self.root and os.path.isfile(os.path.join(self.root, name))):
                    try:
                        text = self.read(name)
                    except (SourceError, UnicodeError):
                        continue
                    self._commands.update(hit[1] for hit in _COMMAND.finditer(text))
        return module in self._commands

    @property
    def name(self) -> str:
        """Answer the name of the root folder."""
        return os.path.basename(self.root.rstrip("/"))
