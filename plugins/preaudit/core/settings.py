"""What the project says about itself: `[tool.preaudit]` in pyproject.toml, or preaudit.toml.

Found upwards from where a run starts, never above the repository. Everything is validated once, and
all errors are told together.
"""

from __future__ import annotations

import os
import re

from preaudit.core.globs import Globs
from preaudit.core.options import BY_NAME, INNER, OPTIONS, attribute, problem
from preaudit.core.patterns import lazy

OWN_FILE, SHARED_FILE = "preaudit.toml", "pyproject.toml"
PROJECT_FILES = (SHARED_FILE, "setup.cfg", "setup.py")
LIMIT = 1 << 20  # a configuration file larger than this is none

# Whether a pyproject can hold our table at all: reading TOML costs as much as starting Python.
OURS = lazy(r"""^\s*\[\s*["']?tool["']?\s*\.\s*["']?preaudit\b|tool\.preaudit\b|^\s*["']?preaudit["']?\s*[.=]""", re.M)

NAMES = tuple(attribute(option.name) for option in OPTIONS)


class SettingsError(ValueError):
    """A configuration that is not right; `errors` holds one message an error."""

    def __init__(self, errors):
        """Make the error of these messages."""
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))


class Settings:
    """The options, as attributes with `_` for `-`, and where they come from.

    `root`: the project's folder, absolute. `source`: the file they were read from, '' if none.
    `given`: the names of the options that were given.
    """

    __slots__ = (*NAMES, "root", "source", "given", "_globs", "_fingerprint", "_marked", "_packages")

    def __init__(self, values=None, root="", source=""):
        """Hold these options (names as in the file) over the defaults; SettingsError names all errors."""
        values = values or {}
        errors = validate(values, source)
        if errors:
            raise SettingsError(errors)
        self.root, self.source, self.given = root, source, frozenset(values)
        self._globs, self._packages, self._fingerprint, self._marked = {}, {}, None, None
        for option in OPTIONS:
            value = values.get(option.name, option.default)
            setattr(self, attribute(option.name), tuple(value) if isinstance(value, list) else value)

    def globs(self, name):
        """Answer the patterns of an option, ready to match root-relative paths."""
        found = self._globs.get(name)
        if found is None:
            found = self._globs[name] = Globs(getattr(self, attribute(name)))
        return found

    def is_excluded(self, path, folder=False):
        """Answer whether this root-relative path is left out by `exclude` or `extend-exclude`."""
        if self.globs("extend-exclude").match(path, folder):
            return True
        return self.globs("exclude").match(path, folder) and (
            "exclude" in self.given or not self._is_inner(path, folder)
        )

    def _is_inner(self, path, folder):
        """Answer whether a path is excluded only by a default that means what a build writes, and is inside a package."""
        parts = path.split("/")
        at = [place for place, part in enumerate(parts) if place and part in INNER]
        if not at or self.globs("exclude").match("/".join("_" if n in at else p for n, p in enumerate(parts)), folder):
            return False
        for place in at:
            around = os.path.join(self.root, *parts[:place], "__init__.py")
            if around not in self._packages:
                self._packages[around] = bool(self.root) and os.path.isfile(around)
            if not self._packages[around]:
                return False
        return True

    def is_test(self, path):
        """Answer whether this root-relative path is a test."""
        return self.globs("test-files").match(path)

    def is_migration(self, path):
        """Answer whether this root-relative path is a migration by its place."""
        return self.globs("migration-files").match(path)

    def is_foreign(self, path):
        """Answer whether this root-relative path is vendored or generated: nobody here edits it."""
        if self.globs("vendored").match(path) or self.globs("generated").match(path):
            return True
        marked = self.marked
        return bool(marked.rows) and any(
            name not in self.given and marked.match(path, name) for name in ("vendored", "generated")
        )

    @property
    def marked(self):
        """Answer what the project's `.gitattributes` marks; where an option says which files are foreign, that counts."""
        if self._marked is None or self._marked[0] != self.root:
            from preaudit.core.attributes import Marked, marked

            self._marked = (self.root, marked(self.root) if self.root else Marked(""))
        return self._marked[1]

    def ignores(self, path):
        """Answer [(pattern, words)] of the per-file ignores that match this root-relative path."""
        found = []
        for pattern, words in self.per_file_ignores.items():
            key = ("per-file-ignores", pattern)
            globs = self._globs.get(key)
            if globs is None:
                globs = self._globs[key] = Globs((pattern,))
            if globs.match(path):
                found.append((pattern, tuple(words)))
        return found

    def words(self):
        """Answer [(option, word)] of every selection word, to be checked against the registry."""
        plain = [
            (name, word) for name in ("select", "extend-select", "ignore") for word in getattr(self, attribute(name))
        ]
        return plain + [("per-file-ignores", word) for words in self.per_file_ignores.values() for word in words]

    def check_words(self, registry):
        """Raise SettingsError if a selection word names nothing in this registry."""
        from preaudit.core.selection import describe, unknown_words

        errors = []
        for option, word in self.words():
            for unknown, near in unknown_words((word,), registry):
                errors.append(_place(self.source, option) + describe(unknown, near))
        if errors:
            raise SettingsError(errors)

    @property
    def fingerprint(self):
        """Answer a text that differs where the settings can change what is found; '' for the defaults."""
        if self._fingerprint is None:
            changed = [
                (option.name, _plain(getattr(self, attribute(option.name))))
                for option in OPTIONS
                if option.result and getattr(self, attribute(option.name)) != option.default
            ]
            if self.marked.rows:
                changed.append((".gitattributes", self.marked.words()))
            self._fingerprint = ""
            if changed:
                from preaudit.core.cache import digest

                self._fingerprint = digest(repr(changed).encode())
        return self._fingerprint

    def with_values(self, values, source="command line"):
        """Answer these settings with some options replaced; SettingsError if one is not right."""
        errors = validate(values, source)
        if errors:
            raise SettingsError(errors)
        merged = {name: getattr(self, attribute(name)) for name in self.given}
        return Settings({**merged, **values}, self.root, self.source)


def load(start, isolated=False, config="", kept=None):
    """Answer the settings for a run that starts in this folder (or at this file).

    `isolated` reads no configuration file; `config` names one, whatever lies around it. `kept`: function(root, text,
    own, read) -> what `read(text, own)` answers or answered before. SettingsError if the file cannot be read, is no
    TOML, or holds what is not right.
    """
    if config:
        values, found = _values(config)
        if found is None:
            raise SettingsError([f"{config}: there is no [tool.preaudit] in it"])
        return Settings(values, find_root(start), config)
    root = find_root(start)
    if not isolated:
        for name in (OWN_FILE, SHARED_FILE):
            path = os.path.join(root, name)
            values, found = _values(path, kept and (lambda *arguments: kept(root, *arguments)))
            if found:
                return Settings(values, root, path)
    return Settings({}, root)


def find_root(start):
    """Answer the project's folder for a start: nearest configuration, repository, project file, itself."""
    folder = os.path.abspath(start)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    project = ""
    for place in _upwards(folder):
        text = _text(os.path.join(place, SHARED_FILE))
        configured = os.path.isfile(os.path.join(place, OWN_FILE)) or (text and OURS.search(text))
        if configured or os.path.exists(os.path.join(place, ".git")):
            return project if project and project != place and _is_ignored(place, project) else place
        if not project and any(os.path.exists(os.path.join(place, name)) for name in PROJECT_FILES):
            project = place
    return project or folder


def _is_ignored(repository, folder):
    """Answer whether a repository ignores a folder in it that is a project of its own: a fetched one, say."""
    from preaudit.core.files import run_git

    return run_git(repository, "check-ignore", "-q", folder) is not None


def validate(values, source=""):
    """Answer the messages about a table of options, [] if all is right; every error, not the first."""
    if not isinstance(values, dict):
        return [f"{source or 'settings'}: [tool.preaudit] is no table"]
    errors = []
    for name, value in values.items():
        option = BY_NAME.get(name)
        if option is None:
            errors.append(_place(source, name) + f"{name} is no option" + _did_you_mean(name))
            continue
        wrong = problem(option, value)
        if wrong:
            errors.append(_place(source, name) + f"{name} {wrong}")
    return errors


def _upwards(folder):
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _text(path):
    """Answer the text of a configuration file; None if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(LIMIT).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        if os.path.isdir(path):
            return None
        raise SettingsError([f"{path}: cannot be read: {error.strerror}"]) from error


def _table(text, own):
    """Answer what a TOML text holds of ours, None if nothing; ValueError or RecursionError if it is no TOML."""
    import tomllib

    data = tomllib.loads(text)
    tool = data.get("tool")
    table = tool.get("preaudit") if isinstance(tool, dict) else None
    return data if table is None and own else table


def _values(path, kept=None):
    """Answer (our table, whether the file is our configuration); found is None without a table of ours."""
    text = _text(path)
    own = os.path.basename(path) != SHARED_FILE
    if text is None or not (own or OURS.search(text)):
        return {}, None
    text = text.removeprefix("\ufeff")
    try:
        table = kept(text, own, _table) if kept else _table(text, own)
    except (ValueError, RecursionError) as error:
        raise SettingsError([f"{path}: not valid TOML: {error}"]) from error
    if table is None:
        return {}, None
    if not isinstance(table, dict):
        raise SettingsError([f"{path}: [tool.preaudit] is no table"])
    return table, True


def _place(source, name):
    """Answer `file:line: ` of an option in its file, as far as both can be told."""
    if not source:
        return ""
    text = _text(source) if os.path.isfile(source) else None
    if text:
        key = re.compile(rf"""^[\t ]*(?:\[\s*tool\.preaudit\.)?["']?{re.escape(name)}["']?\s*[\].=]""", re.M)
        start = 0 if os.path.basename(source) != SHARED_FILE else max(text.find("[tool.preaudit"), 0)
        hit = key.search(text, start)
        if hit:
            return f"{source}:{text.count(chr(10), 0, hit.start()) + 1}: "
    return f"{source}: "


def _did_you_mean(name):
    from difflib import get_close_matches

    near = get_close_matches(name.replace("_", "-").lower(), BY_NAME, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _plain(value):
    """Answer a value with a settled order, for the fingerprint."""
    return sorted((key, _plain(inner)) for key, inner in value.items()) if isinstance(value, dict) else value


__all__ = ["Settings", "SettingsError", "find_root", "load", "validate"]
