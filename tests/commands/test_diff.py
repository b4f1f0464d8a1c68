"""`--diff REF`: what the revision did not have, by fingerprint on both sides."""

import shutil

import pytest
from preaudit.core.finding import Edit, Fix


@pytest.fixture
def repository(project, git, bad):
    (project / "a.py").write_text("bad(1)\nx = 2\n" + "y = 3\n" * 20)
    (project / "sub").mkdir()
    (project / "sub/é b.yaml").write_text("bad: 1\n")
    git("add", "-A")
    git("commit", "-qm", "one")
    return project


def diff(run, ref="main", *arguments):
    status, out, err = run("check", "--diff", ref, *arguments)
    return status, [line.split(" AUD")[0].rstrip(":") for line in out.splitlines()], err


def test_old_findings_stay_out_however_they_move(repository, run, git):
    assert diff(run) == (0, [], "")
    (repository / "a.py").write_text("# new\n\n" + "y = 3\n" * 20 + "bad(1)\nx = 2\nbad(2)\n")
    assert diff(run) == (1, ["a.py:25:1"], "")
    assert diff(run, "main", "--no-cache", "a.py")[1] == ["a.py:25:1"]


def test_a_copy_is_new(repository, run):
    (repository / "a.py").write_text("bad(1)\nbad(1)\n" + "y = 3\n" * 20)
    assert diff(run)[1] == ["a.py:2:1"]


def test_new_files_are_new_and_renamed_ones_are_not(repository, run, git):
    git("mv", "a.py", "sub/c.py")
    git("mv", "sub/é b.yaml", "sub/d.yaml")
    assert diff(run)[1] == []
    (repository / "e.py").write_text("bad(1)\n")
    assert diff(run)[1] == ["e.py:1:1"]


def test_the_merge_base_decides(repository, run, git):
    git("checkout", "-qb", "feature")
    (repository / "f.py").write_text("bad(1)\n")
    git("add", "-A")
    git("commit", "-qm", "feature")
    git("checkout", "-q", "main")
    (repository / "a.py").write_text("fine = 1\n")
    git("commit", "-qam", "fixed on main")
    git("checkout", "-q", "feature")
    assert diff(run)[1] == ["f.py:1:1"], "a.py is fixed on main, but not by this branch"


def test_what_was_suppressed_is_new_without_its_comment(repository, run, git):
    (repository / "a.py").write_text("bad(1)  # noqa\n")
    git("commit", "-qam", "suppressed")
    (repository / "a.py").write_text("bad(1)\n")
    assert diff(run, "HEAD")[1] == ["a.py:1:1"]


def test_a_project_below_the_repository(repository, run, monkeypatch):
    (repository / "sub/pyproject.toml").write_text("[tool.preaudit]\n")
    monkeypatch.chdir(repository / "sub")
    assert diff(run)[1] == []
    (repository / "sub/é b.yaml").write_text("bad: 1\nbad: 2\n")
    assert diff(run)[1] == ["é b.yaml:2:1"]


def test_git_cannot_tell(repository, run, git, monkeypatch, tmp_path):
    for ref in ("gone", "--upload-pack=x", "HEAD~99", "\x1b[31m"):
        status, lines, err = diff(run, f"{ref}") if not ref.startswith("-") else run("check", f"--diff={ref}")
        assert (status, bool(lines)) == (2, False) and "there is no revision" in err and "\x1b" not in err
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "no common history")
    status, _, err = diff(run)
    assert status == 2 and "no common history" in err
    shallow = tmp_path / "shallow"
    git("checkout", "-q", "main")
    (repository / "a.py").write_text("bad(9)\n")
    git("commit", "-qam", "two")
    git("clone", "-q", "--depth", "1", repository.as_uri(), str(shallow), cwd=tmp_path)
    monkeypatch.chdir(shallow)
    for ref in ("HEAD", "HEAD~1"):
        status, lines, err = diff(run, ref)
        assert (status, lines) == (2, []) and "the clone is shallow" in err and "fetch-depth: 0" in err
    bare = tmp_path / "bare"
    bare.mkdir()
    monkeypatch.chdir(bare)
    status, _, err = diff(run)
    assert status == 2 and "this is no git repository" in err


def test_nothing_of_the_old_tree_is_left_behind(repository, run, monkeypatch, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    (repository / "a.py").write_text("bad(2)\n")
    diff(run)
    assert list(folder.iterdir()) == []


def test_links_of_the_old_tree_are_not_followed(repository, run, git, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(repository / "sub")
    (repository / "sub").symlink_to(outside)
    git("add", "-A")
    git("commit", "-qm", "a link")
    (repository / "sub").unlink()
    (repository / "sub").mkdir()
    (repository / "sub/x.py").write_text("bad(1)\n")
    assert diff(run, "HEAD")[1] == ["sub/x.py:1:1"]
    assert list(outside.iterdir()) == []


def test_fixes_go_with_what_is_new(repository, run, finding, bad, git):
    bad_lines = bad.findings

    def fixable(paths, options):
        found = bad_lines(paths, options)
        for one in found:
            one.fix = Fix("Write good", (Edit(one.line, 1, one.line, 4, "good"),))
        return found

    bad.findings = fixable
    (repository / "a.py").write_text("bad(1)\nbad(2)\n" + "y = 3\n" * 20)
    status, out, _ = run("fix", "--diff", "main")
    assert status == 1 and out.splitlines() == ["a.py:2:1: AUD998 wrong; write right [fixed]"]
    assert (repository / "a.py").read_text().startswith("bad(1)\ngood(2)\n")
    git("checkout", "-q", ".")
    run("baseline")
    (repository / "a.py").write_text("bad(1)\nbad(2)\n" + "y = 3\n" * 20)
    run("fix")
    assert (repository / "a.py").read_text().startswith("bad(1)\ngood(2)\n"), "what is accepted is not touched"


def test_what_a_link_said_is_no_finding_of_the_past(repository, run, git):
    (repository / "c.py").symlink_to("bad(1)")
    git("add", "-A")
    git("commit", "-qm", "a link whose target reads like a finding")
    (repository / "c.py").unlink()
    (repository / "c.py").write_text("bad(1)")
    assert diff(run, "HEAD")[1] == ["c.py:1:1"]
