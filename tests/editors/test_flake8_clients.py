"""The commands with which editors run flake8: each must show our findings of unsaved text, and only well-formed ones."""

import importlib.util
import re
import subprocess
import sys
from ast import literal_eval

import pytest
from lsp_client import Client

UNUSED = "x = 1  # preaudit: ignore[AUD000] gone\n"
MESSAGE = "preaudit: ignore[AUD000] silences nothing; delete it"


def flake8(arguments, text, workspace, environment):
    """Run flake8 as an editor does, the text on standard input; answer its lines."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        input=text, capture_output=True, text=True, cwd=workspace, env=environment, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_nvim_lint(workspace, environment):
    form = "%(path)s:%(row)d:%(col)d:%(code)s:%(text)s"
    arguments = [f"--format={form}", "--no-show-source", "--stdin-display-name", "sub/a.py", "-"]
    lines = flake8(arguments, "\n" + UNUSED, workspace, environment)
    found = [re.fullmatch(r"[^:]+:(\d+):(\d+):(\w+):(.*)", line).groups() for line in lines]
    assert ("2", "8", "AUD998", MESSAGE) in found


def test_efm_gives_no_name(workspace, environment):
    lines = flake8(["-"], UNUSED, workspace, environment)
    assert f"stdin:1:8: AUD998 {MESSAGE}" in lines
    assert flake8(["-"], "", workspace, environment) == []


def test_ale_sees_no_traceback(workspace, environment):
    for text in ("def f(:\n", "x = (\n", "x = 1\n" * 3, "\ufeffx = 1\n"):
        lines = flake8(["--stdin-display-name", "a.py", "-"], text, workspace, environment)
        assert not any(line.startswith("Traceback") for line in lines)


def test_the_buffer_counts_and_not_the_disk(workspace, environment):
    (workspace / "a.py").write_text("x = 1\n")
    arguments = ["--select", "AUD", "--ignore", "AUD8", "--stdin-display-name", "a.py", "-"]
    assert len(flake8(arguments, UNUSED, workspace, environment)) == 1
    (workspace / "a.py").write_text(UNUSED)
    assert flake8(arguments, "x = 1\n", workspace, environment) == []


LONG_LIVED = """
import contextlib, io, runpy, sys
def run(path):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.argv = ["flake8", "--format=%(row)d,%(col)d,%(code).1s,%(code)s:%(text)s", path]
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_module("flake8", run_name="__main__")
        except SystemExit:
            pass
    out.flush()
    return out.buffer.getvalue().decode()
text = {text!r}
for content in (text, "x = 1\\n", "\\n" + text):
    open("a.py", "w").write(content)
    print(repr(run("a.py")))
open("pyproject.toml", "w").write("[tool.preaudit]\\nignore = ['AUD998']\\n")
print(repr(run("a.py")))
"""


def test_one_process_that_lives_on_as_in_vs_code(workspace, environment):
    code = LONG_LIVED.format(text=UNUSED)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=workspace, env=environment, timeout=60
    )
    assert done.returncode == 0, done.stderr
    first, second, third, fourth = (literal_eval(line) for line in done.stdout.splitlines())
    pattern = re.compile(r"(\d+),(-?\d+),(\w+),(\w+\d+):([^\r\n]*)")
    assert ("1", "8", "A", "AUD998", MESSAGE) in pattern.findall(first)
    assert "AUD998" not in second
    assert ("2", "8", "A", "AUD998", MESSAGE) in pattern.findall(third)
    assert "AUD998" not in fourth, "a changed configuration holds from the next run on"


needs_pylsp = pytest.mark.skipif(
    importlib.util.find_spec("pylsp") is None,
    reason="python-lsp-server is not installed; requirements-dev.txt brings it",
)
OTHERS = ("autopep8", "jedi_completion", "mccabe", "pycodestyle", "pydocstyle", "pyflakes", "pylint", "rope_autoimport",
          "yapf")  # fmt: skip


@pytest.fixture
def pylsp(workspace, environment):
    client = Client([sys.executable, "-m", "pylsp"], workspace, environment)
    plugins = {name: {"enabled": False} for name in OTHERS}
    plugins["flake8"] = {"enabled": True, "executable": f"{sys.executable} -m flake8"}
    client.start(workspace, settings={"pylsp": {"plugins": plugins}})
    yield client
    client.stop()


@needs_pylsp
def test_python_lsp_server(pylsp, workspace):
    path = workspace / "sub" / "a.py"
    path.parent.mkdir()
    found = pylsp.open(path, "y = 2\n" + UNUSED)
    ours = [each for each in found if each.get("code") == "AUD998"]
    assert [(each["range"]["start"], each["message"]) for each in ours] == [
        ({"line": 1, "character": 7}, f"AUD998 {MESSAGE}")
    ]
    assert not path.exists(), "the text never was on disk"
    assert [each for each in pylsp.change(path, "y = 2\n") if "AUD" in str(each.get("code"))] == []
    for text in ("", "\n", "def f(:\n", "x = '\U0001f600'\n" + UNUSED):
        for each in pylsp.change(path, text):
            start = each["range"]["start"]
            assert start["line"] >= 0 and start["character"] >= 0


ENDLESS = """
import ast, sys
from preaudit.core import limits
from preaudit.core.registry import registry
from flake8.main.cli import main

def endless(node, ctx):
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue
    yield

limits._Limited.seconds = 0.1
for code in sys.argv[1].split(","):
    registry().get(code).load().node_checks = [((ast.Module,), endless)]
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("AUD402", ["AUD101", "AUD000 the check AUD402 was stopped after 0.1 s of processor time; please report it"]),
        (
            "AUD401,AUD402,AUD403,AUD404",
            ["AUD000 cannot be checked: stopped after 0.1 s of processor time; please report it"],
        ),
    ],
    ids=["one check", "the file"],
)
def test_a_file_that_takes_too_long_costs_one_finding(workspace, environment, codes, said):
    """As `preaudit check` says it; the file after it is checked as ever."""
    (workspace / "a_slow.py").write_text("from . import a\n\ntry:\n    f()\nexcept Exception:\n    pass\n")
    (workspace / "b_next.py").write_text("from . import b\n")
    command = [
        sys.executable,
        "-c",
        ENDLESS,
        codes,
        "-j1",
        "--select",
        "AUD000,AUD101,AUD402,AUD403,AUD404",
        "--preaudit-no-cache",
    ]
    done = subprocess.run(
        [*command, "a_slow.py", "b_next.py"],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    slow = sorted(line.split(": ", 1)[1] for line in done.stdout.splitlines() if line.startswith("a_slow.py"))
    assert sum("AUD000" in line for line in slow) == 1
    assert all(any(line.startswith(words) for line in slow) for words in said) and len(slow) >= len(said)
    assert any("AUD101" in line for line in done.stdout.splitlines() if line.startswith("b_next.py"))
