"""`preaudit baseline`, and the baseline in `preaudit check`."""

import json
import shutil

import pytest

NAME = "preaudit-baseline.json"


def found(run, *arguments):
    """Answer the lines of `check`, concise, without their message."""
    return [line.split(" ")[0].rstrip(":") for line in run("check", *arguments)[1].splitlines()]


@pytest.fixture
def adopted(project, bad, run):
    (project / "a.py").write_text("bad(1)\nx = 2\nbad(3)\n")
    (project / "b.py").write_text("bad(1)\n")
    status, out, _ = run("baseline")
    assert status == 0 and out == f"{NAME}: 3 findings accepted; commit it\n"
    return project


def test_accepted_findings_no_longer_fail_and_new_ones_do(adopted, run):
    assert run("check") == (0, "", "")
    (adopted / "a.py").write_text("# moved\n\n\nx = 2\nbad(3)\nbad(1)\nbad(4)\n")
    assert found(run) == ["a.py:7:1"]


def test_a_copy_of_an_accepted_finding_is_new(adopted, run):
    (adopted / "a.py").write_text("bad(1)\nbad(1)\nbad(3)\n")
    assert found(run) == ["a.py:2:1"]


def test_no_baseline_and_isolated_show_all(adopted, run):
    assert found(run, "--no-baseline") == found(run, "--isolated") == ["a.py:1:1", "a.py:3:1", "b.py:1:1"]


def test_json_says_what_is_accepted(adopted, run):
    rows = json.loads(run("check", "--output-format=json")[1])
    assert [row["baselined"] for row in rows] == [True] * 3


def test_fixed_findings_shrink_it_locally(adopted, run):
    (adopted / "a.py").write_text("x = 2\nbad(3)\n")
    status, out, err = run("check")
    assert (status, out) == (0, "") and f"{NAME}: 1 fixed entry dropped" in err
    assert len(json.loads((adopted / NAME).read_text())["findings"]) == 2
    (adopted / "a.py").write_text("bad(1)\nbad(3)\n")
    assert found(run) == ["a.py:1:1"], "what was fixed once is new when it comes back"


def test_fixed_findings_fail_in_ci_and_nothing_is_written(adopted, run, monkeypatch):
    before = (adopted / NAME).read_bytes()
    (adopted / "a.py").write_text("x = 2\nbad(3)\n")
    monkeypatch.setenv("CI", "true")
    status, out, _ = run("check")
    assert status == 1 and out.startswith(f"{NAME}:2:1: AUD998 baseline entry AUD998 of a.py silences nothing")
    assert (adopted / NAME).read_bytes() == before
    assert run("baseline", "--check")[0] == 1
    monkeypatch.delenv("CI")
    assert run("baseline", "--prune")[:2] == (0, f"{NAME}: 0 added, 1 dropped; it accepts 2 findings\n")
    monkeypatch.setenv("CI", "true")
    assert run("check")[0] == 0 and run("baseline", "--check")[0] == 0


def test_partial_runs_call_nothing_stale(adopted, run, monkeypatch):
    before = (adopted / NAME).read_bytes()
    (adopted / "b.py").write_text("x = 1\n")
    (adopted / "sub").mkdir()
    (adopted / "sub/c.py").write_text("x = 1\n")
    for ci in ("", "true"):
        monkeypatch.setenv("CI", ci)
        for arguments in (["a.py"], ["b.py"], ["sub"], ["--select", "AUD000"], ["--ignore", "AUD998"]):
            assert run("check", *arguments)[:2] == (0, "")
            assert (adopted / NAME).read_bytes() == before


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_run_that_could_not_read_all_calls_nothing_stale(adopted, run, bad, finding, monkeypatch, ci):
    monkeypatch.setenv("CI", ci)
    before = (adopted / NAME).read_bytes()
    bad.findings = lambda paths, options: [finding(code="AUD000", path="c.py")]
    assert "stale" not in "".join(map(str, run("check")))
    bad.findings, bad.errors = [], [("c.py", "no permission")]
    status, out, _ = run("check")
    assert (status, out) == (2, "") and (adopted / NAME).read_bytes() == before


def test_a_renamed_file_keeps_its_entries(adopted, run, monkeypatch):
    shutil.move(adopted / "a.py", adopted / "renamed.py")
    monkeypatch.setenv("CI", "true")
    assert run("check")[:2] == (0, "")
    monkeypatch.delenv("CI")
    assert run("check")[:2] == (0, "")
    assert "a.py" not in (adopted / NAME).read_text() and "renamed.py" in (adopted / NAME).read_text()
    assert run("check")[:2] == (0, "")


def test_update_is_the_only_way_to_accept_more(adopted, run):
    (adopted / "b.py").write_text("bad(1)\nbad(2)\n")
    before = (adopted / NAME).read_bytes()
    status, out, _ = run("baseline")
    assert status == 0 and "1 new, 0 stale" in out and "--update accepts" in out
    run("baseline", "--prune")
    run("check")
    assert (adopted / NAME).read_bytes() == before
    assert run("baseline", "--update")[1] == f"{NAME}: 1 added, 0 dropped; it accepts 4 findings\n"
    assert run("check")[0] == 0


def test_a_broken_or_missing_baseline_is_a_clear_message(adopted, run):
    (adopted / NAME).write_text("<<<<<<< ours\n")
    status, _, err = run("check")
    assert status == 2 and f"{NAME}:1:1: no valid JSON" in err and "resolve the merge conflict" in err
    (adopted / NAME).unlink()
    status, _, err = run("baseline", "--prune")
    assert status == 2 and f"there is no {NAME}" in err
    (adopted / "pyproject.toml").write_text('[tool.preaudit]\nbaseline = "gone.json"\n')
    status, out, err = run("check")
    assert status == 1 and "there is no baseline gone.json" in err
    (adopted / "pyproject.toml").write_text('[tool.preaudit]\nbaseline = "../out.json"\n')
    assert "leads out of the project" in run("baseline")[2] and not (adopted.parent / "out.json").exists()


def test_errors_write_nothing(project, bad, run):
    bad.errors = [("a.py", "no permission")]
    assert run("baseline")[0] == 2 and not (project / NAME).exists()


def test_suppressed_findings_are_not_accepted(project, bad, run):
    (project / "a.py").write_text("bad(1)  # noqa\n")
    assert "0 findings accepted" in run("baseline")[1]
    (project / "a.py").write_text("bad(1)\n")
    assert run("check")[0] == 1
