"""What [tool.preaudit] may say, where it is found, and what is said about errors."""

import subprocess
import sys

import pytest
from preaudit.core.globs import Globs
from preaudit.core.options import OPTIONS, attribute, problem
from preaudit.core.settings import Settings, SettingsError, find_root, load, validate
from preaudit_hooks.registry import registry


@pytest.mark.parametrize(
    ("patterns", "path", "matches"),
    [
        (["test_*.py"], "app/test_x.py", True),
        (["test_*.py"], "app/best_x.py", False),
        (["tests/"], "tests/a/b.py", True),
        (["tests/"], "tests", False),
        (["tests/"], "app/tests/x.py", True),
        (["tests/"], "app/mytests/x.py", False),
        (["node_modules"], "web/node_modules/x/y.py", True),
        (["*.egg-info"], "src/a.egg-info/x.py", True),
        (["app/gen/*.py"], "app/gen/x.py", True),
        (["app/gen/*.py"], "src/app/gen/x.py", False),
        (["app/gen/*.py"], "app/gen/deep/x.py", False),
        (["app/**/x.py"], "app/x.py", True),
        (["app/**/x.py"], "app/a/b/x.py", True),
        (["app/gen"], "app/gen/deep/x.py", True),
        (["./app/gen"], "app/gen/deep/x.py", True),
        (["app/gen/"], "app/gen", False),
        (["/setup.py"], "setup.py", True),
        (["/setup.py"], "app/setup.py", False),
        (["a?c.py"], "x/abc.py", True),
        (["[!a]b.py"], "cb.py", True),
        (["[!a]b.py"], "ab.py", False),
        (["[z-a]"], "b", False),
        (["x*y*z.py"], "k/x1y2z.py", True),
        (["*"], "anything.py", True),
        (["**"], "any/thing.py", True),
        ([], "x.py", False),
        (["a.b"], "aXb", False),
    ],
)
def test_globs(patterns, path, matches):
    assert Globs(patterns).match(path) is matches


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"selct": ["AUD"]}, "selct is no option; did you mean select?"),
        ({"relative_imports": "never"}, "relative_imports is no option; did you mean relative-imports?"),
        ({"xyzzy": 1}, "xyzzy is no option"),
        ({"select": "AUD1"}, "select is a string; write a list of strings"),
        ({"select": ["AUD1", 3]}, "select holds a number; write a list of strings"),
        ({"select": [""]}, "select holds an empty string"),
        ({"fail-on": "hgh"}, "fail-on is 'hgh'; write one of 'low', 'medium', 'high', 'critical'"),
        ({"long-function": 3}, "long-function is 3; write a number from 10 to 10000"),
        ({"long-function": True}, "long-function is a boolean; write a whole number"),
        ({"require-reason": "yes"}, "require-reason is a string; write true or false"),
        ({"per-file-ignores": {"a.py": "AUD1"}}, "per-file-ignores 'a.py' is a string; write a list of strings"),
        ({"knowledge": {"acme.get": "netwrk"}}, "knowledge 'acme.get' is 'netwrk'"),
        ({"knowledge": {"acme": {"get": "network"}}}, "knowledge 'acme' is a table; quote the dotted name"),
        ({"knowledge": {"get": "network"}}, "knowledge 'get' is no dotted name"),
        ({"baseline": ""}, "baseline is empty"),
    ],
)
def test_one_error(values, said):
    (message,) = validate(values)
    assert message.startswith(said)
    with pytest.raises(SettingsError):
        Settings(values)


def test_all_errors_are_told_together_with_their_lines(tmp_path):
    file = tmp_path / "pyproject.toml"
    file.write_text(
        '[project]\nselct = 1\n[tool.preaudit]\nselct = ["AUD"]\nfail-on = 3\n\n'
        '[tool.preaudit.knowledge]\n"a.b" = "x y"\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert [error.removeprefix(f"{file}:").split(" ")[0] for error in caught.value.errors] == ["4:", "5:", "7:"]


def test_every_default_is_valid_and_documented():
    for option in OPTIONS:
        assert option.default in ((), {}) or not problem(option, option.default), option.name
        assert option.doc.endswith("."), option.name
        assert getattr(Settings(), attribute(option.name)) == option.default
    assert len({option.name for option in OPTIONS}) == len(OPTIONS)


def test_every_option_a_rule_names_exists():
    names = {option.name for option in OPTIONS}
    assert {name for rule in registry() for name in rule.options} <= names


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("files", "start", "root", "source"),
    [
        ({"pyproject.toml": "[tool.preaudit]\n", "a/b/x.py": ""}, "a/b", "", "pyproject.toml"),
        ({"preaudit.toml": "", "pyproject.toml": "[tool.preaudit]\n", "a/x.py": ""}, "a", "", "preaudit.toml"),
        (
            {"pyproject.toml": "[tool.preaudit]\n", "a/pyproject.toml": "[project]\n", "a/x.py": ""},
            "a",
            "",
            "pyproject.toml",
        ),
        (
            {"pyproject.toml": "[tool.preaudit]\n", "a/pyproject.toml": "[tool]\npreaudit.select=['AUD1']\n"},
            "a",
            "a",
            "a/pyproject.toml",
        ),
        ({"pyproject.toml": "[tool.preaudit]\n", "a/.git/HEAD": "", "a/b/x.py": ""}, "a/b", "a", ""),
        ({"pyproject.toml": "[project]\n", "a/b/x.py": ""}, "a/b", "", ""),
        ({"pyproject.toml": "[tool.preaudit]\n", "a/x.py": ""}, "a/x.py", "", "pyproject.toml"),
        ({"pyproject.toml": '[project]\ndependencies = ["preaudit"]\n', "a/x.py": ""}, "a", "", ""),
    ],
)
def test_the_configuration_is_the_nearest_and_the_root_is_its_folder(tmp_path, files, start, root, source):
    write(tmp_path, files)
    settings = load(tmp_path / start)
    assert settings.root == str(tmp_path / root).rstrip("/")
    assert settings.source == (str(tmp_path / source) if source else "")
    assert find_root(tmp_path / start) == settings.root
    assert load(tmp_path / start, isolated=True).root == settings.root
    assert load(tmp_path / start, isolated=True).source == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.preaudit]\nselect = [\n", "not valid TOML"),
        ("[tool.preaudit\n", "not valid TOML"),
        ("[tool]\npreaudit = 3\n", "[tool.preaudit] is no table"),
        ("[tool.preaudit]\nselect = " + "[" * 5000 + "\n", "not valid TOML"),
    ],
)
def test_a_malformed_file_is_a_message(tmp_path, text, said):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SettingsError, match="pyproject.toml") as caught:
        load(tmp_path)
    assert said in str(caught.value)


def test_a_malformed_file_that_is_not_ours_is_not_our_business(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert load(tmp_path).source == ""


def test_bom_and_wrong_encoding_are_survived(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.preaudit]\nselect = ['AUD1']\n# \xff\n")
    assert load(tmp_path).select == ("AUD1",)


def test_selection_words_are_checked_against_the_registry(tmp_path):
    (tmp_path / "preaudit.toml").write_text('select = ["AUD", "AUD9999"]\n[per-file-ignores]\n"x" = ["broken-fil"]\n')
    with pytest.raises(SettingsError) as caught:
        load(tmp_path).check_words(registry())
    assert len(caught.value.errors) == 2
    assert "preaudit.toml:1: 'AUD9999' selects nothing" in caught.value.errors[0]
    assert "did you mean 'broken-file'?" in caught.value.errors[1]


def test_fingerprint_follows_what_changes_results_only():
    assert Settings().fingerprint == ""
    assert Settings({"fail-on": "high", "cache-dir": "x"}).fingerprint == ""
    assert Settings({"select": []}).fingerprint == ""
    one = Settings({"reporters": ["a"]}).fingerprint
    assert one and one != Settings({"reporters": ["b"]}).fingerprint
    left = {"per-file-ignores": {"a": ["AUD1"], "b": ["AUD2"]}}
    right = {"per-file-ignores": {"b": ["AUD2"], "a": ["AUD1"]}}
    assert Settings(left).fingerprint == Settings(right).fingerprint


def test_command_line_values_win_and_are_validated():
    settings = Settings({"select": ["AUD1"], "long-function": 50}).with_values({"select": ["AUD2"]})
    assert (settings.select, settings.long_function) == (("AUD2",), 50)
    with pytest.raises(SettingsError, match="command line"):
        settings.with_values({"long-function": 1})


def test_questions_about_paths():
    settings = Settings({"extend-exclude": ["docs/"], "per-file-ignores": {"app/*.py": ["AUD4"], "x.py": ["AUD1"]}})
    assert settings.is_excluded("docs/conf.py") and settings.is_excluded(".venv", folder=True)
    assert not settings.is_excluded("app/x.py")
    assert settings.is_test("tests/x.py") and settings.is_test("a/conftest.py") and not settings.is_test("a/x.py")
    assert settings.is_migration("db/migrations/x.py") and not settings.is_migration("db/x.py")
    assert settings.is_foreign("vendor/a.py") and settings.is_foreign("a_pb2.py") and not settings.is_foreign("a.py")
    assert settings.ignores("app/x.py") == [("app/*.py", ("AUD4",)), ("x.py", ("AUD1",))]


def test_toml_is_read_only_where_a_file_is_ours(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    code = "import sys; from preaudit.core.settings import load; load(sys.argv[1]); print('tomllib' in sys.modules)"
    for text, read in (("[project]\n", "False"), ("[tool.preaudit]\n", "True")):
        (tmp_path / "pyproject.toml").write_text(text)
        done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == read


def test_a_project_that_the_repository_ignores_is_its_own_root(tmp_path):
    """A fetched application below an ignored folder is no part of the repository around it."""
    import subprocess

    from preaudit.core.settings import find_root

    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("/fetched/\n")
    for folder in ("fetched/app", "service"):
        (tmp_path / folder / "src").mkdir(parents=True)
        (tmp_path / folder / "pyproject.toml").write_text("[project]\n")
    assert find_root(str(tmp_path / "fetched/app/src")) == str(tmp_path / "fetched/app")
    assert find_root(str(tmp_path / "service/src")) == str(tmp_path)
    (tmp_path / "preaudit.toml").write_text("")  # the repository's own configuration changes neither
    assert find_root(str(tmp_path / "fetched/app/src")) == str(tmp_path / "fetched/app")
    assert find_root(str(tmp_path / "service/src")) == str(tmp_path)
