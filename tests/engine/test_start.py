"""What the check of one changed file imports: no more than it uses, and no pattern is compiled at import."""

import ast
import json
import os
import subprocess
import sys

import pytest
from preaudit_hooks.commands import quick
from preaudit_hooks.commands.check import parser
from projects import HOME, write

PLAIN = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n\n[tool.preaudit]\nselect = ["default"]\n',
    "shop/__init__.py": "",
    "shop/sums.py": '"""Sums."""\n\n\ndef add(one: int, other: int) -> int:\n    """Answer the sum."""\n    return one + other\n',
}
# Modules that cost as much as a good part of the check, and that nothing of a plain file needs.
SLOW = {
    "argparse", "gettext", "tomllib", "typing", "datetime", "inspect", "dataclasses", "logging", "hashlib", "urllib.parse",
    "tokenize", "difflib", "subprocess", "multiprocessing", "concurrent.futures", "importlib.metadata", "sqlite3", "asyncio",
    "astroid", "ruamel.yaml", "flake8", "xml", "html", "unicodedata", "fnmatch", "shlex", "random", "decimal", "email", "pathlib",
}  # fmt: skip
# Rules that look at every file: no import, word or node tells that they have nothing to find in one.
ALWAYS = 20
LIST = (
    "import json, sys; from preaudit_hooks.cli import main; status = main(['check', 'shop/sums.py']); "
    "json.dump([status, sorted(sys.modules)], open(sys.argv[1], 'w'))"
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Answer the modules that the check of one changed file in a warm project has imported."""
    folder = write(tmp_path_factory.mktemp("start") / "project", PLAIN)
    told = folder.parent / "modules.json"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME / "plugins"), str(HOME / "hooks")]), "NO_COLOR": "1"}

    def check():
        subprocess.run([sys.executable, "-c", LIST, str(told)], cwd=folder, env=env, check=True, capture_output=True)

    check()
    with open(folder / "shop/sums.py", "a", encoding="utf-8") as stream:
        stream.write('\n\ndef twice(one: int) -> int:\n    """Answer the double."""\n    return add(one, one)\n')
    check()
    status, modules = json.loads(told.read_text(encoding="utf-8"))
    assert status == 0
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print('\\n'.join(sys.modules))"],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(modules) - set(bare.stdout.split())


def test_nothing_slow_is_imported(loaded):
    assert not {name for name in loaded if name in SLOW or name.partition(".")[0] in SLOW - {"urllib.parse"}}


def test_rules_that_cannot_find_anything_are_not_imported(loaded):
    rules = sorted(name for name in loaded if ".rules." in name and name.count(".") > 2)
    projects = [name for name in rules if name.startswith("preaudit_hooks.")]
    # a function that appears is asked for by what imports the module
    assert projects == ["preaudit_hooks.rules.imports.unresolved_project_import"]
    assert len(rules) <= ALWAYS, f"give new rules `imports` or `words`: {rules}"


def test_no_pattern_is_compiled_at_import(loaded):
    """A module that every check imports writes `lazy(...)` of preaudit.core.patterns instead of `re.compile(...)`."""
    found = []
    for name in sorted(loaded):
        if name.startswith("preaudit"):
            path = HOME / ("hooks" if name.startswith("preaudit_hooks") else "plugins") / name.replace(".", "/")
            path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            pending = list(ast.parse(path.read_text(encoding="utf-8")).body)
            while pending:
                node = pending.pop()
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                    continue
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
                    found.append(f"{name}:{node.lineno}")
                pending.extend(ast.iter_child_nodes(node))
    assert not found


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["shop/sums.py"],
        ["--force-exclude", "a.py", "b.py"],
        ["--force-exclude", "--part", "python", "a.py"],
        ["--select", "AUD001", "a.py"],
        ["--select", "AUD001,AUD1", "--select", "AUD302", "--isolated", "--no-cache", "a.py"],
    ],
)
def test_plain_command_lines_mean_what_argparse_says(argv):
    assert vars(quick.read(argv)) == vars(parser().parse_args(argv))


@pytest.mark.parametrize(
    "argv",
    [
        ["-"], ["--", "-a.py"], ["--select"], ["--select", "a b"], ["--select", "celery"], ["--part", "x"],
        ["--output-format", "json"], ["-h"], [""],
    ],
)  # fmt: skip
def test_other_command_lines_are_left_to_argparse(argv):
    assert quick.read(argv) is None
