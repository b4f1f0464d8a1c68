"""AUD998 through the engine: every kind of file, full and partial runs, what cannot be judged."""

import pytest
from preaudit.core.runner import check_text
from preaudit.core.settings import Settings
from preaudit_hooks.engine import check_paths
from preaudit_hooks.registry import registry

BARE = "try:\n    f()\nexcept:{}\n    g()\n"
ALL = registry().codes


def unused(tmp_path, files, options=None, codes=ALL, paths=None):
    """Answer [(path, line, column, suppressed)] of the AUD998 findings of a project of these files."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    targets = [str(tmp_path / path) for path in paths] if paths else [str(tmp_path)]
    settings = Settings(options, root=str(tmp_path))
    result = check_paths(targets, root=str(tmp_path), settings=settings, codes=codes, jobs=1)
    again = check_paths(targets, root=str(tmp_path), settings=settings, codes=codes, jobs=1)
    assert result.findings == again.findings, "the cache changes the answer"
    found = [one for one in result.findings if one.code == "AUD998"]
    return [(one.path, one.line, one.column, bool(one.suppressed)) for one in found]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.py": "x = 1  # noqa: AUD401\n"}, [("a.py", 1, 8, False)]),
        ({"a.py": BARE.format("  # noqa: AUD401")}, []),
        ({"a.py": BARE.format("  # preaudit: ignore[bare-except] why")}, []),
        ({"a.py": "x = (  # noqa: AUD401\n"}, []),
        ({"a.py": "x = 1\0  # noqa: AUD401\n"}, []),
        ({"test_a.py": "x = 1  # noqa: AUD401\n"}, [("test_a.py", 1, 8, False)]),
        ({"a.py": "# preaudit: ignore-file[AUD998] kept\nx = 1  # noqa: AUD401\n"}, [("a.py", 2, 8, True)]),
        ({".env": "A=1  # preaudit: ignore[AUD902] why\n"}, [(".env", 1, 6, False)]),
        ({".env": "A=1  # noqa: AUD902\n"}, []),
        ({".env": "A=1\n# preaudit: ignore[duplicate-entry] both are meant\nA=2\n"}, []),
        ({"run.sh": "#!/bin/sh\necho 1 # preaudit: ignore[AUD905] why\n"}, [("run.sh", 2, 8, False)]),
        (
            {
                "compose.yml": "services:\n  web:\n    image: x\n    labels:\n      - a=1  # preaudit: ignore[AUD901] why\n"
            },
            [("compose.yml", 5, 14, False)],
        ),
        ({"compose.yml": "services:\n  web:\n    image: 'x # preaudit: ignore[AUD901]'\n"}, []),
        ({"compose.yml": "services: [  # preaudit: ignore[AUD901]\n"}, []),
        ({"notes.md": "<!-- preaudit: ignore[AUD901] -->\n"}, []),
    ],
)
def test_files(tmp_path, files, found):
    assert unused(tmp_path, files) == found


def test_codes_that_did_not_run_are_not_judged(tmp_path):
    files = {"a.py": "x = 1  # noqa: AUD401, AUD402\n"}
    assert unused(tmp_path, files, codes={"AUD401"}) == []
    assert unused(tmp_path, files, codes={"AUD401", "AUD998"}) == [("a.py", 1, 8, False)]
    assert unused(tmp_path, files, codes={"AUD998"}) == []


def test_a_project_rule_is_judged_in_a_full_run_only(tmp_path):
    files = {"a.py": "x = 1  # preaudit: ignore[AUD103] why\n"}
    assert unused(tmp_path, files) == [("a.py", 1, 8, False)]
    assert unused(tmp_path, files, paths=["a.py"]) == []


@pytest.mark.parametrize("words", [["errors"], ["high"], ["AUD4"], ["bare-except"], ["all"], ["AUD401", "AUD403"]])
def test_per_file_ignores_take_every_word_of_a_selection(tmp_path, words):
    settings = Settings({"per-file-ignores": {"a.py": words}})
    (finding,) = check_text(BARE.format(""), "a.py", codes={"AUD401"}, settings=settings)
    assert finding.suppressed == "per-file-ignores"
    (other,) = check_text(BARE.format(""), "b.py", codes={"AUD401"}, settings=settings)
    assert not other.suppressed


def test_per_file_ignores_silence_unused_suppressions_too(tmp_path):
    files = {"a.py": "x = 1  # noqa: AUD401\n"}
    assert unused(tmp_path, files, {"per-file-ignores": {"a.py": ["AUD998"]}}) == [("a.py", 1, 8, True)]
