"""Lines as Python and editors count them; the one function that every module splits texts with."""

import ast
import random
from pathlib import Path

import harness
import pytest
from preaudit.core.source import split_lines
from preaudit_hooks.output.context import shown_lines

TABLE = [
    ("", [], [""]),
    ("a", ["a"], ["a"]),
    ("a\n", ["a\n"], ["a", ""]),
    ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"], ["a", "b", "c", "d"]),
    ("\r\n\n\r", ["\r\n", "\n", "\r"], ["", "", "", ""]),
    ("a\x0cb\u2028c\x85d\x1ce\n", ["a\x0cb\u2028c\x85d\x1ce\n"], ["a\x0cb\u2028c\x85d\x1ce", ""]),
]


@pytest.mark.parametrize(("text", "lines", "shown"), TABLE)
def test_lines(text, lines, shown):
    assert split_lines(text) == lines
    assert shown_lines(text) == shown


def test_lines_are_those_of_the_parser():
    seeded = random.Random(3)
    for _ in range(300):
        text = "".join(
            seeded.choice(["a = 1", "#\x0b", "#\x85", "#\u2029", "\n", "\r\n", "\r", "\x0c"]) for _ in range(9)
        )
        lines = split_lines(text)
        assert "".join(lines) == text
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        for node in tree.body:
            assert lines[node.lineno - 1].strip(" \x0c").startswith("a = 1")


def test_it_stands_once():
    places = [path for root in ("plugins", "hooks") for path in (Path(harness.HOME) / root).rglob("*.py")]
    assert [path.name for path in places if "def split_lines" in path.read_text(encoding="utf-8")] == ["source.py"]
