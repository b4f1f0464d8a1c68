"""`preaudit init`: edits that keep everything else, twice is once. `preaudit doctor`: what would silence AUD codes."""

import configparser
import io
import json
import sys
import tomllib

import pytest
from ruamel.yaml import YAML

NAMES = (".pre-commit-config.yaml", "pyproject.toml", "setup.cfg", ".gitlab-ci.yml", ".vscode/settings.json")


def init(run, *arguments):
    status, out, err = run("init", "--yes", "--no-baseline", *arguments)
    assert status == 0, err
    return out + err


def put(project, name, text):
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def kept(before, after):
    """Answer whether all lines of a text are in another, in their order: a pure addition."""
    lines = iter(after.split("\n"))
    return all(
        any(line.rstrip(",") == other.rstrip(",") for other in lines) for line in before.rstrip("\n").split("\n")
    )


PRE_COMMIT = [
    "repos:\n- repo: a\n  rev: v1\n  hooks:\n  - id: x  # keep\n",
    "# top\nrepos:\n    - repo: a\n      rev: v1\n      hooks:\n          - id: x\n# end\nci:\n  skip: []\n",
    "repos:\n  - repo: a\n    rev: v1\n    hooks: [{id: x}]\n\n  # last\n\ndefault_stages: [pre-commit]\n",
    "repos: []\n",
    "exclude: ^x$\nrepos:\n- repo: a\n  rev: v\n  hooks:\n  - id: x\n    args:\n    - --a\nfail_fast: true",
    "exclude: ^x$\n",
]


@pytest.mark.parametrize("before", PRE_COMMIT)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_pre_commit(project, engine, run, before, newline):
    path = put(project, NAMES[0], before.replace("\n", newline))
    init(run)
    data = path.read_bytes()
    assert data.count(b"\r\n") == (data.count(b"\n") if newline == "\r\n" else 0)
    after = data.decode().replace("\r\n", "\n")
    assert kept(before.replace("repos: []", "repos:"), after)
    old, new = (YAML(typ="safe").load(text) for text in (before, after))
    assert new.pop("repos")[:-1] == (old.pop("repos", None) or []) and new == old
    (hook,) = YAML(typ="safe").load(after)["repos"][-1]["hooks"]
    assert hook["id"] == "preaudit" and hook["require_serial"] is True and hook["exclude"] == "^-"


REFUSED = [
    (NAMES[0], "repos: [{repo: a, rev: v, hooks: [{id: x}]}]\n"),
    (NAMES[0], "repos:\n\t- x\n"),
    ("pyproject.toml", "[tool.ruff\n"),
    ("ruff.toml", "lint = {select = ['E']}\n"),
    (NAMES[4], "[1]\n"),
    (NAMES[4], "{ nonsense\n"),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_is_no_form_to_edit_is_left_alone(project, engine, run, name, text):
    if name == "pyproject.toml":
        (project / "preaudit.toml").write_text("")
    path = put(project, name, text)
    said = init(run)
    assert f"{name} is left alone" in said and path.read_text() == text


RUFF = [
    "[tool.ruff]\nline-length = 100  # keep\n",
    "[tool.ruff.lint]\nselect = ['E']\n",
    "[tool.ruff.lint]\nexternal = ['V']  # vulture\n",
    "[tool.ruff.lint]\nexternal = [\n  'V',  # vulture\n  'W',\n]\n",
    "[tool.ruff.lint]\nexternal = []\n",
    "[tool.ruff]\nlint.select = ['E']\nline-length = 9\n",
    "[tool.ruff]\nexternal = ['V']\n",
    "[tool.ruff.lint]",
    "[tool.ruff.lint.isort]\nknown-first-party = ['a']\n",
]


@pytest.mark.parametrize("before", RUFF)
def test_ruff(project, engine, run, before):
    path = put(project, "pyproject.toml", "[tool.preaudit]\n\n" + before)
    init(run)
    old, new = tomllib.loads(before)["tool"]["ruff"], tomllib.loads(path.read_text())["tool"]["ruff"]
    held = new.get("lint", {}).pop("external", None) or new.pop("external")
    was = old.get("lint", {}).pop("external", None) or old.pop("external", None) or []
    if not old.get("lint", True):
        old.pop("lint")
        new.pop("lint")
    if "lint" not in old and not new.get("lint", True):
        new.pop("lint")
    assert "AUD" in held and set(held) == {"AUD", *was} and new == old
    for comment in ("# keep", "# vulture"):
        assert (comment in before) == (comment in path.read_text())


@pytest.mark.parametrize("name", ["ruff.toml", ".ruff.toml"])
def test_ruff_in_its_own_file(project, engine, run, name):
    path = put(project, name, "line-length = 100\n")
    init(run)
    assert tomllib.loads(path.read_text()) == {"line-length": 100, "lint": {"external": ["AUD"]}}


FLAKE8 = [
    # [flake8] before, whether it is changed
    ("max-line-length = 100\n", False),
    ("select = E,W,F\n# why\nignore = E501\n", True),
    ("select =\n    E,  # errors\n    W\nextend_select = B\n", True),
    ("select = E\nextend-select =\n    B,\n    C\n", True),
    ("select = E,AUD\n", False),
    ("select = E\nextend-select = AUD0\n", False),
]


@pytest.mark.parametrize(("options", "changed"), FLAKE8)
def test_flake8(project, engine, run, options, changed):
    before = f"[metadata]\nname = x\n\n[flake8]\n{options}\n[other]\na = 1\n"
    path = put(project, "setup.cfg", before)
    init(run)
    after = path.read_text()
    assert (after != before) is changed
    config = configparser.RawConfigParser()
    config.read_string(after)
    assert config["other"]["a"] == "1" and config["metadata"]["name"] == "x"
    if changed:
        assert "AUD" in (config["flake8"].get("extend-select") or config["flake8"].get("extend_select"))
        assert ("# why" in after) == ("# why" in before)
        if "B" in options:
            assert "B" in after


SETTINGS = [
    "",
    "{}",
    '{\n  // editor\n  "a": 1,\n}\n',
    '{\n\t"a": "http://x", /* { */ "b": [1,],\n}\n',
    '{"flake8.severity": {"E": "Error"}, "b": 2}\n',
    '{"flake8.severity": {}}\n',
]


@pytest.mark.parametrize("before", SETTINGS)
def test_vscode(project, engine, run, before):
    path = put(project, NAMES[4], before)
    init(run)
    after = path.read_text()
    assert '"AUD": "Warning"' in after and ("// editor" in after) == ("// editor" in before)
    from preaudit_hooks.commands.setup_files import jsonc

    told = jsonc(after, "x")
    assert told.pop("flake8.severity")["AUD"] == "Warning"
    old = jsonc(before, "x") if before else {}
    old.pop("flake8.severity", None)
    assert told == old


def test_a_new_project_gets_all_files_and_a_second_run_nothing(project, bad, run):
    (project / "pyproject.toml").unlink()
    (project / ".git").mkdir()
    (project / ".vscode").mkdir()
    (project / ".github/workflows").mkdir(parents=True)
    put(project, ".gitlab-ci.yml", "stages: [build, lint]\nx:\n  script: [a]\n")
    put(project, "a.py", "bad(1)\n")
    status, out, _ = run("init", "--yes")
    assert status == 0 and "preaudit-baseline.json: 1 finding accepted" in out
    files = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert files >= {NAMES[0], "preaudit.toml", ".github/workflows/preaudit.yml", *NAMES[3:]}
    assert YAML(typ="safe").load((project / ".gitlab-ci.yml").read_text())["preaudit"]["stage"] == "lint"
    assert "jobs" in YAML(typ="safe").load((project / ".github/workflows/preaudit.yml").read_text())
    assert json.loads((project / NAMES[4]).read_text())
    held = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert run("init", "--yes")[:2] == (0, "everything is in place\n")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == held
    assert run("check")[0] == 0


def test_nothing_is_written_without_a_yes(project, bad, run, monkeypatch):
    before = sorted(project.rglob("*"))
    status, out, err = run("init")
    assert status == 2 and "+repos:" in out and "write with --yes" in err
    assert run("init", "--dry-run")[0] == 0

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run("init")[0] == 0
    assert sorted(project.rglob("*")) == before
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert "Write the changes above and the baseline" in run("init")[1]
    assert (project / NAMES[0]).exists()


def test_it_writes_through_no_link_out_of_the_tree(project, engine, run, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("repos: []\n")
    (project / NAMES[0]).symlink_to(outside)
    assert run("init", "--yes", "--no-baseline")[0] == 2
    assert outside.read_text() == "repos: []\n"


def test_ci_can_be_chosen(project, engine, run):
    init(run, "--ci", "none")
    assert not (project / ".github").exists()
    init(run, "--ci", "github")
    assert (project / ".github/workflows/preaudit.yml").exists()
    assert "everything is in place" in init(run, "--ci", "github")


DOCTOR = [
    # files, what is said, whether it is a problem
    ({"setup.cfg": "[flake8]\nselect = E,W\n"}, "select = E, W hides every AUD code; add extend-select = AUD", True),
    ({".flake8": "[flake8]\nignore = AUD\n"}, ".flake8: ignore hides AUD", True),
    ({".flake8": "[flake8]\nextend-ignore = AUD401, E1\n"}, ".flake8: extend-ignore hides AUD401", False),
    ({".flake8": "[flake8]\nper-file-ignores =\n  *: AUD9\n"}, "per-file-ignores hides AUD9 in *", True),
    ({"tox.ini": "[flake8\nx"}, "flake8 ignores tox.ini without a word, for it cannot be parsed", True),
    ({"setup.cfg": "[flake8]\n", ".flake8": "[flake8]\n"}, "[flake8] of .flake8 is without effect", False),
    ({"pyproject.toml": "[tool.flake8]\nselect = 'E'\n"}, "flake8 does not read [tool.flake8]", False),
    ({"setup.cfg": "[flake8]\nquiet = 1\n"}, "quiet hides the codes", True),
    ({"setup.cfg": "[flake8]\nformat = json\n"}, "format hides all findings from editors", False),
    ({"ruff.toml": "[lint]\nselect = ['RUF']\n"}, "with RUF selected ruff deletes `# noqa: AUD...` comments", True),
    ({"ruff.toml": "line-length = 1\n"}, "ruff can delete", False),
    ({"ruff.toml": "[lint]\nexternal = ['AUD']\n"}, "ruff knows AUD as codes of another tool", False),
    ({"ruff.toml": "["}, "ruff.toml is no valid TOML", True),
    ({".pre-commit-config.yaml": "repos: []\n"}, "does not run preaudit; preaudit init adds it", True),
    ({".pre-commit-config.yaml": "a: [\n"}, "cannot be read, so pre-commit runs nothing", True),
    ({"pyproject.toml": "[tool.preaudit]\nselekt = []\n"}, "selekt is no option; did you mean select?", True),
    (
        {"pyproject.toml": "[tool.preaudit]\nignore = ['AUD998']\n"},
        "leaves out codes that are on by default: AUD998",
        False,
    ),
    ({"preaudit-baseline.json": "{"}, "no valid JSON", True),
    ({"preaudit-baseline.json": '{"version": 1, "findings": []}'}, "accepts 0 findings", False),
    ({"b.py": "# flake8: noqa\n"}, "`# flake8: noqa` silences whole files: b.py", False),
]


@pytest.mark.parametrize(("files", "said", "problem"), DOCTOR)
def test_doctor(project, run, files, said, problem):
    for name, text in files.items():
        put(project, name, text)
    status, out, err = run("doctor")
    (line,) = [line for line in out.splitlines() if said in line]
    assert line.startswith("problem") is problem and err == ""
    if problem:
        assert status == 1


def test_after_init_the_doctor_is_content(project, engine, run):
    put(project, "setup.cfg", "[flake8]\nselect = E\n")
    put(project, "pyproject.toml", "[tool.ruff.lint]\nselect = ['ALL']\n")
    assert run("doctor")[0] == 1
    init(run)
    assert [line for line in run("doctor")[1].splitlines() if line.startswith("problem")] == []


def test_doctor_sees_skip(project, run, monkeypatch):
    monkeypatch.setenv("SKIP", "black,preaudit")
    status, out, _ = run("doctor")
    assert status == 1 and "SKIP leaves out preaudit" in out


def test_the_diff_shows_no_secret(project, engine, run):
    text = "x:\n  script: [a]\nvariables:\n  DB_PASSWORD: quartz-17\n"
    put(project, ".gitlab-ci.yml", text)
    out = init(run)
    assert "DB_PASSWORD" in out and "quartz" not in out
    assert (project / ".gitlab-ci.yml").read_text().startswith(text)
