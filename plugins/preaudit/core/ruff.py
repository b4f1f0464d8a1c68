"""Which ruff rules a project's own configuration selects for a file, so that a twin need not say it again.

Read as ruff does: the nearest `.ruff.toml`, `ruff.toml` or `pyproject.toml` with `[tool.ruff]` upwards from the
file, `extend`, `select`, `extend-select`, `ignore`, `extend-ignore`, `per-file-ignores` and what is excluded, in the
`lint` table or, as older versions had it, at the top. The more specific of two selectors wins, and `ignore` wins
where both are alike. Nothing is asked of ruff itself, which need not be installed.
"""

from __future__ import annotations

import tomllib

from preaudit.core.globs import Globs
from preaudit.core.patterns import lazy
from preaudit.core.source import SourceError

FILES = (".ruff.toml", "ruff.toml", "pyproject.toml")
# What every version selects where nothing is said, of the codes that our rules have as twins: until
# 0.16 the default was E4, E7, E9 and F, and since then it is a list of single rules.
DEFAULT = frozenset({"E722"})
MAX_EXTENDS = 10
_CODE = lazy(r"([A-Z]+)(\d*)\Z")
_PREFIXES = {"PL": ("PLC", "PLE", "PLR", "PLW")}


class RuffSettings:
    """The ruff configuration files of one project."""

    def __init__(self, paths, read):
        """`paths`: all root-relative paths; `read(path)` answers a text or raises SourceError."""
        self._read = read
        self.files = {path for path in paths if path.rpartition("/")[2] in FILES}
        self._tables: dict = {}

    def selects(self, code, path):
        """Answer whether ruff reports this code in this file."""
        config = self._nearest(path)
        if config is None:
            return False
        layers = self._layers(config, 0)
        folder = config.rpartition("/")[0]
        inside = path[len(folder) + 1 :] if folder else path
        chosen = code in DEFAULT
        for table in layers:
            lint = table.get("lint") if isinstance(table.get("lint"), dict) else {}
            for key, whole in (("exclude", table), ("extend-exclude", table), ("exclude", lint)):
                if Globs(_words(whole.get(key))).match(inside):
                    return False
            chosen = _chosen(code, table, lint, chosen)
            for key in ("per-file-ignores", "extend-per-file-ignores"):
                found = lint.get(key, table.get(key))
                for pattern, codes in found.items() if isinstance(found, dict) else ():
                    outside = pattern.startswith("!")
                    if Globs((pattern.removeprefix("!"),)).match(inside) is not outside:
                        if any(_reach(selector, code) for selector in _words(codes)):
                            return False
        return chosen and self._reports(code, layers)

    @staticmethod
    def _reports(code, layers):
        """Answer whether the options of a rule let it report all that its twin does."""
        if code != "TID252":
            return True
        ban = "parents"
        for table in layers:
            lint = table.get("lint") if isinstance(table.get("lint"), dict) else {}
            imports = lint.get("flake8-tidy-imports", table.get("flake8-tidy-imports"))
            if isinstance(imports, dict):
                ban = imports.get("ban-relative-imports", ban)
        return ban == "all"

    def state(self):
        """Answer a text that changes whenever what the files say may have changed."""
        return "\n".join(f"{path}\n{self._text(path)}" for path in sorted(self.files))

    def _text(self, path):
        try:
            return self._read(path)
        except (SourceError, UnicodeError):
            return ""

    def _table(self, path):
        """Answer the ruff table of a configuration file, None if it has none or cannot be read."""
        if path not in self._tables:
            try:
                table = tomllib.loads(self._text(path))
            except (tomllib.TOMLDecodeError, RecursionError):
                table = {}
            if path.endswith("pyproject.toml"):
                tool = table.get("tool")
                table = tool.get("ruff") if isinstance(tool, dict) else None
            self._tables[path] = table if isinstance(table, dict) else None
        return self._tables[path]

    def _nearest(self, path):
        """Answer the configuration file that counts for a file, None if there is none."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            for name in FILES:
                config = f"{folder}/{name}" if folder else name
                if config in self.files and self._table(config) is not None:
                    return config
        return None

    def _layers(self, config, depth):
        """Answer the tables that make up a configuration, the one that extends the others last."""
        table = self._table(config) or {}
        base = table.get("extend")
        if not isinstance(base, str) or depth >= MAX_EXTENDS:
            return [table]
        parts = config.split("/")[:-1]
        for step in base.split("/"):
            if step == ".." and parts:
                parts.pop()
            elif step not in ("", "."):
                parts.append(step)
        path = "/".join(parts)
        if path not in self.files:
            self.files.add(path)
        return [*self._layers(path, depth + 1), table]


def _words(value):
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _chosen(code, table, lint, before):
    """Answer whether a code is selected after one more table, given whether it was before."""

    def words(key):
        return _words(lint.get(key, table.get(key)))

    has_select = isinstance(lint.get("select", table.get("select")), list)
    picked = max((_reach(word, code) for word in (*words("select"), *words("extend-select"))), default=0)
    dropped = max((_reach(word, code) for word in (*words("ignore"), *words("extend-ignore"))), default=0)
    if not picked and not dropped:
        return before and not has_select
    return picked > dropped


def _reach(selector, code):
    """Answer how exactly a selector names a code: 0 not at all, 1 by ALL, more the longer it is."""
    if selector == "ALL":
        return 1
    wanted, own = _CODE.match(selector), _CODE.match(code)
    if wanted is None or own is None:
        return 0
    if selector in _PREFIXES:
        return 2 if own[1] in _PREFIXES[selector] else 0
    if wanted[1] != own[1] or not own[2].startswith(wanted[2]):
        return 0
    return 2 + len(selector)
