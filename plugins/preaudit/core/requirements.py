"""Which versions of a library the project asks for: requirements files, pyproject, setup files and locks.

Read on the first question, and only the files that mention the library are parsed. A file that cannot
be read or parsed says nothing: what is wrong with it is another tool's business. Nothing is executed.
"""

from __future__ import annotations

import os
import re
from collections import namedtuple

from preaudit.core.patterns import lazy

LIMIT = 8 << 20  # bytes of one file; a lock of a large project has some 2 MB
MAX_FILES = 60
DEPTH = 8  # of `-r other.txt`

LOCKS = ("poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")
DECLARATIONS = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
LISTS = lazy(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in)|constraints[\w.-]*\.txt)$"
)
# Files and groups whose packages production does not need.
ASIDE = lazy(r"dev|test|lint|doc|ci\b|optional|extra|typing|type|tool|bench|constraint|style|check", re.I)

NAME = lazy(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*\(?\s*([^;#@)]*)")
CLAUSE = lazy(r"(===|==|~=|!=|>=|<=|\^|~|>|<)?\s*v?(\d+(?:\.\d+)*)(\.\*)?")
INCLUDE = lazy(r"\s*(-r|--requirement|-c|--constraint)[\s=]+(\S+)")


class Bounds(namedtuple("Bounds", "low high exact")):
    """The versions of a library that can be installed, as tuples of numbers.

    `low`: the least, () if unbounded. `high`: the first that is too great, () if unbounded. `exact`:
    whether one version is pinned or locked, which is then `low`.
    """

    __slots__ = ()

    def at_least(self, *version):
        """Answer whether every version that can be installed is this one or newer."""
        return bool(self.low) and _padded(self.low) >= _padded(version)

    def below(self, *version):
        """Answer whether every version that can be installed is older than this one."""
        if self.exact:
            return _padded(self.low) < _padded(version)
        return bool(self.high) and _padded(self.high) <= _padded(version)


class Requirements:
    """What a project asks for. `paths`: its files, root-relative, with `/`; those at its root where left out."""

    __slots__ = ("_root", "_paths", "_read", "_texts", "_found", "_demanded")

    def __init__(self, root, paths=None, read=None):
        """`read`: function(path) -> text or None, in place of the disk."""
        self._root, self._paths = root, paths
        self._read = read or (lambda path: read_text(root, path))
        self._texts = self._demanded = None
        self._found: dict = {}

    def version_bounds(self, name):
        """Answer the Bounds of a library by its name on the package index; None if no file mentions it.

        A lock is believed before a declaration. Where several files speak, whatever one of them allows
        can be installed.
        """
        name = normalized(name)
        if name not in self._found:
            self._found[name] = self._bounds(name)
        return self._found[name]

    def demands(self, name, near=""):
        """Answer whether a file's project cannot be installed without a library: no extra, no development tool.

        `near`: the root-relative file that asks; what a sister folder asks for does not concern it.
        """
        if self._demanded is None:
            self._demanded = {
                (found, _folder(path))
                for path, text in self.texts().items()
                for found, _, aside in _entries(path, text, self.texts())
                if not aside
            }
        name = normalized(name)
        return any(found == name and near.startswith(folder) for found, folder in self._demanded)

    def texts(self):
        """Answer {path: text} of the files that declare or lock."""
        if self._texts is None:
            wanted = self._paths if self._paths is not None else self._at_root()
            chosen = [
                path for path in wanted if LISTS.search(path) or path.rpartition("/")[2] in (*LOCKS, *DECLARATIONS)
            ]
            chosen.sort(key=lambda path: (path.count("/"), path))
            texts = ((path, self._read(path)) for path in chosen[:MAX_FILES])
            self._texts = {path: text for path, text in texts if text}
        return self._texts

    def _bounds(self, name):
        pattern = re.compile(re.sub(r"-", r"[-_.]+", re.escape(name).replace(r"\-", "-")), re.I)
        locked, declared = [], []
        for path, text in self.texts().items():
            if not pattern.search(text):
                continue
            into = locked if path.rpartition("/")[2] in LOCKS else declared
            into += [spec for found, spec, _ in _entries(path, text, self.texts()) if found == name]
        every = [bounds_of(spec) for spec in locked or declared]
        if not every:
            return None
        pinned = [bounds for bounds in every if bounds.exact]
        if not locked and pinned:  # `redis` in pyproject and `redis==5.0.1` in the frozen list: the list is installed
            every = pinned
        low = min((bounds.low for bounds in every), key=_padded)
        high = () if any(not bounds.high for bounds in every) else max((bounds.high for bounds in every), key=_padded)
        return Bounds(low, high, all(bounds.exact for bounds in every) and len({bounds.low for bounds in every}) == 1)

    def _at_root(self):
        found = []
        for folder in ("", "requirements"):
            try:
                names = os.listdir(os.path.join(self._root, folder))
            except OSError:
                continue
            found += [f"{folder}/{name}" if folder else name for name in names]
        return found

    def state(self):
        """Answer a short text that differs where a file that declares or locks does."""
        from preaudit.core.cache import digest

        return digest(repr(sorted(self.texts().items())).encode("utf-8", "surrogatepass"))


def _folder(path):
    """Answer the folder, with its slash, that a requirements file speaks for; '' for the root."""
    folder = path.rpartition("/")[0].removesuffix("requirements").rstrip("/")
    return f"{folder}/" if folder else ""


def read_text(root, path):
    """Answer the text of a root-relative file, None if it cannot be read or is too large."""
    try:
        with open(os.path.join(root, path), "rb") as file:
            data = file.read(LIMIT + 1)
    except OSError:
        return None
    if len(data) > LIMIT:
        return None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"  # PowerShell's `>` writes UTF-16
    return data.decode(encoding, "replace")


def requirements(root, paths=None, read=None):
    """Answer the Requirements of a project."""
    return Requirements(root, paths, read)


def normalized(name):
    """Answer a library's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bounds_of(spec):
    """Answer the Bounds of a specifier such as `>=4,<6`, `==5.*`, `^4.5` or `~=4.5.1`; unbounded if it is none."""
    low, high, exact = (), (), False
    if "|" in spec:  # poetry's alternatives
        return Bounds(low, high, exact)
    for clause in spec.partition(" --")[0].split(","):
        hit = CLAUSE.match(clause.strip())
        if hit is None:
            continue
        operator, digits, star = hit[1] or "", hit[2], hit[3]
        version = tuple(int(part) for part in digits.split(".")[:6] if len(part) < 10)
        if not version:
            continue
        if operator in ("==", "===", "") and not star:
            low, high, exact = version, (*version, 1), True
        elif operator in ("==", "", "==="):
            low, high = version, _next(version, len(version))
        elif operator == ">=" or operator == ">":
            low = max(low, version)
        elif operator == "~=":
            low, high = max(low, version), _next(version, max(len(version) - 1, 1))
        elif operator == "^":
            places = next((place for place, part in enumerate(version, 1) if part), len(version))
            low, high = version, _next(version, places)
        elif operator == "~":
            low, high = version, _next(version, min(len(version), 2))
        elif operator == "<":
            high = min(high, version) if high else version
        elif operator == "<=":
            high = min(high, (*version, 1)) if high else (*version, 1)
    return Bounds(low, high, exact)


def _next(version, places):
    return (*version[: places - 1], version[places - 1] + 1)


def _padded(version):
    return (*version, 0, 0, 0, 0)[:4]


def _entries(path, text, texts):
    """Yield (normalized name, specifier, whether production does without it) of one file; nothing if it is broken."""
    name = path.rpartition("/")[2]
    try:
        if name.endswith((".txt", ".in")):
            yield from _list_entries(path, text, texts, set())
        elif name == "setup.py":
            yield from _setup_entries(text)
        elif name == "setup.cfg":
            yield from _cfg_entries(text)
        elif name == "Pipfile.lock":
            yield from _pipfile_lock_entries(text)
        else:
            import tomllib

            yield from _toml_entries(name, tomllib.loads(text))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, SyntaxError, MemoryError):
        return  # a broken file says nothing; ValueError covers what TOML, JSON and ast raise


def _requirement(line, aside):
    """Answer the entry of a line such as `redis[hiredis]>=4,<6 ; python_version > "3"`, None if it is none."""
    hit = NAME.match(line)
    return (normalized(hit[1]), hit[2], aside) if hit else None


def _list_entries(path, text, texts, seen):
    if path in seen or len(seen) > DEPTH:
        return
    seen.add(path)
    name = path.rpartition("/")[2]
    aside = bool(ASIDE.search(name))
    for line in text.replace("\\\n", " ").splitlines():
        include = INCLUDE.match(line)
        if include:
            other = os.path.normpath(os.path.join(os.path.dirname(path), include[2])).replace(os.sep, "/")
            if other in texts and not other.startswith(".."):
                for found, spec, _ in _list_entries(other, texts[other], texts, seen):
                    yield found, spec, aside or include[1] in ("-c", "--constraint")
            continue
        line = line.strip()
        if line and line[0] not in "#-./" and "://" not in line.partition("#")[0].partition("@")[0]:
            entry = _requirement(line, aside)
            if entry:
                yield entry


def _setup_entries(text):
    import ast

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg in ("install_requires", "extras_require"):
            aside = node.arg == "extras_require"
            for constant in ast.walk(node.value):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    entry = _requirement(constant.value, aside)
                    if entry:
                        yield entry


def _cfg_entries(text):
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except Error:
        return
    blocks = [(parser.get("options", "install_requires", fallback=""), False)]
    if parser.has_section("options.extras_require"):
        blocks += [(value, True) for _, value in parser.items("options.extras_require")]
    for block, aside in blocks:
        for line in block.splitlines():
            entry = _requirement(line, aside) if line.strip() and not line.strip().startswith("#") else None
            if entry:
                yield entry


def _pipfile_lock_entries(text):
    import json

    data = json.loads(text)
    for section in ("default", "develop"):
        for name, entry in data.get(section, {}).items():
            yield normalized(name), entry.get("version", ""), True


def _toml_entries(file, data):
    if file in LOCKS:
        for package in data.get("package", data.get("packages", ())):
            yield normalized(package["name"]), "==" + str(package.get("version", "")), True
        return
    if file == "Pipfile":
        tables = [(data.get("packages", {}), False), (data.get("dev-packages", {}), True)]
    else:
        project, tool = data.get("project", {}), data.get("tool", {})
        poetry = tool.get("poetry", {})
        lists = [(project.get("dependencies", ()), False)]
        lists += [(group, True) for group in project.get("optional-dependencies", {}).values()]
        lists += [(group, True) for group in data.get("dependency-groups", {}).values()]
        lists += [(group, True) for group in tool.get("pdm", {}).get("dev-dependencies", {}).values()]
        lists.append((tool.get("uv", {}).get("dev-dependencies", ()), True))
        for group, aside in lists:
            for line in group:
                entry = _requirement(line, aside) if isinstance(line, str) else None
                if entry:
                    yield entry
        tables = [(poetry.get("dependencies", {}), False), (poetry.get("dev-dependencies", {}), True)]
        tables += [(group.get("dependencies", {}), True) for group in poetry.get("group", {}).values()]
    for table, aside in tables:
        for name, value in table.items():
            for one in value if isinstance(value, list) else (value,):
                optional = isinstance(one, dict) and bool(one.get("optional"))
                spec = one.get("version", "") if isinstance(one, dict) else one
                yield normalized(name), str(spec), aside or optional


__all__ = ["Bounds", "Requirements", "bounds_of", "normalized", "read_text", "requirements"]
