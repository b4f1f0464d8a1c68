"""No linter guards the code, or the one that is configured never runs

## What it does
Reports, once for a project, that no formatter, linter or type checker is configured, or that one is configured and no
hook, build file or CI job runs any. And, in a flake8 configuration, a `select` that leaves the AUD codes out, and a
comment behind a value that flake8 takes for a part of it and then stops.

## Why it matters
What nobody runs finds nothing. A configuration that flake8 cannot parse stops every check at once, and a `select`
written years ago silences every plugin installed since.

## Bad
```ini .flake8
[flake8]
max-line-length = 100  # as in black  # AUD909
select = E,F,W  # AUD909
extend-ignore =
    # black wants it so
    E203,
    W503  # AUD909
```

## Good
```ini setup.cfg
[flake8]
# as in black
max-line-length = 100
extend-select = AUD
```
```yaml .pre-commit-config.yaml
repos:
  - repo: https://github.com/PyCQA/flake8
    rev: 7.3.0
    hooks:
      - id: flake8
        additional_dependencies: [preaudit]
```

## Fixed
There is no fix: put the comment on a line of its own, write `extend-select = AUD` beside or `AUD` into the `select`, and
run what is configured in a pre-commit hook or in CI.

## Options
None.

## Limits
A source distribution has left hooks and CI behind, and only its flake8 configuration is judged. A noxfile, a tasks file
and hooks that run a build tool count as running everything.

## Origin
Audit C AUDIT-010 and audit D: black and mypy in pyproject.toml, and no place that ran them.
"""

import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.documents.names import shown
from preaudit_hooks.facts.tooling import ALL, TOOLS

RULE = Rule(
    code="AUD909",
    name="lint-not-configured",
    severity="low",
    scope="project",
    message="no formatter, linter or type checker for Python is configured, so nothing holds the code to a standard; "
    "configure ruff or flake8 here and run it in a hook or in CI",
    since="0.1.0",
    audits=("C AUDIT-010", "D"),
    posture=True,
    files=r"(^|/)(\.flake8|setup\.cfg|tox\.ini|pyproject\.toml|\.pre-commit-config\.ya?ml)$",
)
_NOT_RUN = "{tools} configured here, and no hook, build file or CI job runs it; add a pre-commit hook or a CI job"
_SELECT = "select leaves the AUD codes out, so flake8 never shows them; add AUD to it, or write extend-select"
_COMMENT = "flake8 takes the comment for a part of {key} and stops; put it on a line of its own"
_LISTS = ("ignore", "extend-ignore", "per-file-ignores")
_VALUES = lazy(
    r"max-(?:line|doc)-length|max-complexity|indent-size|jobs|show-source|doctests|statistics|count|hang-closing|disable-noqa|benchmark|quiet|verbose"
)
_BUILD_FILES = frozenset(
    ("noxfile.py", "tasks.py", "dodo.py", "pavement.py", "fabfile.py", "Earthfile", "BUILD", "BUILD.bazel")
)
_MINIMUM = 5  # Python files from which a project is one to be held to a standard


@RULE.on_document("config")
def check_flake8(document, ctx):
    """Report flake8 settings that silence AUD, and those that flake8 cannot read."""
    name = document.path.rpartition("/")[2]
    if name not in (".flake8", "setup.cfg", "tox.ini"):
        return
    rows = [row for row in document.sections() if row[0] == "flake8" and row[2]]
    keys = {row[2].replace("_", "-") for row in rows}
    for _, line, key, value, _ in rows:
        key = key.replace("_", "-")
        if key == "select" and "extend-select" not in keys and not _selects_aud(value):
            yield RULE.at((line, 1, line, len(document.line(line)) + 1), scope="flake8.select", message=_SELECT)
        if key in _LISTS or _VALUES.fullmatch(key):
            for offset, part in enumerate(value.split("\n")):
                text = document.line(line + offset)
                at = _comment_in(text, part)
                if at:
                    yield RULE.at(
                        (line + offset, at, line + offset, len(text) + 1),
                        scope=f"flake8.{key}",
                        message=_COMMENT,
                        key=shown(key),
                    )


def _selects_aud(value):
    codes = [code for code in re.split(r"[,\s]+", re.sub(r"(?m)(?:^|\s)#.*$", "", value)) if code]
    return not codes or any("AUD".startswith(code) or code.startswith("AUD") for code in codes)


def _comment_in(text, part):
    """Answer the column of a comment behind a value, 0 if there is none; a whole line of comment is one."""
    match = re.search(r"(?<=\S)[ \t]+([#;].*)$", text)
    return match.start(1) + 1 if match and part.strip()[:1] not in ("#", ";") else 0


@RULE.on_project("tooling")
def check_project(project):
    """Report a project without linters, or whose linters never run."""
    files = [path for path in project.paths if path.endswith(".py") and not project.is_test(path)]
    if len(files) < _MINIMUM or "PKG-INFO" in project.paths:
        return
    set_up, runs, ran_by = {}, set(), set()
    for path, fact in project.facts("tooling"):
        for tool, line in fact.get("set_up", {}).items():
            set_up.setdefault(tool, (path, line))
        runs.update(fact.get("runs", ()))
        if fact.get("runs"):
            ran_by.add(path)
    # Our own table says how preaudit behaves, not that anything holds the code to a standard.
    set_up.pop("preaudit", None)
    tools = runs & set(ALL)
    home = next(
        (name for name in ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt") if name in project.paths),
        None,
    )
    if not set_up and not tools:
        if home and not _runs_by_code(project):
            yield RULE.at((1, 1), path=home)
    elif not tools and not _runs_by_code(project) and not runs & {"tox", "nox", "hatch", "pre-commit", "prek"}:
        tool = min(set_up, key=lambda name: (name not in TOOLS["linter"], name))
        path, line = set_up[tool]
        others = len(set_up) - 1
        told = f"{tool} is" if not others else f"{tool} and {others} other tool{'s' if others > 1 else ''} are"
        yield RULE.at((line, 1), path=path, message=_NOT_RUN, tools=told)


def _runs_by_code(project):
    """Answer whether a file in the root is one of a build tool that is told by code what to run."""
    return not _BUILD_FILES.isdisjoint(project.paths)
