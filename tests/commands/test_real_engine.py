"""The command line over the real engine: bad input of every kind, suppressions, and the exit status."""

import json
import os
import sys

import pytest

UNUSED = "x = 1  # preaudit: ignore[AUD000] long gone\n"


def codes(run, *arguments):
    status, out, err = run("check", "--output-format=json", *arguments)
    return status, [(row["path"], row["line"], row["code"]) for row in json.loads(out)], err


def test_an_unused_suppression_is_found_and_removed(project, run):
    (project / "a.py").write_text(UNUSED)
    assert codes(run)[:2] == (1, [("a.py", 1, "AUD998")])
    status, out, _ = run("fix")
    assert status == 1 and out.endswith("[fixed]\n")
    assert (project / "a.py").read_text() == "x = 1\n"
    assert run("fix")[0] == 0


def test_a_file_of_each_broken_kind(project, run):
    broken = {
        "syntax.py": b"def f(:\n",
        "nul.py": b"x = 1\x00\n",
        "latin.py": b"# -*- coding: ascii -*-\nx = '\xe9'\n",
        "bytes.py": b"x = '\xff'\n",
        "compose.yaml": b"services: [\n",
    }
    for name, data in broken.items():
        (project / name).write_bytes(data)
    (project / "a.py").write_text(UNUSED)
    (project / "bom.py").write_bytes(b"\xef\xbb\xbf" + UNUSED.encode())
    (project / "empty.py").write_bytes(b"")
    (project / "loop.py").symlink_to(project / "loop.py")
    (project / "-dash.py").write_text(UNUSED)
    status, found, err = codes(run)
    assert status == 2 and "Traceback" not in err
    assert {path for path, _, code in found if code == "AUD000"} >= set(broken)
    assert {path for path, _, code in found if code == "AUD998"} == {"a.py", "bom.py", "-dash.py"}
    for name, data in broken.items():
        assert (project / name).read_bytes() == data


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_no_permission(project, run):
    (project / "a.py").chmod(0)
    assert codes(run)[0] == 2


def test_standard_input_stands_for_the_file(project, run, monkeypatch):
    import io
    import types

    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(UNUSED.encode())))
    assert codes(run, "-", "--stdin-filename", "a.py")[:2] == (1, [("a.py", 1, "AUD998")])


def test_the_baseline_with_the_real_engine(project, run):
    (project / "a.py").write_text(UNUSED)
    assert run("baseline")[0] == 0
    assert run("check")[0] == 0
    (project / "a.py").write_text("y = 2\n\n" + UNUSED + UNUSED)
    assert codes(run)[0] == 1
    (project / "a.py").write_text("y = 2\n\n    \n" + UNUSED)
    assert run("check")[:2] == (0, "")


def test_a_second_run_from_the_cache_says_the_same(project, run):
    (project / "a.py").write_text(UNUSED)
    first = codes(run)
    assert codes(run) == first == codes(run, "--no-cache") == codes(run, "--jobs", "2")


IGNORES = [
    # per-file-ignores, arguments, what is found
    ('"a.py" = ["AUD401"]', [], []),
    ('"a.py" = ["bare-except"]', [], []),
    ('"a.py" = ["AUD401", "AUD306"]', [], [("pyproject.toml", 4, "AUD998")]),
    ('"b.py" = ["AUD401"]', [], [("a.py", 3, "AUD401"), ("pyproject.toml", 4, "AUD998")]),
    ('"b.py" = ["AUD401"]', ["a.py"], [("a.py", 3, "AUD401")]),
    ('"b.py" = ["AUD401"]', ["--select", "AUD306,AUD998"], []),
    ('"b.py" = ["AUD401"]', ["--ignore", "AUD998,AUD401"], []),
]


@pytest.mark.parametrize(("ignores", "arguments", "found"), IGNORES)
def test_unused_per_file_ignores(project, run, ignores, arguments, found):
    (project / "pyproject.toml").write_text(f"[tool.preaudit]\n\n[tool.preaudit.per-file-ignores]\n{ignores}\n")
    (project / "a.py").write_text("try:\n    x = 1\nexcept:\n    x = 2\n")
    assert [each for each in codes(run, *arguments)[1] if each[2] != "AUD401" or each in found] == found


def test_files_that_nobody_reads_may_say_anything(project, run):
    (project / "notes.txt").write_bytes(b"caf\xe9\n")
    (project / "data.yaml").write_bytes(b"a: caf\xe9\n")
    (project / "README").write_bytes(b"\x00\xff")
    assert run("check", "notes.txt", "data.yaml", "README", "pyproject.toml") == (0, "", "")
    (project / "compose.yaml").write_bytes(b"a: caf\xe9\n")
    assert codes(run, "compose.yaml")[1] == [("compose.yaml", 1, "AUD000")]


DOCUMENTS = [
    # file, before, after `fix`
    (
        "compose.yaml",
        "services:\n  web:\n    image: x  # preaudit: ignore[AUD000] gone\n",
        "services:\n  web:\n    image: x\n",
    ),
    (
        "compose.yaml",
        "services:\n  # preaudit: ignore[AUD000]\n  web:\n    image: x\n",
        "services:\n  web:\n    image: x\n",
    ),
    (".env", "# preaudit: ignore[AUD000] gone\r\nA=1\r\n", "A=1\r\n"),
    ("run.sh", "#!/bin/sh\necho x  # preaudit: ignore[AUD000] gone", "#!/bin/sh\necho x"),
    ("a.py", "# preaudit: ignore-file[AUD000] gone\nx = 1\n", "x = 1\n"),
    ("a.py", "x = 1  # preaudit: ignore[AUD000] gone until=2000-01-01\n", None),
    ("compose.yaml", "services:\n  web:\n    image: 'x # preaudit: ignore[AUD000]'\n", None),
]


@pytest.mark.parametrize(("name", "before", "after"), DOCUMENTS)
def test_unused_suppressions_go_in_every_kind_of_file(project, run, name, before, after):
    (project / name).write_bytes(before.encode())
    run("fix", name)
    assert (project / name).read_bytes().decode() == (before if after is None else after)
    again = run("fix", name)
    assert again[0] == 0 or after is None
    assert (project / name).read_bytes().decode() == (before if after is None else after)
