"""`preaudit explain` and `preaudit rules`."""

import json

import pytest
from preaudit_hooks.commands.markdown import render


@pytest.mark.parametrize("word", ["AUD998", "aud998", "unused-suppression", "unused_suppression"])
def test_explain_shows_the_page(run, project, word):
    status, out, _ = run("explain", word)
    assert status == 0 and out.startswith("AUD998 unused-suppression\nlow severity, on by default")
    assert "What it does\n------------" in out and "\x1b" not in out
    assert all(len(line) <= 100 for line in out.splitlines() if not line.startswith(("    ", "|")))


def test_explain_in_colour_and_as_markdown(run, project):
    assert "\x1b[1;4mWhat it does\x1b[0m" in run("explain", "AUD998", "--color=always")[1]
    assert "\n## What it does\n" in run("explain", "AUD998", "--format", "markdown")[1]


def test_explain_needs_no_valid_configuration(run, project):
    (project / "pyproject.toml").write_text("[tool.preaudit]\nnonsense = 1\n")
    assert run("explain", "AUD000")[0] == 0


def test_every_rule_can_be_explained(run, project):
    for row in json.loads(run("rules", "--output-format", "json")[1]):
        status, out, _ = run("explain", row["code"])
        assert status == 0 and row["name"] in out and len(out.splitlines()) > 5


def test_rules_table_and_json(run, project):
    status, out, _ = run("rules")
    assert status == 0 and "+ AUD998  unused-suppression" in out
    rows = json.loads(run("rules", "--output-format=json", "--select", "AUD998")[1])
    assert "AUD998" in [row["code"] for row in rows]
    (row,) = [row for row in rows if row["code"] == "AUD998"]
    assert row["severity"] == "low" and row["default"] is True and row["on"] is True and row["summary"]


PAGES = [
    ("one two three four", ["one two", "three", "four"]),
    ("a\nb\n\nc", ["a b", "", "c"]),
    ("## Bad\ntext", ["Bad\n---", "text"]),
    ("```python app/x.py\nlong_line = 1  # AUD201\n```\nend", ["    app/x.py", "    long_line = 1  # AUD201", "end"]),
    ("```python a.py\nx\n```\n```python b.py\ny\n```", ["    a.py", "    x", "", "    b.py", "    y"]),
    ("- one two three\n- four", ["- one two", "  three", "- four"]),
    ("| a | b |\n|---|---|", ["| a | b |", "|---|---|"]),
    ("unbroken-word-of-many-letters", ["unbroken-word-of-many-letters"]),
]


@pytest.mark.parametrize(("text", "lines"), PAGES)
def test_markdown(text, lines):
    assert render(text, 9, False) == lines


def test_inline_code_over_two_lines_keeps_its_colour():
    assert render("see `a b` now", 6, True) == ["see \x1b[36ma\x1b[0m", "\x1b[36mb\x1b[0m now"]
