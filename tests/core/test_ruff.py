"""`defer-to-ruff`: what we read in a ruff configuration is what the installed ruff says of it."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import harness
import pytest
from preaudit.core.files import project_files
from preaudit.core.ruff import DEFAULT, RuffSettings
from preaudit.core.runner import check_text
from preaudit.core.settings import Settings
from preaudit_hooks.registry import registry

RUFF = Path(sys.executable).with_name("ruff")
TWINS = sorted({code for rule in registry() for code in rule.ruff})


def ask_ruff(root, path):
    """Answer (codes that ruff enables for a file, those that per-file-ignores take out) by its own words."""
    command = [RUFF, "check", "--show-settings", "--no-cache", path]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    block = re.search(r"^linter\.rules\.enabled = \[\n(.*?)^\]", done.stdout, re.M | re.S)
    ban = re.search(r"ban_relative_imports = \"?(\w+)", done.stdout)
    enabled = set(re.findall(r"\((\w+)\)", block[1])) if block else set()
    if ban is None or ban[1].lower() != "all":
        enabled.discard("TID252")  # it does not report all relative imports
    return enabled


def read_settings(root):
    paths = project_files(str(root))
    return RuffSettings(paths, lambda path: (root / path).read_text())


def write(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


# What a rule reports and its twin does not, with the reason.
NOT_OF_RUFF = {"except ERRORS:": "ruff does not look up a tuple of exceptions that has a name"}


def reported(case, codes, root):
    """Answer {(path, line)} of what the installed ruff reports of a case when these codes are selected."""
    write(root, case.files)
    options = ["--isolated", "--ignore-noqa", "--preview", "--output-format", "json", "--exit-zero", "--no-cache"]
    ban = 'lint.flake8-tidy-imports.ban-relative-imports="all"'
    command = [RUFF, "check", *options, "--config", ban, "--select", ",".join(codes), "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=True)
    return {
        (Path(row["filename"]).relative_to(root.resolve()).as_posix(), line)
        for row in json.loads(done.stdout)
        for line in range(row["location"]["row"], row["end_location"]["row"] + 1)
    }


def test_every_twin_is_a_rule_of_the_installed_ruff():
    done = subprocess.run(
        [RUFF, "rule", "--all", "--output-format", "json"], capture_output=True, text=True, timeout=60
    )
    status = {row["code"]: next(iter(row["status"])) for row in json.loads(done.stdout)}
    assert {code: status.get(code) for code in TWINS} == dict.fromkeys(TWINS, "Stable")


@pytest.mark.parametrize("rule", [rule for rule in registry() if rule.ruff], ids=lambda rule: rule.name)
def test_a_twin_reports_all_that_we_report(rule, tmp_path):
    """A rule that finds more than ruff has no twin: deferring would lose what ruff does not say."""
    lost, seen = [], 0
    for number, case in enumerate([*harness.examples(rule, "Bad"), *harness.fixture_cases(rule)]):
        root = tmp_path / str(number)
        root.mkdir()
        told = reported(case, rule.ruff, root)
        for path, text in case.files.items():
            lines = harness.lines_of(text)
            ours = {line for line, code in harness.marks(text)[0] if code == rule.code}
            seen += len(ours)
            said = [lines[line - 1] for line in ours if (path, line) not in told]
            lost += [
                f"{case.name} {path}: {line}" for line in said if line.partition("#")[0].strip() not in NOT_OF_RUFF
            ]
    assert seen
    assert not lost, "\n".join(lost)


SELECT = "[tool.ruff.lint]\nselect = {}\n"
CASES = {
    "nothing is configured": ({}, "app/a.py"),
    "no table of ruff": ({"pyproject.toml": "[tool.black]\nline-length = 100\n"}, "a.py"),
    "an empty table": ({"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}, "a.py"),
    "a linter": ({"pyproject.toml": SELECT.format('["F", "D"]')}, "a.py"),
    "a code, and no longer one that begins like it": ({"pyproject.toml": SELECT.format('["D10", "UP03"]')}, "a.py"),
    "all": ({"pyproject.toml": SELECT.format('["ALL"]')}, "a.py"),
    "all but": ({"pyproject.toml": SELECT.format('["ALL"]') + 'ignore = ["D", "BLE001"]\n'}, "a.py"),
    "pylint": ({"pyproject.toml": SELECT.format('["PL"]') + 'ignore = ["PLR"]\n'}, "a.py"),
    "more specific": ({"pyproject.toml": SELECT.format('["PLR2004", "S"]') + 'ignore = ["PLR", "S110"]\n'}, "a.py"),
    "the same on both sides": ({"pyproject.toml": SELECT.format('["D100"]') + 'ignore = ["D100"]\n'}, "a.py"),
    "extended": ({"pyproject.toml": SELECT.format('["D"]') + 'extend-select = ["E722", "F403"]\n'}, "a.py"),
    "the old place": ({"ruff.toml": 'select = ["D"]\nextend-select = ["BLE"]\nignore = ["D100"]\n'}, "a.py"),
    "ruff.toml wins": ({"ruff.toml": '[lint]\nselect = ["D"]\n', "pyproject.toml": SELECT.format('["S"]')}, "a.py"),
    ".ruff.toml wins": ({"ruff.toml": '[lint]\nselect = ["D"]\n', ".ruff.toml": '[lint]\nselect = ["S"]\n'}, "a.py"),
    "the nearest counts alone": (
        {"pyproject.toml": SELECT.format('["D"]'), "app/ruff.toml": '[lint]\nselect = ["S"]\n'}, "app/x/a.py",
    ),
    "pyproject without ruff is passed over": (
        {"pyproject.toml": SELECT.format('["D"]'), "app/pyproject.toml": "[project]\nname = 'x'\n"}, "app/a.py",
    ),
    "extend": (
        {"base.toml": '[lint]\nselect = ["D", "S"]\n', "app/ruff.toml": 'extend = "../base.toml"\n[lint]\nignore = ["S1"]\n'},
        "app/a.py",
    ),
    "extend, with a selection of its own": (
        {"base.toml": '[lint]\nselect = ["D"]\n', "ruff.toml": 'extend = "base.toml"\n[lint]\nselect = ["S"]\n'}, "a.py",
    ),
    "tidy imports": ({"pyproject.toml": SELECT.format('["TID"]')}, "a.py"),
    "tidy imports, all": (
        {
            "pyproject.toml": SELECT.format('["TID"]')
            + '[tool.ruff.lint.flake8-tidy-imports]\nban-relative-imports = "all"\n'
        },
        "a.py",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "path"), CASES.values(), ids=list(CASES))
def test_the_installed_ruff_agrees(tmp_path, files, path):
    write(tmp_path, {path: "x = 1\n", **files})
    expected = ask_ruff(tmp_path, path)
    if not any("select" in text for text in files.values()):
        expected &= DEFAULT  # what other versions select by default, too
        if not any("ruff" in text for text in files.values()):
            expected = set()  # a project that has no ruff configuration may not run ruff
    found = read_settings(tmp_path)
    assert {code for code in TWINS if found.selects(code, path)} == expected & set(TWINS)


def test_the_installed_ruff_agrees_on_random_selections(tmp_path):
    seeded = random.Random(7)
    words = ["ALL", "F", "D", "D1", "D10", "D103", "PL", "PLR", "PLR2", "PLR2004", "PLR09", "S", "S1", "S11", "S110"]
    words += ["UP", "UP03", "UP031", "BLE", "BLE001", "B", "B9", "TRY", "TRY4", "TRY400", "E7", "E722", "RUF006"]
    for number in range(40):
        root = tmp_path / str(number)
        lines = ["[lint]"]
        for key in ("select", "extend-select", "ignore", "extend-ignore"):
            if key == "select" or seeded.random() < 0.5:
                lines.append(f"{key} = {seeded.sample(words, seeded.randrange(1, 5))!r}")
        write(root, {"a.py": "x = 1\n", "ruff.toml": "\n".join(lines) + "\n"})
        found = read_settings(root)
        assert {code for code in TWINS if found.selects(code, "a.py")} == ask_ruff(root, "a.py") & set(TWINS), lines


@pytest.mark.parametrize(
    ("table", "path", "selected"),
    [
        ('[lint.per-file-ignores]\n"tests/*" = ["E722"]', "tests/a.py", False),
        ('[lint.per-file-ignores]\n"tests/*" = ["E"]', "app/a.py", True),
        ('[lint.per-file-ignores]\n"__init__.py" = ["ALL"]', "app/__init__.py", False),
        ('[lint.per-file-ignores]\n"!app/**" = ["E722"]', "lib/a.py", False),
        ('[lint.per-file-ignores]\n"!app/**" = ["E722"]', "app/a.py", True),
        ('[lint.extend-per-file-ignores]\n"*.py" = ["E72"]', "app/a.py", False),
    ],
)
def test_files_that_ruff_reports_nothing_in(tmp_path, table, path, selected):
    write(
        tmp_path, {path: "try:\n    x = 1\nexcept:\n    pass\n", "ruff.toml": f'[lint]\nselect = ["E722"]\n{table}\n'}
    )
    command = [RUFF, "check", "--no-cache", "--output-format", "concise", "--force-exclude", path]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout
    assert ("E722" in told) is selected
    assert read_settings(tmp_path).selects("E722", path) is selected


@pytest.mark.parametrize("line", ['exclude = ["gen"]', 'extend-exclude = ["gen/*.py"]', '[lint]\nexclude = ["gen/**"]'])
def test_what_ruff_excludes_is_not_left_to_it(tmp_path, line):
    text = "try:\n    x = 1\nexcept:\n    pass\n"
    config = line + "\n" + ("" if "[lint]" in line else "[lint]\n") + 'select = ["E722"]\n'
    write(tmp_path, {"gen/a.py": text, "app/a.py": text, "ruff.toml": config})
    command = [RUFF, "check", "--no-cache", "--output-format", "concise"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout
    found = read_settings(tmp_path)
    for path in ("gen/a.py", "app/a.py"):
        assert found.selects("E722", path) is (path in told)


@pytest.mark.parametrize(
    "text", ["[lint\n", 'lint = "x"\n', "[lint]\nselect = 3\n", 'extend = "ruff.toml"\n', "select = [1]\n"]
)
def test_a_malformed_configuration_selects_nothing_of_its_own(tmp_path, text):
    write(tmp_path, {"ruff.toml": text})
    assert not any(read_settings(tmp_path).selects(code, "a.py") for code in TWINS if code not in DEFAULT)


SOURCE = "try:\n    x = 1\nexcept:\n    raise_it = 1\nfrom . import y\n"


@pytest.mark.parametrize(
    ("config", "options", "expected"),
    [
        ('[lint]\nselect = ["E722", "TID252"]\n', {}, ["AUD401", "AUD101"]),
        ('[lint]\nselect = ["E722", "TID252"]\n', {"defer-to-ruff": True}, ["AUD101"]),
        (
            '[lint]\nselect = ["TID"]\nflake8-tidy-imports.ban-relative-imports = "all"\n',
            {"defer-to-ruff": True},
            ["AUD401"],
        ),
        ('[lint]\nselect = ["D"]\n', {"defer-to-ruff": True}, ["AUD401", "AUD101"]),
    ],
)
def test_a_twin_that_ruff_selects_is_silent(config, options, expected):
    found = check_text(
        SOURCE, "app/a.py", codes={"AUD401", "AUD101"}, settings=Settings(options), files={"ruff.toml": config},
        registered=registry(),
    )  # fmt: skip
    assert [finding.code for finding in found] == expected
