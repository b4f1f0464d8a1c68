"""A fake engine for the tests of the command line: it tells what the test says, and remembers what it was asked."""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from preaudit.core.finding import Finding
from preaudit.core.fingerprint import assign, key_of
from preaudit_hooks import cli


class Result:
    def __init__(self, findings=(), errors=(), files=1):
        self.findings, self.errors, self.files = list(findings), list(errors), files


class Engine(types.ModuleType):
    """Stands for preaudit_hooks.engine; `findings` may be a list or a function of the paths."""

    def __init__(self):
        super().__init__("preaudit_hooks.engine")
        self.findings, self.errors, self.calls = [], [], []

    def check_paths(self, paths, **options):
        self.calls.append((list(paths), options))
        found = self.findings(paths, options) if callable(self.findings) else list(self.findings)
        found = [finding for finding in found if finding.code in options["codes"]]
        assign(found)
        return Result(found, self.errors, 3)


@pytest.fixture
def engine(monkeypatch):
    fake = Engine()
    monkeypatch.setitem(sys.modules, "preaudit_hooks.engine", fake)
    return fake


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own, in which the command runs, without colours or settings from outside."""
    for name in ("NO_COLOR", "FORCE_COLOR", "SKIP", "COLUMNS", "CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "project"
    home.mkdir()
    (home / "pyproject.toml").write_text("[tool.preaudit]\n")
    (home / "a.py").write_text("import os\nx = 1\n")
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def run(capsys):
    """Run a command line in this process; answer (status, standard output, standard error)."""

    def invoke(*argv):
        status = cli.main(argv)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return invoke


def finding(path="a.py", line=1, code="AUD998", severity="low", message="wrong; write right", **fields):
    return Finding(code, "unused-suppression", severity, path, line, 1, message, **fields)


@pytest.fixture(name="finding")
def finding_fixture():
    return finding


def bad_lines(paths, options):
    """Stand for the engine's work: a finding for each line of a Python or YAML file that begins with `bad`."""
    root = Path(options["root"])
    found = []
    for path in sorted(each for given in paths for each in ([given] if os.path.isfile(given) else walk(given))):
        relative = os.path.relpath(path, root)
        lines = Path(path).read_text().split("\n")
        for number, line in enumerate(lines, 1):
            if line.strip().startswith("bad"):
                key = key_of(relative, lines, number, 1)
                found.append(finding(relative, number, key=key, suppressed="-" if "noqa" in line else ""))
    return found


def walk(folder):
    return [str(path) for path in Path(folder).rglob("*") if path.suffix in (".py", ".yaml") and path.is_file()]


@pytest.fixture
def bad(engine):
    """The engine that finds lines that begin with `bad`."""
    engine.findings = bad_lines
    return engine


@pytest.fixture
def git(project):
    """Run git in the project, which becomes a repository."""

    def call(*arguments, cwd=project):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        command = ["git", *identity, *arguments]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    call("init", "-q")
    return call
