"""What configuration files, build files and CI name: variables they mention, tools they set up and run."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

KIND = "tooling"
DOCUMENTS = ("config", "workflow", "dockerfile", "shell", "procfile")

TOOLS = {
    "formatter": ("black", "yapf", "autopep8", "blue", "ruff"),
    "linter": ("ruff", "flake8", "pylint", "pylama", "prospector", "preaudit", "pycodestyle", "pyflakes"),
    "type checker": ("mypy", "pyright", "basedpyright", "pytype", "pyre", "ty", "pyrefly"),
}
ALL = tuple(sorted({name for names in TOOLS.values() for name in names}))
_MENTION = lazy(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]*\b")
_TOOL = lazy(r"(?<![\w/.])(" + "|".join(ALL) + r")(?:-(?:mirror|pre-commit|format|check))?(?![\w.]*/)\b")
_RUNS = lazy(
    r"(?<![\w.])(pre-commit|prek|tox|nox|hatch|super-linter|megalinter|make|just|task|poe|invoke|pre-commit\.ci)\b"
)
# Where a tool's own settings stand, beside `[tool.x]` and `[x]`.
_OWN_FILES = {
    ".flake8": "flake8", "ruff.toml": "ruff", ".ruff.toml": "ruff", "mypy.ini": "mypy", ".mypy.ini": "mypy",
    ".pylintrc": "pylint", "pylintrc": "pylint", ".style.yapf": "yapf", "pyrightconfig.json": "pyright",
    "ty.toml": "ty", "pyrefly.toml": "pyrefly",
}  # fmt: skip

# takes a stack down with all that it kept
_THROWS = lazy(r"\bcompose\b[^\n]*\sdown\b[^\n]*\s(?:-v|--volumes)\b")
# what hands the measured coverage to a service that judges each change by it
_UPLOADS = lazy(
    r"codecov/codecov-action|coverallsapp/|codacy/codacy-coverage|sonarsource/sonar|"
    r"(?m:^\s*(?:-\s+)?(?:run:\s*)?(?:python -m )?(?:codecov|codecovcli|coveralls)\b)|codecov\.io/bash|uploader\.codecov\.io"
)


def collect_document(document):
    """Answer {"mentions", "set_up": {tool: line}, "runs": [tools], "cov": line, "watched": bool, ...}, None if nothing."""
    name = document.path.rpartition("/")[2]
    from preaudit_hooks.documents.secrets import masked_text

    fact: dict = {"mentions": sorted(set(_MENTION.findall(masked_text(document))))[:2_000]}
    if document.kind == "config":
        fact.update(_settings(document, name))
    if _runs_things(document, name):
        text = re.sub(r"(?m)^\s*#.*$", "", document.text)
        fact["runs"] = sorted({*_TOOL.findall(text), *_RUNS.findall(text)})
        fact["tests"] = bool(re.search(r"\b(?:pytest|unittest|tox|nox)\b", text))
        fact["thrown"] = document.kind == "shell" and "down" in text and bool(_THROWS.search(text))
        fact["watched"] = "cov" in text and bool(_UPLOADS.search(text))
    cov = re.search(r"(?m)^[^#\n]*(?:\bpytest-cov\b|--cov\b)", document.text)
    if cov:
        fact["cov"] = document.place(cov.start(), cov.end())[0]
    floor = re.search(r"(?m)^[^#\n]*\b(?:fail_under|cov-fail-under|fail-under)\b", document.text)
    if floor:
        fact["fail_under"] = document.place(floor.start(), floor.end())[0]
    return {key: value for key, value in fact.items() if value} or None


def _runs_things(document, name):
    if document.kind in ("workflow", "shell"):
        return True
    lower = name.lower()
    return document.kind == "config" and (
        lower in ("makefile", "gnumakefile", "justfile", "tox.ini", "jenkinsfile", "package.json", "lefthook.yml")
        or lower.startswith((".pre-commit", "taskfile"))
        or "ci" in re.split(r"[^a-z]+", document.path.lower())
        or "pipelines" in lower
        or lower in (".travis.yml", ".drone.yml", "cloudbuild.yaml", "pyproject.toml", "hatch.toml")
        and bool(re.search(r"(?m)^\[tool\.(?:hatch|poe|pdm|taskipy|nox|tox|invoke)", document.text))
    )


def _settings(document, name):
    found: dict = {}
    if name in _OWN_FILES:
        found[_OWN_FILES[name]] = 1
    if name.lower().endswith((".toml", ".cfg", ".ini", ".flake8")) or name == ".flake8":
        for section, line, key, _, _ in document.sections():
            if key:
                continue
            head = section.removeprefix("tool.").partition(".")[0].partition("-")[0].lower()
            if head in ALL and (section.startswith("tool.") or name != "pyproject.toml"):
                found.setdefault(head, line)
    return {"set_up": found} if found else {}
