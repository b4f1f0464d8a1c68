"""The hooks under a real pre-commit, in a repository of their own."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from preaudit_hooks.commands.setup_files import HOOK
from ruamel.yaml import YAML

HOME = Path(__file__).resolve().parent.parent.parent
MANIFEST = HOME / ".pre-commit-hooks.yaml"
UNUSED = "x = 1  # preaudit: ignore[AUD000] gone\n"
ENTRY = f"{sys.executable} -c 'from preaudit_hooks.cli import entry; entry()' "


@pytest.fixture
def repository(tmp_path):
    """Answer a repository in which the hook of this id runs from the checkout; nothing is installed."""
    folder = tmp_path / "repository"
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in ("SKIP", "CI", "GIT_DIR")}
    environment |= {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org",
    }  # fmt: skip

    def call(*command, check=True, **extra):
        done = subprocess.run(
            command, cwd=folder, env={**environment, **extra}, capture_output=True, text=True, timeout=120
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def hook(*ids, source=""):
        hooks = []
        for one in YAML(typ="safe").load(source or MANIFEST.read_text()):
            if one["id"] in ids:
                one.pop("additional_dependencies", None)
                entry = ENTRY + one["entry"].removeprefix("preaudit ")
                hooks.append({**one, "language": "unsupported", "entry": entry})
        assert len(hooks) == len(ids)
        with open(folder / ".pre-commit-config.yaml", "w") as stream:
            YAML().dump({"repos": [{"repo": "local", "hooks": hooks}]}, stream)
        call("git", "add", "-A")

    def put(name, text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        call("git", "add", "--", name)

    def pre_commit(*arguments, **extra):
        done = call(sys.executable, "-m", "pre_commit", "run", *arguments, check=False, **extra)
        return done.returncode, done.stdout + done.stderr

    call("git", "init", "-q")
    call.folder, call.hook, call.put, call.run = folder, hook, put, pre_commit
    return call


def test_the_manifest_is_one_pre_commit_takes():
    from pre_commit.clientlib import load_manifest

    hooks = load_manifest(str(MANIFEST))
    for hook in hooks:
        assert hook["require_serial"] is True and hook["exclude"] == "^-", hook["id"]


def test_a_finding_fails_the_commit_and_its_absence_does_not(repository):
    repository.hook("preaudit")
    repository.put("app/a.py", "x = 1\n")
    assert repository.run()[0] == 0
    repository.put("app/a.py", UNUSED)
    status, out = repository.run()
    assert status == 1 and "app/a.py:1:8: AUD998" in out and "exit code: 1" in out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", "services:\n  web:\n    image: x  # preaudit: ignore[AUD000] gone\n"),
        ("docker_compose.yml", "services:\n  web:\n    image: x  # preaudit: ignore[AUD000] gone\n"),
        (".env", "# preaudit: ignore[AUD000] gone\nA=1\n"),
        ("deploy/prod.env", "# preaudit: ignore[AUD000] gone\nA=1\n"),
        (".do/app.yaml", "name: x\nservices:\n- name: web  # preaudit: ignore[AUD000] gone\n  http_port: 1\n"),
        ("run.sh", "# preaudit: ignore[AUD000] gone\ncelery -A app worker\n"),
    ],
)
def test_configuration_files_reach_both_hooks(repository, name, text):
    repository.hook("preaudit", "preaudit-config")
    repository.put(name, text)
    status, out = repository.run()
    assert status == 1 and out.count(f"{name}:") >= 1 and "(no files to check)" not in out


def test_the_fixing_hook_changes_the_file_and_fails_once(repository):
    repository.hook("preaudit-fix")
    repository.put("a.py", UNUSED)
    status, out = repository.run()
    assert status == 1 and "files were modified by this hook" in out and "[fixed]" in out
    assert (repository.folder / "a.py").read_text() == "x = 1\n"
    repository("git", "add", "a.py")
    assert repository.run()[0] == 0


def test_skip_leaves_a_code_out(repository):
    repository.hook("preaudit")
    repository.put("a.py", UNUSED)
    assert repository.run(SKIP="AUD998")[0] == 0
    assert repository.run(SKIP="AUD401")[0] == 1
    assert repository.run(SKIP="preaudit")[0] == 0


def test_a_file_name_is_no_option(repository):
    repository.hook("preaudit")
    repository.put("a.py", UNUSED)
    repository.put("--select=AUD000.py", "x = 1\n")
    repository.put("--exit-zero", "x = 1\n")
    status, out = repository.run()
    assert status == 1 and "AUD998" in out


def test_what_is_not_staged_does_not_count(repository):
    repository.hook("preaudit")
    repository.put("a.py", "x = 1\n")
    (repository.folder / "a.py").write_text(UNUSED)
    assert repository.run()[0] == 0
    assert (repository.folder / "a.py").read_text() == UNUSED
    assert repository.run("--all-files")[0] == 1


def test_excluded_files_stay_out_although_they_are_named(repository):
    repository.hook("preaudit")
    repository.put("pyproject.toml", '[tool.preaudit]\nextend-exclude = ["old/"]\n')
    repository.put("old/a.py", UNUSED)
    assert repository.run()[0] == 0


def test_a_wrong_configuration_stops_the_commit(repository):
    repository.hook("preaudit")
    repository.put("pyproject.toml", "[tool.preaudit]\nselekt = []\n")
    repository.put("a.py", "x = 1\n")
    status, out = repository.run()
    assert status == 1 and "exit code: 2" in out and "did you mean select?" in out


def test_a_real_commit_is_stopped(repository):
    repository.hook("preaudit")
    repository("git", "commit", "-qm", "first")
    repository(sys.executable, "-m", "pre_commit", "install")
    repository.put("a.py", UNUSED)
    done = repository("git", "commit", "-m", "second", check=False)
    assert done.returncode == 1 and "AUD998" in done.stdout + done.stderr
    repository.put("a.py", "x = 1\n")
    repository("git", "commit", "-qm", "second")


def test_the_hook_that_init_writes(repository):
    (written,) = YAML(typ="safe").load(HOOK.format(version="0.1.0"))
    text = StringIO()
    YAML().dump(written["hooks"], text)
    repository.hook("preaudit", source=text.getvalue())
    (repository.folder / "notes.txt").write_bytes(b"caf\xe9\n")
    repository.put("README.md", "# read me\n")
    repository("git", "add", "-A")
    assert repository.run()[0] == 0
    repository.put("compose.yaml", "services:\n  web:\n    image: x  # preaudit: ignore[AUD000] gone\n")
    repository.put("a.py", UNUSED)
    status, out = repository.run()
    assert status == 1 and "compose.yaml:3:" in out and "a.py:1:" in out
