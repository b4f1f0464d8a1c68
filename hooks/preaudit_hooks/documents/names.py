"""File name patterns of the kinds, for the generated hooks, and how a name from a file is shown."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

COMPOSE_FILES = r"(^|/)[\w.-]*(docker[-_])?compose[\w.-]*\.ya?ml$"
DOTENV_FILES = r"(^|/)(\.env[\w.-]*|[\w.-]+\.env(\.[\w-]+)?|\.?(env|dotenv)[.\-_][\w.-]+|\.envs/.*)$"
APP_SPEC_FILES = r"(^|/)(\.do/[^/]+|app[\w.-]*|[\w.-]*spec|deploy\.template)\.ya?ml$"
SHELL_FILES = r"(\.(sh|bash)|(^|/)\.envrc)$"
PROC_FILES = r"(^|/)Procfile[\w.]*$"
WORKFLOW_FILES = r"(^|/)\.github/workflows/[^/]+\.ya?ml$"
DEPLOYMENT_FILES = "|".join((COMPOSE_FILES, DOTENV_FILES, APP_SPEC_FILES))
_DEVELOPMENT = lazy(
    r"(?i)(?:^|[._\-/])(?:smoke[-_]?tests?|dev|devel|regtest|development|devcontainer|local|tests?|testing|ci|e2e|integration|debug|override|demo"
    r"|examples?|samples?|benchmarks?|preview|review|playground|sandbox)(?:$|[._\-/])"
)
_TESTS = lazy(
    r"(?i)(?:^|[._\-/])(?:smoke[-_]?tests?|tests?|testing|regtest|unit|ci|e2e|integration|cypress|playwright|benchmarks?|profiling)(?:$|[._\-/])"
)
_SAMPLES = lazy(r"(?i)(?:^|/)(?:examples?|samples?|docs?|documentation|tutorials?|templates?|demos?|fixtures?)/")


def shown(text: str, limit: int = 80) -> str:
    """Answer a name from a file as a message can show it: printable ASCII, one line, not too long."""
    text = "".join(char if " " <= char <= "~" else "?" for char in text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def is_for_development(path: str) -> bool:
    """Answer whether a file's name or folder says that it is for development, tests or CI only."""
    return bool(_DEVELOPMENT.search(path))


def is_for_tests(path: str) -> bool:
    """Answer whether a file's name or folder says that it is for tests or CI only."""
    return bool(_TESTS.search(path))


def profiles_for_development(profiles) -> bool:
    """Answer whether a service has profiles, and the names of all say development, tests or CI: it never runs by itself."""
    return bool(profiles) and all(_DEVELOPMENT.search(each) for each in profiles)


def profiles_for_tests(profiles) -> bool:
    """Answer whether a service has profiles, and the names of all say tests or CI."""
    return bool(profiles) and all(_TESTS.search(each) for each in profiles)


def is_sample(path: str) -> bool:
    """Answer whether a file lies in a folder of examples or documentation."""
    return bool(_SAMPLES.search(path))


def is_bench(path: str, images, builds: bool, paths) -> bool:
    """Answer whether a compose file is a bench to try the module beside it: it lies in a Python package and runs others' images.

    `images`: of its services; `builds`: whether one of them is built here; `paths`: the files of the project.
    """
    folder, package = path.rpartition("/")[0], ""
    while folder:
        if f"{folder}/__init__.py" in paths:
            package = folder
        folder = folder.rpartition("/")[0]
    return (
        bool(package) and not builds and not any(package.rpartition("/")[2].lower() in each.lower() for each in images)
    )


def says_development(document) -> bool:
    """Answer whether the comments at a file's head say that it is for development or tests."""
    head = []
    for comment in document.comments:
        if comment.alone and comment.line == len(head) + 1:
            head.append(comment.text)
    text = " ".join(head[:8]).lower()
    return bool(
        re.search(r"\b(?:for|only|local|a|the) (?:\*\*)?(?:local )?(?:dev(?:elopment)?|test(?:s|ing)?)\b", text)
    ) and ("for production" not in text.replace("not for production", "").replace("not meant for production", ""))
