"""A file that waits for a newer Python says so in plain words, where the project itself names the version."""

import sys

import pytest
from preaudit.core.project import Project
from preaudit.core.pythons import asked_for, written_for
from preaudit.core.runner import check_text

NEXT = sys.version_info[1] + 1
HERE = f"3.{sys.version_info[1]}"
BROKEN = "x = = 1\n"
SAYS = {
    "requires-python": ("pyproject.toml", '[project]\nrequires-python = ">=3.{0},<4"\n'),
    "poetry": ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.{0}"\n'),
    "ruff": ("pyproject.toml", '[tool.ruff]\ntarget-version = "py3{0}"\n'),
    "black": ("pyproject.toml", '[tool.black]\ntarget-version = ["py3{0}", "py399"]\n'),
    "mypy": ("pyproject.toml", '[tool.mypy]\npython_version = "3.{0}"\n'),
    "setup.cfg": ("setup.cfg", "[options]\npython_requires = >=3.{0}\n"),
    "setup.py": ("setup.py", "from setuptools import setup\nsetup(name='x', python_requires='>=3.{0}')\n"),
    "ruff.toml": ("ruff.toml", 'line-length = 100\ntarget-version = "py3{0}"\n'),
    ".python-version": (".python-version", "3.{0}.4\n"),
}


def said(files, path="app/main.py", text=BROKEN):
    (finding,) = check_text(text, path, files=files)
    assert finding.code == "AUD000"
    return finding


@pytest.mark.parametrize("name", SAYS)
def test_a_newer_version_is_named(name):
    path, text = SAYS[name]
    finding = said({path: text.format(NEXT)})
    assert asked_for(finding) == f"3.{NEXT}"
    assert finding.message == (
        f"cannot be parsed by Python {HERE}, so nothing in it is checked (invalid syntax); "
        f"the project is written for Python 3.{NEXT}, so run preaudit under that"
    )


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize("minor", [8, NEXT - 1])
def test_no_claim_where_this_python_is_new_enough(name, minor):
    path, text = SAYS[name]
    finding = said({path: text.format(minor)})
    assert asked_for(finding) == ""
    assert finding.message == "cannot be parsed, so nothing in it is checked: invalid syntax"


ODD = [
    "[project\n", "[project]\nrequires-python = 3\n", "[project]\nrequires-python = ''\n", "project = 1\n",
    "[tool]\nruff = 1\nblack = 2\nmypy = 'x'\n", '[tool.black]\ntarget-version = [1, "py3x"]\n', "\0", "",
    '[tool.ruff]\ntarget-version = ["py399"]\n', "[project]\nrequires-python = '<3.999'\n", "[project]\nrequires-python = '>=4'\n",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_words_make_no_claim(text):
    for path in ("pyproject.toml", "setup.cfg", "setup.py", "ruff.toml", ".python-version"):
        assert asked_for(said({path: text})) == ""


@pytest.mark.parametrize("text", ["if x:\n        a\n    b\n", "    x = 1\n", "x = 1)\n", "f(1\n", "if x:\nb\n"])
def test_no_claim_where_no_version_reads_it(text):
    files = {"pyproject.toml": SAYS["requires-python"][1].format(NEXT)}
    assert asked_for(said(files, text=text)) == ""


def test_the_nearest_folder_that_says_so_counts():
    files = {
        "pyproject.toml": '[project]\nrequires-python = ">=3.20"\n',
        "packages/a/pyproject.toml": '[project]\nrequires-python = ">=3.30"\n',
        "packages/b/pyproject.toml": "[tool.black]\nline-length = 100\n",
    }
    project = Project("", paths=sorted(files), texts=files)
    assert written_for(project, "packages/a/src/main.py") == (3, 30)
    assert written_for(project, "packages/b/main.py") == written_for(project, "main.py") == (3, 20)
    assert written_for(Project("", paths=[], texts={}), "a/b.py") == ()


def test_a_project_in_memory_reads_no_disk(tmp_path, monkeypatch):
    (tmp_path / ".python-version").write_text("3.99\n")
    monkeypatch.chdir(tmp_path)
    assert asked_for(said({})) == ""
