"""`preaudit lsp` over its real protocol: every kind of file, unsaved text, positions, quick fixes."""

import importlib.util
import os
import sys

import pytest
from lsp_client import Client

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pygls") is None, reason="pygls is not installed; the extra preaudit[lsp] brings it"
)

UNUSED = "x = 1  # preaudit: ignore[AUD000] gone\n"
COMPOSE = "services:\n  web:\n    image: x  # preaudit: ignore[AUD000] gone\n"
DOTENV = "# preaudit: ignore[AUD000] gone\nA=1\n"
SPEC = "name: shop\nservices:\n- name: web\n  run_command: x  # preaudit: ignore[AUD000] gone\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.preaudit]\n")
    return tmp_path


@pytest.fixture
def client(project):
    code = "import sys; from preaudit_hooks.cli import entry; sys.argv = ['preaudit', 'lsp', '--stdio']; entry()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    client = Client([sys.executable, "-c", code], project, environment)
    client.started = client.start(project)
    yield client
    client.stop()


def codes(diagnostics):
    return [(each["code"], each["range"]["start"]["line"] + 1) for each in diagnostics]


KINDS = [
    ("a.py", UNUSED, "python", ("AUD998", 1)),
    ("compose.yaml", COMPOSE, "yaml", ("AUD998", 3)),
    (".env", DOTENV, "dotenv", ("AUD998", 1)),
    (".do/app.yaml", SPEC, "yaml", ("AUD998", 4)),
    ("broken.py", "def f(:\n", "python", ("AUD000", 1)),
    ("compose.yml", "services: [\n", "yaml", ("AUD000", 2)),
]


def test_every_kind_of_file_from_unsaved_text(client, project):
    for name, text, language, expected in KINDS:
        found = client.settled(project / name, text, language)
        assert codes(found) == [expected], name
        assert found[0]["source"] == "preaudit" and "\n" not in found[0]["message"]
    assert not (project / "a.py").exists()


def test_changes_are_checked_and_closing_clears(client, project):
    path = project / "a.py"
    path.write_text("y = 2\n")
    assert client.settled(path, "y = 2\n") == []
    assert codes(client.change(path, "\n" + UNUSED)) == [("AUD998", 2)]
    assert client.change(path, "y = 2\n", 3) == []
    client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    assert client.diagnostics(path) == []


def test_columns_count_utf_16(client, project):
    text = "x = '\U0001f600\U0001f600'  # preaudit: ignore[AUD000]\n"
    (found,) = client.settled(project / "a.py", text)
    assert found["range"]["start"]["character"] == len("x = ''  ") + 4
    assert found["range"]["end"]["character"] == len(text.encode("utf-16-le")) // 2 - 1


def actions(client, path, diagnostics, only=None):
    context = {"diagnostics": diagnostics, **({"only": only} if only else {})}
    params = {"textDocument": {"uri": path.as_uri()}, "range": diagnostics[0]["range"], "context": context}
    return client.ask("textDocument/codeAction", params)


def test_quick_fixes(client, project):
    path = project / "a.py"
    found = client.settled(path, "y = '\U0001f600'\n" + UNUSED + UNUSED)
    quick, every = actions(client, path, found)
    assert quick["kind"] == "quickfix" and quick["title"] == "Remove the suppression (AUD998)"
    (edit,) = quick["edit"]["changes"][path.as_uri()]
    assert edit == {
        "newText": "",
        "range": {"start": {"line": 1, "character": 5}, "end": {"line": 1, "character": len(UNUSED) - 1}},
    }
    assert every["kind"] == "source.fixAll" and len(every["edit"]["changes"][path.as_uri()]) == 2
    assert [each["kind"] for each in actions(client, path, found, ["quickfix"])] == ["quickfix"]
    assert [each["kind"] for each in actions(client, path, found, ["source.fixAll"])] == ["source.fixAll"]


def test_accepted_findings_are_hints(client, project, monkeypatch):
    from preaudit_hooks import cli

    path = project / "a.py"
    path.write_text(UNUSED)
    monkeypatch.chdir(project)
    assert cli.main(["baseline"]) == 0
    found = client.settled(path, UNUSED + UNUSED)
    assert [each["severity"] for each in found] == [4, 3]


def test_a_wrong_configuration_is_told_and_nothing_breaks(client, project):
    (project / "pyproject.toml").write_text("[tool.preaudit]\nselekt = 1\n")
    path = project / "a.py"
    assert client.settled(path, UNUSED) == []
    assert client.change(path, UNUSED + "\n") == []
    messages = [each["params"]["message"] for each in client.said if each["method"] == "window/showMessage"]
    assert len(messages) == 1 and "selekt is no option; did you mean select" in messages[0]
    (project / "pyproject.toml").write_text("[tool.preaudit]\n")
    assert codes(client.change(path, UNUSED, 3)) == [("AUD998", 1)]


def test_saving_checks_the_other_open_files(client, project):
    one, other = project / "a.py", project / "b.py"
    client.settled(one, UNUSED)
    client.settled(other, UNUSED)
    client.notify("textDocument/didSave", {"textDocument": {"uri": other.as_uri()}})
    assert len(client.diagnostics(one)) == 1 and len(client.diagnostics(other)) == 1


def test_excluded_and_strange_documents_are_silent(client, project):
    assert client.settled(project / ".venv/lib/a.py", UNUSED) == []
    assert client.settled(project / "notes.txt", UNUSED, "plaintext") == []
    assert client.settled(project / "empty.py", "") == []


IMPORT = "from app.b import g\n"
REST = "\n\ndef f():\n    return g\n"


def test_project_findings_come_with_the_project_and_stay_while_one_types(client, project):
    app = project / "app"
    app.mkdir()
    (app / "__init__.py").write_text("")
    (app / "b.py").write_text("from app.a import f\n\n\ndef g():\n    return f\n")
    path = app / "a.py"
    path.write_text(IMPORT + REST)
    alone = client.open(path, IMPORT + REST)
    found = client.diagnostics(path)
    assert codes(alone) == [] and codes(found) == [("AUD103", 1)]
    assert codes(client.change(path, "import os\n" + IMPORT + REST)) == [("AUD103", 2)]
    assert codes(client.change(path, REST, 3)) == []
    assert codes(client.change(path, IMPORT + REST, 4)) == [], "asked anew when the file is saved"
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    assert codes(client.diagnostics(path)) == [("AUD103", 1)]
