"""A new rule costs its file and its fixture folder, and nothing else: proved in a copy of the checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.new_rule import Refused, plan

HOME = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("AUD4", "some-name"), "a code is AUD and three digits"),
        (("AUD4990", "some-name"), "a code is AUD and three digits"),
        (("aud499", "some-name"), "a code is AUD and three digits"),
        (("", "some-name"), "a code is AUD and three digits"),
        (("AUD499", "Some-name"), "lower-case words"),
        (("AUD499", "some_name"), "lower-case words"),
        (("AUD499", "../some-name"), "lower-case words"),
        (("AUD499", "name"), "lower-case words"),
        (("AUD499", "some-name", "web"), "is not an area of AUD499; write one of errors"),
        (("AUD299", "some-name"), "does not tell the area; write one of redis, celery"),
        (("AUD499", "some-name", "", "galaxy"), "write one of file, types, project, document"),
        (("AUD499", "broken-file"), "AUD000 broken-file exists already"),
        (("AUD000", "some-name", "transactions"), "AUD000 broken-file exists already"),
        (("AUD998", "some-name", "deployment"), "AUD998 unused-suppression exists already"),
    ],
)
def test_refused(arguments, said):
    with pytest.raises(Refused) as caught:
        plan(*arguments)
    assert said in str(caught.value)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what the tests of the rules need."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("plugins", "hooks", "tools", "docs", "examples"):
        shutil.copytree(HOME / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "tests" / "fixtures").mkdir(parents=True)
    (root / "tests" / "rules").mkdir()
    for name in ("conftest.py", "harness.py", "rules/test_rules.py"):
        shutil.copy(HOME / "tests" / name, root / "tests" / name)
    shutil.copy(HOME / "pyproject.toml", root)
    shutil.copy(HOME / ".pre-commit-hooks.yaml", root)
    shutil.copy(HOME / "README.md", root)
    return root


def run(copy, *command, status=0):
    path = os.pathsep.join([str(copy / "plugins"), str(copy / "hooks")])
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("scope", "code", "name"),
    [
        ("file", "AUD499", "scaffolded-file-rule"),
        ("types", "AUD498", "scaffolded-types-rule"),
        ("project", "AUD497", "scaffolded-project-rule"),
        ("document", "AUD996", "scaffolded-document-rule"),
    ],
)
def test_a_new_rule_is_found_documented_and_run(copy, scope, code, name):
    before = {path for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    written = run(copy, "-m", "tools.new_rule", f"CODE={code}", f"NAME={name}", f"SCOPE={scope}", "AREA=")
    run(copy, "-m", "tools.new_rule", f"CODE={code}", f"NAME={name}", f"SCOPE={scope}", status=2)
    new = {path for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts} - before
    rules = [path for path in new if "/rules/" in str(path) and path.name != "__init__.py"]
    assert len(rules) == 1 and f"wrote {rules[0].relative_to(copy).as_posix()}" in written
    assert {path.relative_to(copy).parts[:3] for path in new - set(rules) if path.name != "__init__.py"} == {
        ("tests", "fixtures", name)
    }
    listed = run(copy, "-c", f"from preaudit_hooks.registry import registry; print(registry().get({code!r}).name)")
    assert listed.strip() == name
    out = run(copy, "-m", "pytest", "tests/rules/test_rules.py", "-k", f"{name} and not page", "-p", "no:cacheprovider")
    assert "passed" in out and "failed" not in out
    run(copy, "-m", "tools.generate")
    run(copy, "-m", "tools.generate", "--check")
    assert f"# {name} ({code})" in (copy / "docs" / "rules" / f"{name}.md").read_text()
    assert f"[{name}]({name}.md)" in (copy / "docs" / "rules" / "index.md").read_text()
    assert f"- id: preaudit-{name}\n" in (copy / ".pre-commit-hooks.yaml").read_text()
    run(copy, "-m", "pytest", "tests/rules/test_rules.py", "-k", f"page and {name}", "-p", "no:cacheprovider")
