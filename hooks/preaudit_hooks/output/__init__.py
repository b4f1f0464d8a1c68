"""The output formats: one module each, loaded when it is asked for.

A format is a module with `write(findings, context, stream)`: it takes findings with root-relative paths in the order
they are to be shown, the `Context` of the run, and writes text to the stream.
"""

from __future__ import annotations

FORMATS = {
    "concise": "one line a finding, as flake8 prints it; the default off a terminal",
    "full": "source line, caret, related places and what to write instead; the default on a terminal",
    "grouped": "findings under the name of their file",
    "json": "one list of objects",
    "json-lines": "one object a line",
    "sarif": "SARIF 2.1.0, for GitHub code scanning and editors",
    "github": "annotations for a GitHub Actions log",
    "gitlab": "GitLab code quality report",
    "junit": "JUnit XML, for CI test reports",
    "checkstyle": "Checkstyle XML",
    "rdjson": "reviewdog diagnostics",
}


def load(name):
    """Answer the module that writes this format; KeyError if there is none of that name."""
    from importlib import import_module

    if name not in FORMATS:
        raise KeyError(name)
    return import_module("preaudit_hooks.output." + name.replace("-", "_"))
