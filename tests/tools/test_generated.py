"""What is generated: nothing stale, and a manifest that pre-commit reads and that picks the right files."""

import json
import re
import shlex
from pathlib import Path

import pytest
from pre_commit.clientlib import load_manifest
from preaudit.core.options import OPTIONS
from preaudit_hooks.commands.check import parser
from preaudit_hooks.documents.kinds import FILE_PATTERNS, KINDS, kind_of
from preaudit_hooks.registry import registry

from tools import generate
from tools.manifest import hooks, manifest
from tools.pages import schema

HOME = Path(__file__).resolve().parent.parent.parent
HOOKS = {hook["id"]: hook for hook in hooks(registry())}
UMBRELLAS = ("preaudit", "preaudit-python", "preaudit-config", "preaudit-project", "preaudit-fix")


def test_nothing_generated_is_stale(capsys):
    assert generate.main(["--check"]) == 0, capsys.readouterr().out


def test_check_names_what_is_stale_and_writes_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(generate, "HOME", tmp_path)
    (tmp_path / "docs" / "rules").mkdir(parents=True)
    (tmp_path / "docs" / "rules" / "gone.md").write_text("x")
    assert generate.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "docs/rules/broken-file.md is stale" in said and "gone.md has no rule any more" in said
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["gone.md"]
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    assert not (tmp_path / "docs" / "rules" / "gone.md").exists()


def test_pre_commit_reads_the_manifest(tmp_path):
    path = tmp_path / ".pre-commit-hooks.yaml"
    path.write_text(manifest(registry()))
    loaded = load_manifest(path)
    assert [hook["id"] for hook in loaded] == list(HOOKS)
    for hook in loaded:
        assert {key: hook[key] for key in HOOKS[hook["id"]]} == HOOKS[hook["id"]]
        assert hook["pass_filenames"] and hook["require_serial"] and hook["stages"] == []
        assert hook["language"] == "python" and hook["language_version"] == "default"
        assert re.search(hook["exclude"], "--select=E.py") and not re.search(hook["exclude"], "app/-x.py")
        assert bool(hook["files"]) is not bool(hook["types_or"])


def test_one_hook_per_rule():
    single = {rule.name for rule in registry() if rule.area != "housekeeping"}
    assert set(HOOKS) == {*UMBRELLAS, *(f"preaudit-{name}" for name in single)}


FILES = {
    "app/main.py": "preaudit preaudit-project preaudit-fix",
    "stubs/a.pyi": "preaudit preaudit-project preaudit-fix",
    "docker-compose.yml": "preaudit preaudit-config preaudit-project preaudit-fix",
    "deploy/compose.prod.yaml": "preaudit preaudit-config preaudit-project preaudit-fix",
    "docker_compose.yml": "preaudit preaudit-config preaudit-project preaudit-fix",
    ".do/app.yaml": "preaudit preaudit-config preaudit-project preaudit-fix",
    ".env": "preaudit preaudit-config preaudit-project preaudit-fix",
    ".env.example": "preaudit preaudit-config preaudit-project preaudit-fix",
    "config/prod.env": "preaudit preaudit-config preaudit-project preaudit-fix",
    "run.sh": "preaudit preaudit-config preaudit-project preaudit-fix",
    "Procfile": "preaudit preaudit-config preaudit-project preaudit-fix",
    "Dockerfile": "preaudit preaudit-config preaudit-project preaudit-fix",
    "gunicorn.conf.py": "preaudit preaudit-project preaudit-fix",
    "pyproject.toml": "preaudit preaudit-project preaudit-fix",
    "requirements/prod.txt": "preaudit preaudit-project preaudit-fix",
    "README.md": "",
    "app/environment.json": "",
    "web/index.ts": "",
    "a.env.py.bak": "",
    "image.png": "",
    "env/readme.txt": "",
}


@pytest.mark.parametrize("path", FILES)
def test_which_files_start_an_umbrella(path):
    started = [name for name in UMBRELLAS if HOOKS[name].get("files") and re.search(HOOKS[name]["files"], path)]
    assert " ".join(started) == FILES[path]


NAMED = {
    "compose": ["docker-compose.yml", "a/compose.yaml", "docker_compose.yml", "prod.docker-compose.yaml"],
    "app-spec": [".do/app.yaml", ".do/deploy.template.yml"],
    "workflow": [".github/workflows/ci.yml"],
    "dotenv": [".env", "a/.env.local", "prod.env", ".env.example", "env.example", "deploy/.envs/.local/.django"],
    "shell": ["run.sh", "a/b.bash", ".envrc"],
    "procfile": ["Procfile", "a/Procfile.dev"],
    "dockerfile": ["Dockerfile", "a/Dockerfile.prod", "web.dockerfile", "Containerfile"],
    "systemd": ["app/web.service"],
    "sql-migration": ["db/migrations/0001_orders.sql", "schema_changes/a.sql"],
    "config": ["Makefile", "a/setup.cfg", ".flake8", "pyproject.toml", "requirements-dev.txt", "requirements/prod.txt"],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_hooks_pick_what_the_readers_take(kind):
    assert set(FILE_PATTERNS) == set(NAMED) == set(KINDS)
    for path in NAMED[kind]:
        assert kind_of(path) == kind, path
        assert re.search(FILE_PATTERNS[kind], path), path
    for other in KINDS:
        for path in NAMED[other]:
            if re.search(FILE_PATTERNS[kind], path) and kind not in ("app-spec", "config"):
                assert kind_of(path) == kind, path
    for path in ("app/main.py", "README.md", "composer.json", "environment.py", "a.envx", "x.env.md", "shell.py"):
        assert not re.search(FILE_PATTERNS[kind], path), path
        assert not kind_of(path), path


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.name) for rule in registry() if rule.area != "housekeeping"]
)
def test_the_hook_of_a_rule(rule):
    hook = HOOKS[f"preaudit-{rule.name}"]
    assert f"--select {rule.code}" in hook["entry"]
    if rule.scope in ("file", "types"):
        assert hook["types_or"] == ["python", "pyi"]
    else:
        assert not re.search(hook["files"], "README.md")
    picked = [path for kind in rule.documents for path in NAMED[kind] if re.search(hook["files"], path)]
    if rule.files:  # its author's own choice
        assert picked or not rule.documents
    else:
        assert picked == [path for kind in rule.documents for path in NAMED[kind]]


def test_the_schema_says_what_the_table_says():
    document = json.loads(schema())
    assert document["additionalProperties"] is False
    assert list(document["properties"]) == [option.name for option in OPTIONS]
    for option in OPTIONS:
        assert document["properties"][option.name]["description"] == option.doc


def test_entries_name_a_command_and_flags_only():
    for hook in HOOKS.values():
        words = shlex.split(hook["entry"])
        assert words[:2] in (["preaudit", "check"], ["preaudit", "fix"])
        assert not any(word.startswith("/") for word in words)


def test_entries_are_command_lines_that_the_commands_take():
    for hook in HOOKS.values():
        _, command, *flags = shlex.split(hook["entry"])
        options = parser(command).parse_args([*flags, "app/main.py", "docker-compose.yml"])
        assert options.paths == ["app/main.py", "docker-compose.yml"]
        assert options.force_exclude
