"""Which files a project has: as git lists them, or as they lie in the folder; what is left out."""

import subprocess

import pytest
from preaudit.core.files import project_files
from preaudit.core.settings import Settings

FILES = [
    "app/main.py", "app/build.py", "build/lib/main.py", "app/node_modules/x.py", ".venv/lib/y.py", "venv", "dist/z.py",
    "secret/ignored.py", "notes.txt", "app/env/settings.py",
]  # fmt: skip
USUAL = ["app/build.py", "app/main.py", "notes.txt"]


@pytest.fixture(params=["folder", "repository"])
def root(request, tmp_path):
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    if request.param == "repository":
        (tmp_path / ".gitignore").write_text("secret/\n")
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def listed(root, options=None):
    return [path for path in project_files(str(root), Settings(options)) if path != ".gitignore"]


def test_what_is_left_out(root):
    secret = [] if (root / ".gitignore").exists() else ["secret/ignored.py"]
    assert listed(root) == sorted(USUAL + secret)
    assert [path for path in project_files(str(root)) if path != ".gitignore"] == sorted(USUAL + secret)


def test_what_git_ignores_can_be_read(root):
    assert listed(root, {"respect-gitignore": False}) == sorted([*USUAL, "secret/ignored.py"])


def test_exclude_replaces_and_extend_exclude_adds(root):
    assert "build/lib/main.py" in listed(root, {"exclude": [".git/"], "respect-gitignore": False})
    assert "app/main.py" not in listed(root, {"extend-exclude": ["app/"]})
    assert listed(root, {"extend-exclude": ["main.py", "secret/"]}) == ["app/build.py", "notes.txt"]


def test_a_commit_sees_no_untracked_file(root, monkeypatch):
    if (root / ".gitignore").exists():
        subprocess.run(["git", "-C", root, "add", "app/main.py"], check=True)
        monkeypatch.setenv("PRE_COMMIT", "1")
        assert listed(root) == ["app/main.py"]
