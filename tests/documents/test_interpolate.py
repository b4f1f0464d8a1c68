"""`${VAR}` as Compose reads it."""

import pytest
from preaudit_hooks.documents.interpolate import evaluate, names, normalised

CASES = [
    ("a", {}, ("a", False, True)),
    ("$A", {"A": "1"}, ("1", False, True)),
    ("${A}b", {"A": "1"}, ("1b", False, True)),
    ("${A}", {}, ("${A}", False, False)),
    ("${A:-x}", {}, ("x", True, True)),
    ("${A-x}", {}, ("x", True, True)),
    ("${A:-x}", {"A": ""}, ("x", False, True)),
    ("${A-x}", {"A": ""}, ("", False, True)),
    ("${A:-x}", {"A": "1"}, ("1", False, True)),
    ("${A:-x}", {"A": None}, ("${A}", False, False)),
    ("${A:?no}", {}, ("${A}", False, False)),
    ("${A:?no}", {"A": "1"}, ("1", False, True)),
    ("${A:+x}", {"A": "1"}, ("x", False, True)),
    ("${A:+x}", {"A": ""}, ("", False, True)),
    ("${A:+x}", {}, ("", True, True)),
    ("${A:-${B:-y}}", {}, ("y", True, True)),
    ("${A:-${B:-y}}", {"B": "2"}, ("2", True, True)),
    ("$$A", {"A": "1"}, ("$A", False, True)),
    ("cost $5", {}, ("cost $5", False, True)),
    ("${", {}, ("${", False, True)),
    ("${A:-a:b}:80", {}, ("a:b:80", True, True)),
]


@pytest.mark.parametrize("text, values, expected", CASES)
def test_evaluate(text, values, expected):
    assert tuple(evaluate(text, values)) == expected


def test_names_and_normalised():
    assert names("$A ${B:-${C}} $$D ${A}") == ["A", "B", "C"]
    assert normalised("$A/x:${B:-y}") == "${A}/x:${B:-y}"


def test_deep_nesting_ends():
    text = "x"
    for _ in range(500):
        text = "${A:-" + text + "}"
    assert evaluate(text).complete is False
