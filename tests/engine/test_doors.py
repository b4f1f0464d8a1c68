"""The same finding reads the same through all doors, and flake8 is served as editors and hooks run it."""

import runpy
import sys

import pytest
from projects import FILES, check, flake8, run, write

EXPECTED = [("app/api.py", 3, "AUD101"), ("app/api.py", 11, "AUD302"), ("app/api.py", 12, "AUD401"),
            ("app/api.py", 13, "AUD302"), ("app/cache.py", 3, "AUD201"), ("app/umlaut.py", 3, "AUD101")]  # fmt: skip
SELECT = ("--select", "AUD101,AUD201,AUD302,AUD401")


def places(lines):
    """Answer [(path, line, code)] of concise or flake8 output, sorted."""
    found = []
    for line in lines:
        path, number, _, rest = line.removeprefix("./").split(":", 3)
        found.append((path, int(number), rest.split()[0]))
    return sorted(found)


def messages(lines):
    return sorted(line.removeprefix("./").split(":", 3)[0] + ":" + ":".join(line.split(":", 3)[1:]) for line in lines)


@pytest.fixture
def project(tmp_path):
    return write(tmp_path)


def test_check_finds_what_is_there(project):
    lines, status = check(project, *SELECT)
    assert places(lines) == EXPECTED
    assert status == 1


def test_flake8_says_the_same_to_the_letter(project):
    ours = {line.replace(" high ", " ") for line in check(project, "--select", "AUD101,AUD201,AUD302,AUD401")[0]}
    theirs = {line.removeprefix("./") for line in flake8(project, ".")[0]}
    theirs = {line for line in theirs if line.split()[1] in ("AUD101", "AUD201", "AUD302", "AUD401")}
    assert {strip(line) for line in ours} == {strip(line) for line in theirs}


def strip(line):
    """Answer path, place, code and message of a line; concise output may add the severity."""
    place, _, rest = line.partition(" AUD")
    return f"{place} AUD{rest}".replace(" [*]", "")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_flake8_gives_the_same_with_any_number_of_processes(project, jobs):
    lines, _ = flake8(project, "-j", jobs, ".")
    assert [p for p in places(lines) if p[2] in ("AUD101", "AUD201", "AUD302", "AUD401")] == EXPECTED


def test_flake8_from_standard_input_reads_the_buffer_and_not_the_disk(project):
    buffer = FILES["app/api.py"].replace("    except:\n", "    except KeyError:\n")
    lines, _ = flake8(project, "--stdin-display-name", "app/api.py", "-", stdin=buffer)
    assert ("app/api.py", 12, "AUD401") not in places(lines)
    assert ("app/api.py", 11, "AUD302") in places(lines)


def test_flake8_without_a_display_name(project):
    lines, _ = flake8(project, "-", stdin="try:\n    f()\nexcept:\n    pass\n")
    assert places(lines) == [("stdin", 3, "AUD401")]


def test_check_from_standard_input(project):
    buffer = FILES["app/api.py"].replace("    except:\n", "    except KeyError:\n")
    lines, _ = check(project, *SELECT, "--stdin-filename", "app/api.py", "-", stdin=buffer)
    assert places(lines) == [p for p in EXPECTED if p[0] == "app/api.py" and p[2] != "AUD401"]


def test_flake8_in_an_empty_file_says_nothing(project):
    assert flake8(project, "app/empty.py") == ([], 0)


def test_flake8_in_one_long_lived_process(project, monkeypatch, capsys):
    """Editors run flake8 again and again in one process: a changed file must be seen, an old one forgotten."""
    monkeypatch.chdir(project)
    seen = []
    for text in ("try:\n    f()\nexcept:\n    pass\n", "x = 1\n", "try:\n    f()\nexcept:\n    pass\n"):
        (project / "app" / "live.py").write_text(text)
        monkeypatch.setattr(sys, "argv", ["flake8", "-j1", "--select", "AUD401", "app/live.py"])
        with pytest.raises(SystemExit):
            runpy.run_module("flake8", run_name="__main__")
        seen.append(capsys.readouterr().out.count("AUD401"))
    assert seen == [1, 0, 1]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--ignore", "E501"], False),
        (["--extend-ignore", "E501"], False),
        (["--extend-select", "AUD"], False),
        (["--extend-select", "AUD407"], True),
        (["--select", "AUD407"], True),
        (["--select", "AUD"], True),
        (["--select", "AUD", "--ignore", "AUD407"], False),
    ],
)
def test_a_rule_that_is_off_stays_off_until_it_is_named(project, options, expected):
    (project / "app" / "off.py").write_text(
        "import logging\n\ntry:\n    import this\nexcept Exception as error:\n    logging.error('no: %s', error)\n"
    )
    done = run(project, *options, "app/off.py", module="flake8")
    assert ("AUD407" in done.stdout) is expected


def test_our_comments_count_in_flake8_and_a_disabled_noqa_does_not(project):
    (project / "app" / "quiet.py").write_text(
        "from . import a  # preaudit: ignore[AUD101] wanted\nfrom . import b  # noqa: AUD101\nfrom . import c\n"
    )
    assert [p[1] for p in places(flake8(project, "app/quiet.py")[0]) if p[2] == "AUD101"] == [3]
    lines = flake8(project, "--disable-noqa", "app/quiet.py")[0]
    assert [p[1] for p in places(lines) if p[2] == "AUD101"] == [2, 3]


def test_a_wrong_configuration_is_one_clear_error(project):
    (project / "pyproject.toml").write_text('[tool.preaudit]\nselekt = ["AUD101"]\n')
    done = run(project, "app/api.py", module="flake8")
    assert "critical error" in done.stdout + done.stderr
    assert "selekt" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert run(project, "check").returncode == 2
