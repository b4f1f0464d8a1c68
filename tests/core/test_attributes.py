"""What .gitattributes calls vendored or generated belongs to others, unless the configuration says what does."""

import pytest
from preaudit.core.attributes import Marked
from preaudit.core.settings import Settings, load

ROWS = """
# linguist-vendored
src/deps/src/** -text -eol linguist-vendored=true
lib/* linguist-vendored
lib/own.py -linguist-vendored
sdk/python/** linguist-generated
*_auto_*.py linguist-generated=1
gen/*.py linguist-generated
*.py linguist-vendored
* linguist-generated=true
**/*.yml linguist-vendored
docs/** linguist-documentation
off/** linguist-vendored=false
"quoted name/**" linguist-vendored
[attr]mine linguist-vendored
"""


@pytest.mark.parametrize(
    ("path", "name", "marked"),
    [
        ("src/deps/src/brotli/a.py", "vendored", True),
        ("src/deps/src/brotli/a.py", "generated", False),
        ("src/deps/own.py", "vendored", False),
        ("lib/other.py", "vendored", True),
        ("lib/own.py", "vendored", False),
        ("app/lib/other.py", "vendored", False),
        ("sdk/python/client.py", "generated", True),
        ("orders/migrations/0001_auto_x.py", "generated", True),
        ("gen/a.py", "generated", True),
        ("app/main.py", "vendored", False),
        ("app/main.py", "generated", False),
        ("compose.yml", "vendored", False),
        ("docs/conf.py", "vendored", False),
        ("off/a.py", "vendored", False),
    ],
)
def test_marks(path, name, marked):
    assert Marked(ROWS).match(path, name) is marked


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a b c\n", "linguist-vendored", "x -\ny !\nz linguist-vendored=", "\x00 linguist-"]
)
def test_odd_texts_mark_nothing_by_accident(text):
    assert not Marked(text).match("app/main.py", "vendored")


def test_settings_ask_the_file_of_the_root(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    assert load(tmp_path).fingerprint == ""
    (tmp_path / ".gitattributes").write_text("third/** linguist-vendored\n")
    settings = load(tmp_path)
    assert (
        settings.is_foreign("third/a.py") and settings.is_foreign("vendor/a.py") and not settings.is_foreign("app/a.py")
    )
    assert settings.fingerprint != ""


def test_what_the_configuration_says_counts_alone(tmp_path):
    (tmp_path / ".gitattributes").write_text("third/** linguist-vendored\ngen/** linguist-generated\n")
    settings = Settings({"vendored": ["copied/"]}, str(tmp_path))
    assert (
        settings.is_foreign("copied/a.py") and settings.is_foreign("gen/a.py") and not settings.is_foreign("third/a.py")
    )


def test_settings_without_a_folder_read_no_file(tmp_path, monkeypatch):
    (tmp_path / ".gitattributes").write_text("app/** linguist-vendored\n")
    monkeypatch.chdir(tmp_path)
    assert not Settings().is_foreign("app/a.py")
