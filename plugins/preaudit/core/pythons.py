"""Which Python a project is written for, asked where a file cannot be parsed: the one that runs may be too old for it."""

from __future__ import annotations

import sys

from preaudit.core.patterns import lazy
from preaudit.core.requirements import bounds_of
from preaudit.core.source import SourceError

_SETUP = lazy(r"""\bpython_requires\s*=\s*["']?([^"'\n]+)""")
_TARGET = lazy(r"""^\s*target-version\s*=\s*["']py3(\d+)["']""", 8)  # re.MULTILINE
_PINNED = lazy(r"\s*(?:cpython-?|python-?)?(\d+\.\d+)")
_WORDS = lazy(r"; the project is written for Python (\d+\.\d+), so run preaudit under that$")
# What no newer Python takes either: indentation and brackets were always read like this.
_NEVER = ("unmatched ", "unindent ")


def written_for(project, path: str) -> tuple:
    """Answer the least version of Python, (3, 12), that the project around a root-relative file names; () if it names none.

    The nearest folder upwards that says so counts: `requires-python` of pyproject.toml (Poetry's too), `python_requires`
    of setuptools, else what ruff, black or mypy are told to expect, else .python-version.
    """
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        prefix = f"{folder}/" if folder else ""
        for name, read in _READERS:
            text = _text(project, prefix + name)
            found = read(text) if text else ()
            if found:
                return found
    return ()


def unparsed(project, path: str, error: SyntaxError) -> str:
    """Answer what to say of a file that cannot be parsed: the parser's words, and whether this Python is too old for it.

    Whether it is cannot be known for certain, but the project's own word is known, and which errors no version takes.
    """
    plain = f"cannot be parsed, so nothing in it is checked: {error.msg}"
    message = error.msg or ""
    if isinstance(error, IndentationError) or message.startswith(_NEVER) or message.endswith("was never closed"):
        return plain
    wanted, here = written_for(project, path), sys.version_info[:2]
    if wanted <= here:
        return plain
    return (
        f"cannot be parsed by Python {_shown(here)}, so nothing in it is checked ({message}); "
        f"the project is written for Python {_shown(wanted)}, so run preaudit under that"
    )


def _shown(version: tuple) -> str:
    return ".".join(map(str, version))


def asked_for(finding) -> str:
    """Answer the version, "3.12", that the AUD000 of a file asks for; '' if it asks for none."""
    hit = _WORDS.search(finding.message) if finding.code == "AUD000" else None
    return hit[1] if hit else ""


def _text(project, path):
    if path not in project.texts and not project.root:
        return ""
    try:
        return project.read(path)
    except (SourceError, UnicodeError):
        return ""


def _least(spec) -> tuple:
    """Answer the two numbers of the least version that a specifier admits, () if it has no lower bound."""
    low = bounds_of(spec).low if isinstance(spec, str) else ()
    return tuple(low[:2]) if len(low) > 1 else ()


def _pyproject(text) -> tuple:
    import tomllib

    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return ()
    tool = _table(data, "tool")
    ruff, black = _table(tool, "ruff").get("target-version"), _table(tool, "black").get("target-version")
    asked = (
        _least(_table(data, "project").get("requires-python")),
        _least(_table(_table(tool, "poetry"), "dependencies").get("python")),
        _target(ruff),
        min((found for each in black if (found := _target(each))), default=()) if isinstance(black, list) else (),
        _least(_table(tool, "mypy").get("python_version")),
    )
    return next((found for found in asked if found), ())


def _table(data, name) -> dict:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _target(word) -> tuple:
    """Answer (3, 14) of `py314`, () of anything else."""
    digits = word[3:] if isinstance(word, str) and word.startswith("py3") else ""
    return (3, int(digits)) if digits.isdigit() and len(digits) < 3 else ()


def _setup(text) -> tuple:
    hit = _SETUP.search(text)
    return _least(hit[1].strip()) if hit else ()


def _ruff(text) -> tuple:
    hit = _TARGET.search(text)
    return (3, int(hit[1])) if hit and len(hit[1]) < 3 else ()


def _pinned(text) -> tuple:
    hit = _PINNED.match(text)
    return _least(hit[1]) if hit else ()


_READERS = (
    ("pyproject.toml", _pyproject), ("setup.cfg", _setup), ("setup.py", _setup), ("ruff.toml", _ruff), (".ruff.toml", _ruff),
    (".python-version", _pinned),
)  # fmt: skip
