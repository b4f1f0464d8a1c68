"""`preaudit check`: options, exit statuses, several outputs, standard input, fixes."""

import io
import json
import os
import subprocess
import sys
import types

import pytest
from preaudit.core.finding import Edit, Fix
from preaudit_hooks import cli


def test_clean_is_silent_and_zero(run, engine, project):
    assert run("check") == (0, "", "")
    (paths, options) = engine.calls[0]
    assert paths == [str(project)] and options["root"] == str(project)


EXITS = [
    # findings' severities, errors, arguments, exit status
    ([], [], [], 0),
    (["low"], [], [], 1),
    (["low"], [], ["--fail-on", "medium"], 0),
    (["medium"], [], ["--fail-on", "medium"], 1),
    (["critical"], [], ["--fail-on=high"], 1),
    (["critical"], [], ["--exit-zero"], 0),
    ([], [("a.py", "no permission")], [], 2),
    (["critical"], [("a.py", "no permission")], ["--exit-zero"], 2),
]


@pytest.mark.parametrize(("severities", "errors", "arguments", "status"), EXITS)
def test_exit_status(run, engine, project, finding, severities, errors, arguments, status):
    engine.findings = [finding(severity=severity) for severity in severities]
    engine.errors = errors
    assert run("check", *arguments)[0] == status


def test_suppressed_and_baselined_findings_do_not_fail(run, engine, project, finding):
    engine.findings = [finding(suppressed="-"), finding(baselined=True)]
    status, out, _ = run("check", "--output-format", "json")
    assert status == 0 and len(json.loads(out)) == 2


def test_fail_on_of_the_configuration(run, engine, project, finding):
    (project / "pyproject.toml").write_text('[tool.preaudit]\nfail-on = "high"\n')
    engine.findings = [finding(severity="medium")]
    assert run("check")[0] == 0
    assert run("check", "--isolated")[0] == 1
    assert run("check", "--fail-on", "low")[0] == 1


USAGE = [
    (["chekc"], "there is no command chekc; did you mean check?"),
    (["a.py"], "a.py is no command; write `preaudit check a.py`"),
    (["check", "--selct", "AUD1"], "check: there is no option --selct; did you mean --select?"),
    (["check", "--select", "AUD99X"], "'AUD99X' selects nothing; did you mean 'AUD998'?"),
    (["check", "--select", "unused-supression"], "did you mean 'unused-suppression'?"),
    (["check", "--select", ","], "write at least one code"),
    (["check", "--fail-on", "hihg"], "there is no severity 'hihg'; did you mean high?"),
    (["check", "--output-format", "sarfi"], "there is no format 'sarfi'; did you mean sarif?"),
    (["check", "--jobs", "0"], "'0' is no number from 1 to 4096"),
    (["check", "--output-format", "json", "--output-format", "sarif"], "two formats for standard output"),
    (["check", "--output-format", "json:no/such/folder.json"], "cannot write no/such/folder.json: No such file"),
    (["check", "-", "a.py"], "- reads standard input; leave out the other paths"),
    (["check", "a.py", "--stdin-filename", "b.py"], "--stdin-filename speaks of standard input"),
    (["check", "--part", "pyhton"], "invalid choice: 'pyhton'"),
    (["explain", "AUD99"], "AUD99 stands for several codes; name one of AUD998"),
    (["explain", "unused-supression"], "did you mean unused-suppression?"),
]


@pytest.mark.parametrize(("argv", "message"), USAGE)
def test_usage_errors_are_one_clear_line(run, engine, project, argv, message):
    if argv == ["explain", "AUD99"]:
        argv, message = ["explain", "AUD"], "AUD stands for several codes; name one of AUD000"
    status, out, err = run(*argv)
    assert status == 2 and out == ""
    assert err.startswith("preaudit: error: ") and err.count("\n") == 1 and message in err


def test_configuration_errors_come_all_at_once(run, engine, project):
    (project / "pyproject.toml").write_text('[tool.preaudit]\nfail-on = "hihg"\nselekt = []\n')
    status, _, err = run("check")
    assert status == 2 and err.count("preaudit: error: ") == 2 and "did you mean select" in err
    assert run("check", "--isolated")[0] == 0


def test_missing_path_is_an_error_and_the_others_go_on(run, engine, project, finding):
    engine.findings = [finding()]
    status, out, err = run("check", "gone.py", "a.py")
    assert status == 2 and "AUD998" in out and "gone.py: there is no such file" in err
    assert engine.calls[0][0] == ["a.py"]


def test_a_name_that_begins_with_a_dash(run, engine, project):
    (project / "-x.py").write_text("")
    assert run("check", "-x.py")[0] == 2
    assert run("check", "--", "-x.py")[0] == 0
    assert engine.calls[-1][0] == ["-x.py"]


def test_paths_are_shown_relative_to_the_working_directory(run, engine, project, finding, monkeypatch):
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    engine.findings = [finding(path="sub/b.py"), finding(path="a.py")]
    assert [line.split(":")[0] for line in run("check")[1].splitlines()] == ["../a.py", "b.py"]


def test_a_project_elsewhere_has_its_own_configuration(run, engine, project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    run("check", "project/a.py")
    assert engine.calls[0][1]["root"] == str(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run("check", str(project / "a.py"))
    assert engine.calls[1][1]["root"] == str(project)


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        (["shop"], "shop"),
        (["shop/src"], "shop"),
        (["shop", "shop/src"], "shop"),
        (["shop/."], "shop"),
        (["repository/app"], "repository"),
        (["repository/plain"], "repository"),
        (["repository/own"], "repository/own"),
        (["shop", "repository"], ""),
        (["repository/own", "repository/app"], ""),
        (["shop/src/a.py"], ""),
        (["shop", "shop/src/a.py"], ""),
        (["nothing"], "nothing"),
        (["."], ""),
        ([], ""),
    ],
)
def test_a_folder_is_checked_as_the_project_it_belongs_to(run, engine, tmp_path, monkeypatch, paths, root):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for folder in ("shop/src", "shop/.git", "repository/.git", "repository/app", "repository/plain", "repository/own"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "nothing" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "src" / "a.py").write_text("")
    (tmp_path / "repository" / "plain" / "pyproject.toml").write_text("[project]\nname = 'plain'\n")
    (tmp_path / "repository" / "own" / "preaudit.toml").write_text("")
    assert run("check", *paths)[0] == 0
    assert engine.calls[0][1]["root"] == str(tmp_path / root).rstrip("/")


def test_several_outputs_in_one_run(run, engine, project, finding):
    engine.findings = [finding()]
    arguments = [f"--output-format={name}" for name in ("concise", "sarif:o.sarif", "json:o.json", "junit:o.xml")]
    status, out, _ = run("check", *arguments)
    assert status == 1 and out == "a.py:1:1: AUD998 wrong; write right\n"
    assert json.loads((project / "o.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((project / "o.json").read_text())[0]["code"] == "AUD998"
    assert (project / "o.xml").read_text().startswith("<?xml")


def test_files_only_leave_a_word_on_standard_error(run, engine, project, finding):
    engine.findings = [finding()]
    status, out, err = run("check", "--output-format=json:o.json")
    assert (status, out) == (1, "") and err.startswith("preaudit: 1 finding in 3 files (1 low)")


def test_statistics(run, engine, project, finding):
    engine.findings = [finding(), finding(line=2)]
    assert run("check", "--statistics")[1].splitlines()[-1] == "2  AUD998  unused-suppression"


def test_colours(run, engine, project, finding, monkeypatch):
    engine.findings = [finding()]
    assert "\x1b" not in run("check")[1]
    assert "\x1b" in run("check", "--color", "always")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in run("check")[1]
    assert "\x1b" not in run("check", "--color=never")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check")[1]


def test_skip_leaves_codes_out_and_says_so(run, engine, project, finding, monkeypatch):
    engine.findings = [finding()]
    monkeypatch.setenv("SKIP", "flake8,AUD998,black")
    status, out, err = run("check")
    assert (status, out) == (0, "") and "SKIP leaves out AUD998" in err
    monkeypatch.setenv("SKIP", "preaudit-unused-suppression")
    assert run("check")[0] == 0
    monkeypatch.setenv("SKIP", "AUD000,flake8")
    assert run("check")[0] == 1 and "AUD000" in engine.calls[-1][1]["codes"]


SELECTIONS = [
    ([], {"AUD000", "AUD998"}),
    (["--select", "AUD000"], {"AUD000"}),
    (["--ignore", "AUD998"], {"AUD000"}),
    (["--select", "AUD"], {"AUD000", "AUD998"}),
    (["--select", "AUD000", "--extend-select", "unused-suppression"], {"AUD000", "AUD998"}),
]


@pytest.mark.parametrize(("arguments", "codes"), SELECTIONS)
def test_selection(run, engine, project, arguments, codes):
    run("check", *arguments)
    got = engine.calls[0][1]["codes"]
    assert {code for code in got if code in ("AUD000", "AUD998")} == codes


def test_engine_options(run, engine, project):
    run("check", "--no-cache", "--jobs", "3")
    options = engine.calls[0][1]
    assert options["cache"] is False and options["jobs"] == 3
    run("check")
    assert engine.calls[1][1]["cache"] is True and engine.calls[1][1]["jobs"] is None


def stdin_of(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(data)))


def test_standard_input(run, engine, project, finding, monkeypatch):
    stdin_of(monkeypatch, b"\xef\xbb\xbfunsaved = 1\n")
    engine.findings = [finding(path="sub/new.py")]
    status, out, _ = run("check", "--stdin-filename", "sub/new.py", "-", "--output-format=full")
    assert status == 1 and "sub/new.py:1:1: AUD998" in out and "| unsaved = 1" in out
    assert engine.calls[0][1]["stdin"] == ("sub/new.py", b"\xef\xbb\xbfunsaved = 1\n")
    stdin_of(monkeypatch, b"")
    assert run("check", "-")[0] == 1
    assert engine.calls[1][1]["stdin"] == ("stdin", b"")


def fixing(project, finding):
    """An engine that finds `bad` in files, fixable."""

    def findings(paths, options):
        found = []
        for path in sorted(project.glob("*.py")):
            for number, line in enumerate(path.read_bytes().decode().splitlines(), 1):
                if line.startswith("bad"):
                    fix = Fix("Write good", (Edit(number, 1, number, 4, "good"),))
                    found.append(finding(path=path.name, line=number, fix=fix))
        return found

    return findings


@pytest.mark.parametrize("command", [["check", "--fix"], ["fix"]])
def test_fix(run, engine, project, finding, command):
    target = project / "b.py"
    target.write_bytes(b"\xef\xbb\xbfx = 1\r\nbad = 2  # keep\r\nbad = 3")
    target.chmod(0o755)
    engine.findings = fixing(project, finding)
    status, out, err = run(*command)
    assert target.read_bytes() == b"\xef\xbb\xbfx = 1\r\ngood = 2  # keep\r\ngood = 3"
    assert target.stat().st_mode & 0o777 == 0o755
    assert out.splitlines() == [f"b.py:{line}:1: AUD998 wrong; write right [fixed]" for line in (2, 3)]
    assert (status, err) == (1, "")
    assert run(*command) == (0, "", ""), "a second run changes nothing"


def test_a_fix_that_breaks_the_file_is_not_made(run, engine, project, finding):
    (project / "a.py").write_text("x = 1\n")
    engine.findings = [finding(fix=Fix("Break it", (Edit(1, 1, 1, 2, "("),)))]
    status, _, err = run("fix")
    assert status == 2 and "a.py: not fixed: a fix would leave a file that cannot be parsed" in err
    assert (project / "a.py").read_text() == "x = 1\n"


def test_no_fix_leaves_the_tree(run, engine, project, finding, tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text("bad = 1\n")
    (project / "link.py").symlink_to(outside)
    engine.findings = fixing(project, finding)
    status, _, err = run("fix")
    assert status == 2 and "link.py: not fixed" in err and outside.read_text() == "bad = 1\n"


def test_suppressed_findings_are_not_fixed(run, engine, project, finding):
    engine.findings = [finding(suppressed="-", fix=Fix("Break", (Edit(1, 1, 1, 2, "y"),)))]
    before = (project / "a.py").read_text()
    assert run("fix")[0] == 0 and (project / "a.py").read_text() == before


def test_help_has_groups_and_examples(run, project):
    for command in cli.COMMANDS:
        with pytest.raises(SystemExit) as stop:
            run(command, "--help")
        assert stop.value.code == 0
    status, out, _ = run()
    assert status == 2 and all(command in out for command in cli.COMMANDS)
    assert run("--help")[0] == 0


def test_version(run):
    from preaudit import __version__

    assert run("--version") == (0, f"preaudit {__version__}\n", "")


def test_a_fault_of_our_own_is_no_finding(monkeypatch, capsys):
    def fail():
        raise RuntimeError("boom")

    monkeypatch.setattr(cli, "main", fail)
    with pytest.raises(SystemExit) as stop:
        cli.entry()
    assert stop.value.code == 2
    err = capsys.readouterr().err
    assert "RuntimeError: boom" in err and "please report" in err


def test_start_up_imports_little(project):
    code = (
        "import sys; from preaudit_hooks.cli import main; main(['--version'])\n"
        "heavy = {'dataclasses','typing','inspect','importlib.metadata','concurrent.futures','logging','argparse',"
        "'json','astroid','ruamel.yaml','flake8'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, timeout=60, env={
        **os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_a_reader_that_goes_away_is_no_traceback(project):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-c", "from preaudit_hooks.cli import entry; entry()", "rules", "--output-format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
    )  # fmt: skip
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)


def test_the_language_server_says_what_it_needs(run, project, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygls", None)
    status, _, err = run("lsp")
    assert status == 2 and 'pygls is not installed; pip install "preaudit[lsp]"' in err
