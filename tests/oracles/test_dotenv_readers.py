"""What python-dotenv makes of a `.env`: where it agrees with Compose's grammar, and the differences that are known."""

import io

import pytest

dotenv = pytest.importorskip("dotenv", reason="the comparison needs python-dotenv: tests/knowledge/requirements.txt")
from preaudit_hooks.documents.dotenv import DotenvDocument  # noqa: E402
from preaudit_hooks.documents.interpolate import evaluate  # noqa: E402

SAME = r"""A=1|A = 1|export A=1|A="x y"|A='x y'|A="x ${B} y"|A=x # c|A=x#c|A="x" # c|A='a # b'|A=|A=""|A|A=a b c|A="a\"b"
A=${C:-d}|A="${C:-d e}"
A=a=b|A=a:b|A.B=1|A-B=1|  A=1|A=1  |A="multi
line"|A=ü|A=!x|A=a;b|A={"k": 1}|A='a"b'|A="a'b"|A="a\nb"|# A=1|A=${B}"""
# line -> (python-dotenv, Compose); None where it reads no such name
DIFFERENT = [
    ("A: 1", None, "1"),  # a colon is no sign there
    ("A='x ${B} y'", "x inner y", "x ${B} y"),  # references count in single quotes, too
    ("A=$B", "$B", "inner"),  # only braces make a reference
    ("A=${C-d}", "", "d"),  # and only :- gives a default
    ("A= # x", "", "# x"),  # a comment right behind the sign
    ("A[0]=1", "1", "1"),
    ('A="unterminated', None, None),
]


def theirs(text):
    return dict(dotenv.dotenv_values(stream=io.StringIO(text)))


def ours(text):
    found: dict = {}
    for entry in DotenvDocument(".env", text).entries:
        value = entry.value if entry.literal else evaluate(entry.value, found).text
        found[entry.name] = None if entry.inherited else value
    return found


@pytest.mark.parametrize("line", SAME.replace("\n", "|", 2).split("|"))
def test_both_read_the_same(line):
    text = f"B=inner\n{line}\nLAST=1\n"
    assert ours(text) == theirs(text)


@pytest.mark.parametrize("line, there, here", DIFFERENT)
def test_known_differences(line, there, here):
    text = f"B=inner\n{line}\nLAST=1\n"
    name = "A[0]" if "[" in line else "A"
    assert (theirs(text).get(name), ours(text).get(name)) == (there, here)
    assert ours(text)["LAST"] == "1", "a broken line does not take the next one with it"
