"""The one table of what `[tool.preaudit]` may say.

Validation, the attributes of `Settings`, the JSON schema and docs/configuration.md come from this
table: a new option is one entry here and its name in the rule's `options=`.
"""

from __future__ import annotations

from collections import namedtuple

from preaudit.core.finding import SEVERITIES

Option = namedtuple("Option", "name kind default doc choices result")
Option.__doc__ = """One key of [tool.preaudit].

`kind`: boolean; integer (`choices` holds least and greatest); string (`choices` where closed); strings,
words (selections), globs, names (dotted); words-by-glob, specs (tables). `result`: whether it can change
what is found, and so is part of the settings' fingerprint.
"""

EXCLUDED = (
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".idea", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".preaudit_cache", ".pyenv", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__",
    "__pypackages__", "_build", "buck-out", "build/", "dist/", "env/", "node_modules", "site-packages", "venv", "*.egg-info",
)  # fmt: skip
# of these the names that are a package's own where they stand inside one: a build writes beside packages
INNER = frozenset({"build", "dist", "env"})
TESTS = (
    "test_*.py", "*_test.py", "conftest.py", "tests.py", "tests/", "test/", "e2e/", "cypress/", "behave/", "mocks/",
)  # fmt: skip
MIGRATIONS = ("alembic/", "migrations/")
VENDORED = ("vendor/", "_vendor/", "vendored/", "third_party/", "extern/")
GENERATED = ("*_pb2.py", "*_pb2_grpc.py", "*_generated.py", "_version.py")
HEAVY = (
    "cv2", "datasets", "jax", "keras", "matplotlib", "nltk", "onnxruntime", "openvino", "pandas", "scipy", "sklearn",
    "spacy", "tensorflow", "torch", "torchvision", "transformers",
)  # fmt: skip
HEALTH = ("health", "healthz", "healthcheck", "health-check", "live", "livez", "liveness", "ping", "status")
READY = ("ready", "readyz", "readiness")


def _option(name, kind, default, doc, choices=(), result=True):
    return Option(name, kind, default, doc, choices, result)


OPTIONS = (
    _option("select", "words", (), "What runs, in place of the default codes: codes, prefixes, rule names, areas, "
            "severities, or the presets `default`, `audit` and `all`."),
    _option("extend-select", "words", (), "What runs besides."),
    _option("ignore", "words", (), "What does not run. Where a selecting and an ignoring word name the same code, the "
            "more specific word wins."),
    _option("per-file-ignores", "words-by-glob", {}, "What is not reported in which files, by file pattern."),
    _option("exclude", "globs", EXCLUDED, "Files and folders that are not read; replaces the default list. Of the default, "
            "`build`, `dist` and `env` are read where they lie in a package, beside an `__init__.py`.", result=False),
    _option("extend-exclude", "globs", (), "Files and folders that are not read either.", result=False),
    _option("respect-gitignore", "boolean", True, "Leave out what git ignores.", result=False),
    _option("force-exclude", "boolean", False, "Leave out excluded files even where they are named on the command "
            "line, as pre-commit names them.", result=False),
    _option("fail-on", "string", "low", "The lowest severity that makes the exit status 1.", tuple(SEVERITIES), False),
    _option("source-roots", "globs", (), "Folders that are on the import path. Found by themselves where left empty: "
            "the project root, `src`, and what the project file names."),
    _option("test-files", "globs", TESTS, "Files that are tests; most rules do not run there."),
    _option("migration-files", "globs", MIGRATIONS, "Files that are database migrations."),
    _option("vendored", "globs", VENDORED, "Files of others that are kept in the project; nothing is reported there. Unless it is given, "
            "what `.gitattributes` marks as `linguist-vendored` counts too, but for patterns of a whole language."),
    _option("generated", "globs", GENERATED, "Files that a program writes; nothing is reported there. Unless it is given, what "
            "`.gitattributes` marks as `linguist-generated` counts too."),
    _option("knowledge", "specs", {}, "What functions and methods of your own or of an unknown library do: dotted name "
            "to a spec such as `network -> acme.Reply`, `async free`, `database`."),
    _option("reporters", "names", (), "Functions that count as logging an exception, by dotted name or last part."),
    _option("defer-to-ruff", "boolean", False, "Leave a finding to ruff where the project's ruff configuration selects "
            "its twin."),
    _option("baseline", "string", "preaudit-baseline.json", "The file of accepted findings, relative to the project "
            "root.", result=False),
    _option("cache-dir", "string", ".preaudit_cache", "The folder of the cache, relative to the project root.",
            result=False),
    _option("require-reason", "boolean", False, "Report a suppression comment that gives no reason (AUD998)."),
    _option("relative-imports", "string", "never", "Which relative imports AUD101 reports: `never` allows none, "
            "`parents` allows those within the package, `mixed` allows them in packages that use no absolute import of "
            "themselves.", ("never", "parents", "mixed")),
    _option("wildcard-reexports", "boolean", False, "Allow `from .module import *` in an `__init__.py` where the "
            "module defines `__all__` (AUD102)."),
    _option("heavy-libraries", "names", HEAVY, "Libraries that are slow to import (AUD104)."),
    _option("database", "string", "", "The database server, where no URL tells; MySQL indexes foreign keys by itself "
            "(AUD011).", ("", "postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql")),
    _option("small-tables", "strings", (), "Tables that stay small and need no index (AUD012)."),
    _option("database-connections", "integer", 0, "How many connections the database server accepts; 0 if unknown "
            "(AUD016).", (0, 1_000_000)),
    _option("externally-consumed-queues", "strings", (), "Queues that a worker of another project consumes (AUD212)."),
    _option("externally-fed-queues", "strings", (), "Queues that a producer of another project feeds (AUD212)."),
    _option("external-tasks", "strings", (), "Names of tasks that another project registers (AUD213)."),
    _option("max-tasks-per-child", "integer", 1000, "The largest `worker_max_tasks_per_child` that counts as recycling "
            "(AUD215).", (1, 1_000_000)),
    _option("max-tasks-per-gpu-child", "integer", 50, "The same for workers that load GPU or machine learning "
            "libraries (AUD215).", (1, 1_000_000)),
    _option("bounded-strings", "boolean", False, "Report plain strings without `max_length` in request models too "
            "(AUD505)."),
    _option("health-paths", "strings", HEALTH, "Last path segments of a health route (AUD510, AUD511)."),
    _option("readiness-paths", "strings", READY, "Last path segments of a readiness route (AUD514)."),
    _option("long-function", "integer", 100, "Lines from which a function is long (AUD805).", (10, 10_000)),
)  # fmt: skip

BY_NAME = {option.name: option for option in OPTIONS}


def attribute(name):
    """Answer the attribute of `Settings` that holds this option."""
    return name.replace("-", "_")


def problem(option, value):
    """Answer what is wrong with a value for an option, '' if nothing is."""
    return _CHECKS[option.kind](option, value)


def _boolean(option, value):
    return "" if isinstance(value, bool) else f"is {_kind(value)}; write true or false"


def _integer(option, value):
    least, greatest = option.choices
    if not isinstance(value, int) or isinstance(value, bool):
        return f"is {_kind(value)}; write a whole number"
    return "" if least <= value <= greatest else f"is {value}; write a number from {least} to {greatest}"


def _string(option, value):
    if not isinstance(value, str):
        return f"is {_kind(value)}; write a string"
    if option.choices and value not in option.choices:
        return f"is {value!r}; write one of {', '.join(repr(choice) for choice in option.choices)}"
    return "" if value.strip() or "" in option.choices else "is empty"


def _strings(option, value):
    if not isinstance(value, list | tuple):
        return f"is {_kind(value)}; write a list of strings"
    for entry in value:
        if not isinstance(entry, str):
            return f"holds {_kind(entry)}; write a list of strings"
        if not entry.strip():
            return "holds an empty string"
    return ""


def _words_by_glob(option, value):
    if not isinstance(value, dict):
        return f"is {_kind(value)}; write a table of file pattern = list of codes"
    for pattern, words in value.items():
        wrong = _strings(option, words)
        if wrong:
            return f"{pattern!r} {wrong}"
    return ""


def _specs(option, value):
    from preaudit.knowledge import parse_spec

    if not isinstance(value, dict):
        return f"is {_kind(value)}; write a table of dotted name = spec"
    for name, spec in value.items():
        if not isinstance(spec, str):
            return f"{name!r} is {_kind(spec)}; quote the dotted name and write a spec such as 'network'"
        if not all(part.isidentifier() for part in name.split(".")) or "." not in name:
            return f"{name!r} is no dotted name"
        try:
            parse_spec(spec)
        except ValueError:
            return f"{name!r} is {spec!r}; write an effect such as 'network', 'database' or 'async free'"
    return ""


_CHECKS = {
    "boolean": _boolean, "integer": _integer, "string": _string, "strings": _strings, "words": _strings,
    "globs": _strings, "names": _strings, "words-by-glob": _words_by_glob, "specs": _specs,
}  # fmt: skip


def _kind(value):
    """Answer a value's kind in the words of TOML."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or time")


__all__ = ["BY_NAME", "OPTIONS", "Option", "attribute", "problem"]
