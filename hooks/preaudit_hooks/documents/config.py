"""Configuration of tools, build files and infrastructure: read as lines, for what they name and how tools are set."""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents.base import Document, hash_comments

_NAMES = frozenset(
    """makefile gnumakefile justfile .flake8 .coveragerc coveragerc pylintrc .pylintrc .style.yapf jenkinsfile package.json
    pyrightconfig.json .pre-commit-config.yaml .pre-commit-config.yml .gitlab-ci.yml .gitlab-ci.yaml .travis.yml
    azure-pipelines.yml bitbucket-pipelines.yml serverless.yml render.yaml taskfile.yml taskfile.yaml lefthook.yml
    cloudbuild.yaml .drone.yml appveyor.yml hatch.toml caddyfile""".split()
)
_ENDINGS = (
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".mk",
    ".tf",
    ".tfvars",
    ".conf.template",
    ".j2",
    ".tpl",
    ".hcl",
    ".service",
)
_REQUIREMENTS = lazy(
    r"(?:^|/)(?:requirements|constraints)(?:[-_.][\w.\-]*)?\.(?:txt|in)$|(?:^|/)requirements/[\w.\-]+\.(?:txt|in)$"
)
_CLUSTER = lazy(
    r"(?i)(?:^|/)(?:helm|charts?|k8s|kubernetes|manifests|kustomize|ansible|argocd|terraform|\.circleci|\.buildkite|\.azure"
    r"|\.gitlab|infra|infrastructure|deploy|deployment|deployments)/.*\.ya?ml$"
)


def file_pattern() -> str:
    """Answer the names that `is_config` answers for, as a regular expression on paths, for the generated hooks."""
    names = "|".join(re.escape(name) for name in sorted(_NAMES))
    endings = "|".join(re.escape(ending) for ending in _ENDINGS)
    cluster = _CLUSTER.pattern.removeprefix("(?i)")
    return f"(?i:(?:^|/)(?:{names})$|(?:{endings})$|{cluster})|{_REQUIREMENTS.pattern}"


def is_config(path: str) -> bool:
    """Answer whether a file is one that this reader takes; `path` with `/`."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(".lock") or name == "poetry.lock":
        return False
    return name in _NAMES or name.endswith(_ENDINGS) or bool(_REQUIREMENTS.search(path) or _CLUSTER.search(path))


class ConfigDocument(Document):
    """A text of lines with `#` and `;` comments; nothing is said of what they mean."""

    kind = "config"

    def __init__(self, path: str, text: str):
        """Hold the text."""
        super().__init__(path, text)
        if len(self.text) <= 200_000:
            self.comments = hash_comments(self, ())

    def sections(self) -> list:
        """Answer (section, line, key, value, first line of the value) of an ini or TOML text; multi-line values joined."""
        found, section = [], ""
        for number in range(1, len(self.starts) + 1):
            line = self.line(number)
            head = re.match(r"\s*\[+([^\]]+)\]+\s*(?:[#;].*)?$", line)
            if head and not line[:1].isspace():
                section = head[1].strip()
                found.append((section, number, "", "", number))
                continue
            pair = re.match(r"([A-Za-z_][\w.\-]*)\s*[=:]\s*(.*)$", line)
            if pair:
                found.append((section, number, pair[1], pair[2], number))
            elif found and line[:1].isspace() and line.strip() and found[-1][2]:
                name, at, key, value, first = found[-1]
                found[-1] = (name, at, key, f"{value}\n{line.strip()}", first)
        return found
