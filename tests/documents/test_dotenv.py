"""`.env` files by Compose's grammar."""

import pytest
from preaudit_hooks.documents.dotenv import DotenvDocument

VALUES = [
    ("A=1", "1"),
    ("A = 1", "1"),
    ("A=1 # c", "1"),
    ("A=1#c", "1#c"),
    ("A=", ""),
    ("A= # c", "# c"),
    ("A: 1", "1"),
    ("export A=1", "1"),
    ("A='x # y'", "x # y"),
    ('A="x # y" # z', "x # y"),
    ("A='${B}'", "${B}"),
    ('A="a\\nb"', "a\nb"),
    ("A='a\\nb'", "a\\nb"),
    ('A="a\nb"', "a\nb"),
    ('A="\\$B"', "$$B"),
    ('A="say \\"hi\\""', 'say "hi"'),
    ("A=x=y", "x=y"),
    ("A=x\r\n", "x"),
    ("\ufeffA=1", "1"),
    ("A=a b c", "a b c"),
    ("  A=1", "1"),
    ("A=postgres://u@h/d?x=#1", "postgres://u@h/d?x=#1"),
    ("A.B-C[0]=1", "1"),
    ("1A=1", "1"),
]


@pytest.mark.parametrize("text, value", VALUES)
def test_values(text, value):
    document = DotenvDocument(".env", text)
    assert [entry.value for entry in document.entries] == [value] and not document.problems


@pytest.mark.parametrize(
    "text, name, place, value_place",
    [
        ("A=1\nexport  BB = 'x' # c\n", "BB", (2, 9, 2, 11), (2, 14, 2, 17)),
        ("A=1 # c\n", "A", (1, 1, 1, 2), (1, 3, 1, 4)),
        ("# c\r\nA=\r\n", "A", (2, 1, 2, 2), (2, 3, 2, 3)),
        ('A="x\ny"\n', "A", (1, 1, 1, 2), (1, 3, 2, 3)),
        ("\u00e9=1\n", "\u00e9", (1, 1, 1, 2), (1, 3, 1, 4)),
    ],
)
def test_places(text, name, place, value_place):
    entry = DotenvDocument(".env", text).get(name)
    assert (entry.place, entry.value_place) == (place, value_place)


@pytest.mark.parametrize(
    "text, names, problems",
    [
        ("A\nB=1\n", ["A", "B"], []),
        ("A=1\nA=2\n", ["A", "A"], []),
        ("BAD KEY=1\nB=1\n", ["B"], [(1, 1)]),
        ("A='x\nB=1\n", ["B"], [(1, 3)]),
        ("=1\nB=1\n", ["B"], [(1, 1)]),
        ("A!=1\nB=1\n", ["B"], [(1, 2)]),
        ("A='x'y\n", ["A"], [(1, 6)]),
        ("\n\n  # only\n", [], []),
        ("", [], []),
    ],
)
def test_broken_lines_do_not_hide_the_rest(text, names, problems):
    document = DotenvDocument(".env", text)
    assert [entry.name for entry in document.entries] == names
    assert [problem[:2] for problem in document.problems] == problems


def test_a_name_alone_comes_from_outside():
    entry = DotenvDocument(".env", "A\n").get("A")
    assert entry.inherited and entry.value == ""


def test_comments():
    document = DotenvDocument(".env", "# a\nA='x # no' # b\nB=x#no\n")
    assert [(comment.line, comment.text) for comment in document.comments] == [(1, "# a"), (2, "# b")]
