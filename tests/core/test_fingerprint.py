"""The fingerprint: what formatters, moves and renames leave alone, and what is another place."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import preaudit
import pytest
from preaudit.core.finding import Finding
from preaudit.core.fingerprint import assign, excerpt, key_of, normalised_python

SAME = [
    ("f(a, b)", "f(a,b)"),
    ("f(a, b)", "f(\n    a,\n    b,\n)"),
    ("f(a, b)", "f(  # why\n    a,  # first\n    b,\n)"),
    ("f('x')", 'f("x")'),
    ("f('''x''')", 'f("""x""")'),
    ("x = [1, 2]", "x = [\n  1,\n  2,\n]"),
    ("def f(a, b):\n    return 1", "def f(\n    a,\n    b,\n):\n    return 2\n    more()"),
    ("async def f() -> dict[str, int]:\n  pass", "async def f() -> dict[str,int]:  # why\n\treturn {}"),
    ("class A(B):\n    x = 1", "class A(B):\n    y = 2"),
    ("with a() as b:\n    c()", "with a() as b:\n    d()"),
    ("a = \\\n  b", "a = b"),
    ("f(x)  # noqa: AUD001", "f(x)"),
    ("f(x,)", "f(x)"),
    ("def f(x={1: 2}): pass", "def f(x={1:2}):\n  return"),
    ("from a import b, c", "from a import (\n    b,\n    c,\n)"),
    ("return a + b", "return (\n    a + b\n)"),
    ("with a() as b, c() as d:", "with (\n    a() as b,\n    c() as d,\n):"),
    ("x = f(a)(b)", "x = f(a)(\n    b,\n)"),
    ("x = a if b else c", "x = (\n    a\n    if b\n    else c\n)"),
    ("f(x for x in y)", "f((x for x in y))"),
    ("not f(a)", "not (f(a))"),
    ("f(f'{a[\"b\"]}')", "f(f\"{a['b']}\")"),
    ("from a import b", "from a import (\n    b,\n)"),
    ("f('a' 'b')", 'f("ab")'),
    ("f('a' f'b{c}' \n 'd')", 'f(f"ab{c}d")'),
    ("f(u'a', B'b', R'c')", "f('a', b'b', r'c')"),
]
OTHER = [
    ("f(a, b)", "f(b, a)"),
    ("f('x')", "f('y')"),
    ("f('a b')", "f('ab')"),
    ("f('#x')", "f('')"),
    ("(x,)", "(x)"),
    ("f((x,))", "f((x))"),
    ("""f('"')""", """f("'")"""),
    ("f(a)", "fa"),
    ("f()", "f"),
    ("x = ()", "x = "),
    ("f(())", "f()"),
    ("f((a, b))", "f(a)"),
    ("x[(a,)]", "x[a]"),
    ("f('a', 'b')", "f('ab')"),
    ("f(r'a' 'b')", "f('ab')"),
    ("f(b'a')", "f('a')"),
    ("return x", "returnx"),
    ("def f(a): pass", "def f(b): pass"),
    ("lambda: 1", "lambda: 2"),
    ("x[1:2]", "x[1:3]"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_layout_does_not_count(one, other):
    assert normalised_python(one) == normalised_python(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_meaning_counts(one, other):
    assert normalised_python(one) != normalised_python(other)


@pytest.mark.parametrize(
    "text",
    ["", "'''open", "f(", ")))", "\x00", "'\n'", "\\", "#", "é\u2028\udcff", "(" * 5000, "'" * 5000, "\\\n" * 5000],
)
def test_any_text_has_a_key(text):
    assert len(key_of("a.py", text.split("\n"), 1, 1)) == 16


PLACES = [
    # lines, line, column, end line, end column, text
    (["abc def"], 1, 5, 1, 8, "def"),
    (["abc def"], 1, 5, 0, 0, "abc def"),
    (["abc\r\n", "def\r\n"], 1, 2, 1, 2, "abc\ndef"),
    (["abc", "def", "ghi"], 1, 2, 3, 2, "bc\ndef\ng"),
    (["abc\r\n", "def\r\n"], 1, 2, 2, 2, "bc\nd"),
    (["abc"], 7, 1, 0, 0, ""),
    (["abc"], 1, 1, 9, 1, "abc\nabc"[:4]),
]


@pytest.mark.parametrize(("lines", "line", "column", "end_line", "end_column", "text"), PLACES)
def test_excerpt(lines, line, column, end_line, end_column, text):
    assert excerpt(lines, line, column, end_line, end_column).rstrip("\n") == text.rstrip("\n")


DOCUMENTS = [
    ("compose.yaml", "  - ./a:/a   # why", "      -  ./a:/a", True),
    ("compose.yaml", "  - ./a:/a", "  - ./b:/a", False),
    ("compose.yaml", "  url: http://x#y", "  url: http://x#z", False),
    (".env", "PASSWORD=hunter2", "PASSWORD=other", True),
    ("prod.env", "PASSWORD=hunter2", "USER=hunter2", False),
    (".env.local", "export A = 1", "export A=2", True),
    ("run.sh", "celery -A app   worker", "celery -A app worker", True),
]


@pytest.mark.parametrize(("path", "one", "other", "same"), DOCUMENTS)
def test_documents_go_by_line_and_secrets_by_name(path, one, other, same):
    assert (key_of(path, [one], 1, 1) == key_of(path, [other], 1, 1)) is same


def test_findings_alike_are_told_apart_by_order():
    findings = [Finding("AUD001", "n", "low", "a.py", 1, 1, "m", key="k") for _ in range(3)]
    findings.append(Finding("AUD001", "n", "low", "b.py", 1, 1, "m", key="k"))
    assign(findings)
    prints = [finding.fingerprint for finding in findings]
    assert len(set(prints)) == 4
    moved = [Finding("AUD001", "n", "low", "a.py", 90 + n, 5, "other words", key="k") for n in range(3)]
    assign(moved)
    assert [finding.fingerprint for finding in moved] == prints[:3]


POINTS = [
    (["from a import b, c"], ["from a import (", "    b,", "    c,", ")", "more()"], True),
    (["f(a)", "g(b)"], ["f(a)", "h(c)"], True),
    (["f(a)"], ["    f(", "a", "  )  # why"], True),
    (["f(a)"], ["f(b)"], False),
    (["    b,", "    c,", ")"], ["  b,", "  d,", ")"], True),
    (["def f(a):", "    pass"], ["def f(", "  a,", "):", "    return"], True),
    (["x = \\", "    1"], ["x = 1"], True),
]


@pytest.mark.parametrize(("one", "other", "same"), POINTS)
def test_a_point_stands_for_its_logical_line(one, other, same):
    assert (key_of("a.py", one, 1, 1) == key_of("a.py", other, 1, 1)) is same


def places(text):
    """Answer how often each key occurs among the calls, imports, definitions and statements of a source."""
    lines = text.split("\n")
    kinds = (
        ast.Call,
        ast.ImportFrom,
        ast.FunctionDef,
        ast.ClassDef,
        ast.Return,
        ast.Assign,
        ast.ExceptHandler,
        ast.With,
    )
    keys = Counter()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kinds):
            start = len(lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1
            end = len(lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()) + 1
            keys[key_of("a.py", lines, node.lineno, start, node.end_lineno, end)] += 1
            if isinstance(node, ast.ImportFrom):
                keys[key_of("a.py", lines, node.lineno, start)] += 1
    return keys


FORMATS = [
    ["line-length=50"],
    ["line-length=200", 'format.quote-style="single"', "format.skip-magic-trailing-comma=true"],
]


@pytest.mark.parametrize("options", FORMATS)
def test_a_formatter_changes_no_key_of_real_files(options, tmp_path):
    pytest.importorskip("ruff")
    before = {path.name: path.read_text() for path in Path(preaudit.__file__).parent.glob("core/*.py")}
    for name, text in before.items():
        (tmp_path / name).write_text(text.replace("# fmt: skip", "").replace("# fmt: off", ""))
    settings = [part for option in options for part in ("--config", option)]
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", "--isolated", *settings, str(tmp_path)], check=True)
    changed, total, lost = 0, 0, []
    for name, text in before.items():
        after = (tmp_path / name).read_text()
        changed += after != text
        old, new = places(text), places(after)
        total += sum(old.values())
        lost += old - new
    assert changed > 10 and total > 5000
    assert lost == []
