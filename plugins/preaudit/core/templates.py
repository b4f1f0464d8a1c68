"""What is a generator's template (cookiecutter, copier, Jinja) under the name of a Python file: no Python of the project."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

# `{{ name }}` with attributes and filters alone: what stands doubled in an f-string is followed by more than that
_VALUE = lazy(r"\{\{[-+]?\s*[A-Za-z_][\w.]*\s*(?:\|[^{}\n]*)?[-+]?\}\}")
_LONG = lazy(r"\{%.{0,600}?%\}|\{#.{0,6000}?#\}", re.S)


def in_template(path: str) -> bool:
    """Answer whether a root-relative path has a part that is filled in later: `{{cookiecutter.name}}/app.py`."""
    return "{{" in path or "{%" in path


def is_template(text: str, line: int) -> bool:
    """Answer whether a source that Python cannot parse, at this line (from 1), is plainly a template.

    The line has a mark of a template, and what stands in its way is gone once the marks are: so a mistake in Python
    that has Jinja in its strings stays a mistake.
    """
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return False
    lines = text.split("\n")
    broken = lines[line - 1] if 0 < line <= len(lines) else ""
    if "{%" not in broken and "{#" not in broken and not _VALUE.search(broken):
        return False
    import ast
    import warnings

    filled = _VALUE.sub("x", _LONG.sub(lambda mark: "\n" * mark[0].count("\n"), text))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(filled)
    except SyntaxError as error:
        return error.lineno != line
    except (ValueError, RecursionError, MemoryError):
        return False
    return True
