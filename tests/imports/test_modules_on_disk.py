"""AUD106 and modules that are no files of the project: what lies on disk or is ignored, and that no cache outlives it."""

import os
import shutil
import subprocess

import pytest
from preaudit.core.settings import Settings
from preaudit_hooks.engine import check_paths

FILES = {"shop/__init__.py": "", "shop/main.py": "from shop.fast import run\nfrom shop import extra\n"}
BOTH = [1, 2]


def lines(root):
    """Answer the lines of the AUD106 findings; a run with the cache says what one without it says."""
    settings = Settings(root=str(root))
    options = {"root": str(root), "settings": settings, "codes": {"AUD106"}, "jobs": 1}
    kept = [one.line for one in check_paths([str(root)], **options).findings]
    assert kept == [one.line for one in check_paths([str(root)], cache=False, **options).findings]
    return kept


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def write(root, name, text=""):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


CASES = {
    "a module": ("shop/fast.py", "def run():\n    pass\n", [2]),
    "a compiled module": ("shop/fast.cpython-311-x86_64-linux-gnu.so", "", [2]),
    "a compiled module of another system": ("shop/fast.pyd", "", [2]),
    "a stub": ("shop/fast.pyi", "def run() -> None: ...\n", [2]),
    "a package": ("shop/fast/__init__.py", "from shop.fast.inner import run\n", [2]),
    "a folder of data": ("shop/extra/data.txt", "", [1]),
    "something of another name": ("shop/faster.py", "", BOTH),
}


@pytest.mark.parametrize("repository", [False, True], ids=["no repository", "repository"])
@pytest.mark.parametrize("name", CASES)
def test_what_appears_and_goes_away_again(project, name, repository):
    if repository:
        subprocess.run(["git", "init", "-q", str(project)], check=True)
    path, text, expected = CASES[name]
    assert lines(project) == BOTH
    write(project, path, text)
    if name == "a package":
        write(project, "shop/fast/inner.py", "run = 1\n")
    assert lines(project) == expected
    target = project / path
    shutil.rmtree(target.parent) if target.parent.name != "shop" else target.unlink()
    assert lines(project) == BOTH


def test_what_git_does_not_list(project, monkeypatch):
    """Built and ignored files are no files of the project, and at commit time those that are not added are none either."""
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    write(project, ".gitignore", "*.so\n")
    subprocess.run(["git", "-C", str(project), "add", "-A"], check=True)
    assert lines(project) == BOTH
    write(project, "shop/fast.cpython-311-x86_64-linux-gnu.so")
    assert lines(project) == [2]
    os.unlink(project / "shop/fast.cpython-311-x86_64-linux-gnu.so")
    assert lines(project) == BOTH
    write(project, ".gitignore", "*.so\n/shop/fast.py\n")
    assert lines(project) == [2]
    write(project, ".gitignore", "*.so\n")
    assert lines(project) == BOTH
    write(project, ".git/info/exclude", "extra.py\n")
    assert lines(project) == [1]
    write(project, "shop/.gitignore", "fast/\n")
    assert lines(project) == []


def test_a_project_that_the_repository_around_it_ignores(project):
    """A fetched application in an ignored folder: that git ignores all of it says nothing about its modules."""
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    inner = project / "fetched"
    for name, text in FILES.items():
        write(inner, name, text)
    write(project, ".gitignore", "/fetched\n")
    assert lines(inner) == BOTH


def test_a_commit_that_leaves_a_module_out(project, monkeypatch):
    """The commit is what others get: a file that is not added is missing in it, an ignored one is built."""
    git = ["git", "-C", str(project)]
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    write(project, ".gitignore", "extra.py\n")
    subprocess.run([*git, "add", "-A"], check=True)
    write(project, "shop/fast.py", "def run():\n    pass\n")
    write(project, "shop/extra.py")
    assert lines(project) == []
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert lines(project) == [1]
    settings = Settings(root=str(project))
    told = check_paths([str(project)], root=str(project), settings=settings, codes={"AUD106"}, jobs=1).findings
    assert [one.message for one in told] == [
        "no file of the commit provides shop.fast, so this import fails when it runs; git add shop/fast.py"
    ]
    subprocess.run([*git, "add", "shop/fast.py"], check=True)
    assert lines(project) == []
    subprocess.run([*git, "rm", "-q", "--cached", "shop/fast.py"], check=True)
    write(project, "shop/main.py", "from shop import fast\n")
    assert lines(project) == [1]
    monkeypatch.delenv("PRE_COMMIT")
    assert lines(project) == []
