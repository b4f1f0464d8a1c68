"""Whatever is read: a clear message with its place, the other files still checked, nothing damaged."""

import os
import sys

import pytest
from projects import FILES, check, run, write

BROKEN = {
    "syntax": (b"def f(:\n    pass\n", "AUD000"),
    "null byte": (b"x = 1\n\0\n", "AUD000"),
    "encoding": (b"x = '\xff\xfe'\n", "AUD000"),
    "unknown coding": (b"# -*- coding: klingon -*-\nx = 1\n", "AUD000"),
    "indentation": (b"if x:\n        a\n    b\n", "AUD000"),
    "deep": (b"x = " + b"(" * 500 + b"1" + b")" * 500 + b"\n", "AUD000"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_costs_one_finding_and_nothing_else(tmp_path, name):
    data, code = BROKEN[name]
    write(tmp_path, {**FILES, "app/broken.py": data})
    lines, status = check(tmp_path)
    assert [line for line in lines if line.startswith("app/broken.py")][0].count(code) == 1
    assert len([line for line in lines if line.startswith("app/broken.py")]) == 1
    assert any(line.startswith("app/api.py:12:") for line in lines)
    assert status == 2
    assert (tmp_path / "app" / "broken.py").read_bytes() == data


@pytest.mark.parametrize(
    "data",
    [
        "\ufefftry:\n    f()\nexcept:\n    pass\n".encode(),
        b"try:\r\n    f()\r\nexcept:\r\n    pass\r\n",
        "# -*- coding: latin-1 -*-\ns = 'é'\nexcept_ = 1\ntry:\n    f()\nexcept:\n    pass\n".encode("latin-1"),
        b"try:\n    f()\nexcept:\n    pass",
        b"x = 1 \x0c\ntry:\n    f()\nexcept:\n    pass\n",
    ],
    ids=["bom", "crlf", "latin-1", "no final newline", "form feed"],
)
def test_an_odd_but_good_file_is_checked(tmp_path, data):
    write(tmp_path, {"pyproject.toml": "", "odd.py": data})
    lines, status = check(tmp_path, "--select", "AUD401")
    number = data.replace(b"\r\n", b"\n").split(b"\n").index(b"except:") + 1
    assert [line.split(":")[1] for line in lines] == [str(number)]
    assert status == 1


def test_a_long_sum_does_not_end_the_run(tmp_path):
    """Deep trees without brackets parse, and recursive walkers die of them."""
    text = "x = " + " + ".join(["a"] * 3000) + "\ntry:\n    f()\nexcept:\n    pass\n"
    write(tmp_path, {"pyproject.toml": "", "deep.py": text})
    lines, _ = check(tmp_path)
    assert any("AUD401" in line or "AUD000" in line for line in lines)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission(tmp_path):
    write(tmp_path, {**FILES, "app/secret.py": "x = 1\n"})
    (tmp_path / "app" / "secret.py").chmod(0)
    lines, status = check(tmp_path)
    assert status == 2
    assert any("app/secret.py:1:1: AUD000" in line for line in lines)


def test_links_in_a_loop_and_out_of_the_tree(tmp_path):
    project = write(tmp_path / "project")
    outside = write(tmp_path / "outside", {"secret.py": "try:\n    f()\nexcept:\n    pass\n"})
    os.symlink("loop.py", project / "app" / "loop.py")
    os.symlink(outside / "secret.py", project / "app" / "leads_out.py")
    os.symlink(project, project / "app" / "again")
    lines, status = check(project, "--select", "AUD101,AUD201,AUD302,AUD401")
    assert not any("AUD401" in line and "leads_out" in line for line in lines)
    assert len([line for line in lines if "AUD401" in line]) == 1
    done = run(project, "check", "app/loop.py")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_name_that_begins_with_a_dash(tmp_path):
    write(tmp_path, {**FILES, "--select=E.py": "try:\n    f()\nexcept:\n    pass\n"})
    lines, _ = check(tmp_path, "--select", "AUD401")
    assert any("--select=E.py:3:1" in line for line in lines)
    lines, _ = check(tmp_path, "--select", "AUD401", "--", "--select=E.py")
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "AUD40l"], ["AUD40l"]),
        (["--select", "bare-exept"], ["bare-exept", "bare-except"]),
        (["--ignore", "AUD777"], ["AUD777"]),
        (["--fail-on", "hihg"], ["hihg", "high"]),
        (["--output-format", "sarfi"], ["sarfi", "sarif"]),
        (["--jobs", "many"], ["many"]),
        (["nowhere.py"], ["nowhere.py"]),
    ],
)
def test_wrong_words_are_named(tmp_path, arguments, words):
    write(tmp_path)
    done = run(tmp_path, "check", *arguments)
    assert done.returncode == 2
    assert all(word in done.stderr for word in words)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text", ["[tool.preaudit\n", "[tool.preaudit]\nselect = 3\n", "[tool.preaudit]\nselekt = []\nfail-on = 'x'\n", "\0"]
)
def test_a_malformed_configuration(tmp_path, text):
    write(tmp_path, {**FILES, "pyproject.toml": text})
    done = run(tmp_path, "check")
    assert "Traceback" not in done.stderr
    if "preaudit" in text:
        assert done.returncode == 2
        assert "pyproject.toml" in done.stderr


def test_hostile_yaml_is_bounded(tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}, *{p}]\n" for p, n in zip("abcdefghijkl", "bcdefghijklm"))
    write(tmp_path, {
        **FILES, "docker-compose.yml": bomb + "services: {web: {image: x, volumes: *m}}\n",
        "docker-compose.deep.yml": "services:\n  web:\n    image: " + "[" * 1000 + "]" * 1000 + "\n",
        "docker-compose.tab.yml": "services:\n\tweb: {}\n",
        ".env": "A=1\nB='unterminated\n",
    })  # fmt: skip
    lines, status = check(tmp_path)
    assert any(line.startswith("app/api.py:12:") for line in lines)
    assert any(line.startswith("docker-compose.tab.yml:2:") and "AUD000" in line for line in lines)
    assert status == 2


def test_without_git(tmp_path):
    write(tmp_path)
    lines, _ = check(tmp_path, "--select", "AUD401", env={"PATH": "/nonexistent"})
    assert len(lines) == 1


def test_a_match_statement_has_places(tmp_path):
    """A case has no line of its own in the tree; what stands in it, or is bound by it, must not raise."""
    text = (
        "def f(x):\n    match x:\n        case {'a': a}:\n            y = a\n        case [b, *_] if b:\n            y = b\n"
        "        case _:\n            y = None\n    try:\n        y.commit()\n    except:\n        pass\n    return y, a, b\n"
    )
    write(tmp_path, {"pyproject.toml": "", "m.py": text})
    lines, _ = check(tmp_path, "--select", "AUD")
    assert not any("AUD000" in line for line in lines)
    assert any("AUD401" in line for line in lines)


@pytest.mark.parametrize("text", ["services: {}  # preaudit: ignore[AUD902] x\n", "services: {}\n"])
def test_a_reader_that_fails_costs_one_finding(tmp_path, monkeypatch, text):
    """What silences a finding is read once more when a run ends: a reader that dies must not end the run."""
    from preaudit.core.settings import Settings
    from preaudit_hooks.documents.compose import ComposeDocument
    from preaudit_hooks.engine import check_paths

    def fails(self, *arguments, **more):
        raise RuntimeError("no such thing")

    files = {"compose.yaml": text, "a.py": "try:\n    f()\nexcept:\n    g()\n"}
    write(tmp_path, files)
    options = {"root": str(tmp_path), "settings": Settings(root=str(tmp_path)), "jobs": 1}
    codes = {"AUD000", "AUD401", "AUD902", "AUD998"}
    for patched in (True, False):
        if patched:
            monkeypatch.setattr(ComposeDocument, "__init__", fails)
        else:  # only the second reading fails: the first one was kept
            monkeypatch.undo()
            check_paths([str(tmp_path)], codes=codes, **options)
            monkeypatch.setattr("preaudit_hooks.documents.kinds.read", fails)
        result = check_paths([str(tmp_path)], codes=codes, cache=not patched, **options)
        broken = [finding.path for finding in result.findings if finding.code == "AUD000"]
        assert broken == (["compose.yaml"] if patched or "preaudit" in text else [])
        assert any(finding.code == "AUD401" for finding in result.findings)


def test_a_project_for_a_newer_python_is_told_once_at_the_end(tmp_path):
    """Each file has its AUD000; what the reader has to do is said once, and what it means for the others."""
    write(tmp_path, {
        **FILES, "pyproject.toml": "[project]\nname = 'x'\nrequires-python = '>=3.99'\n",
        **{f"app/new{number}.py": "x = = 1\n" for number in range(3)},
    })  # fmt: skip
    done = run(tmp_path, "check", "--output-format", "concise")
    assert done.returncode == 2
    assert done.stdout.count("the project is written for Python 3.99, so run preaudit under that") == 3
    (line,) = [line for line in done.stderr.splitlines() if "3.99" in line]
    assert "3 of " in line and "language_version: python3.99" in line
    done = run(tmp_path, "doctor")
    assert "the project is written for 3.99" in done.stdout
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\nrequires-python = '>=3.8'\n")
    done = run(tmp_path, "check")
    assert "language_version" not in done.stderr
    assert "which is written for 3.8" in run(tmp_path, "doctor").stdout
