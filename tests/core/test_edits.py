"""Text edits: bytes that are kept, and what is refused."""

import os
import random

import pytest
from preaudit.core import edits
from preaudit.core.finding import Edit, Fix

TABLE = [
    ("replace a word", "a b c\n", [Edit(1, 3, 1, 4, "X")], "a X c\n"),
    ("delete a line", "a\nb\nc\n", [Edit(2, 1, 3, 1, "")], "a\nc\n"),
    ("delete the last line", "a\nb", [Edit(2, 1, 2, 2, "")], "a\n"),
    ("delete the last line by the place behind it", "a\nb", [Edit(2, 1, 3, 1, "")], "a\n"),
    ("delete the last line with its break", "a\nb\n", [Edit(2, 1, 3, 1, "")], "a\n"),
    ("insert at the end", "a\n", [Edit(2, 1, 2, 1, "b\n")], "a\nb\n"),
    ("keep CRLF in what is inserted", "a\r\nb\r\n", [Edit(2, 1, 2, 1, "x\ny\n")], "a\r\nx\r\ny\r\nb\r\n"),
    ("keep a lone CR", "a\rb\r", [Edit(2, 1, 2, 2, "c\n")], "a\rc\r\r"),
    ("mixed endings stay", "a\nb\r\nc\n", [Edit(2, 1, 2, 2, "B")], "a\nB\r\nc\n"),
    ("form feed and U+2028 are no line breaks", "a\x0cb\u2028c\nd\n", [Edit(2, 1, 2, 2, "D")], "a\x0cb\u2028c\nD\n"),
    ("columns are code points", "\U0001f600 x\n", [Edit(1, 3, 1, 4, "y")], "\U0001f600 y\n"),
    ("two edits in one line", "abc\n", [Edit(1, 3, 1, 4, "C"), Edit(1, 1, 1, 2, "A")], "AbC\n"),
    ("edits that touch", "ab\n", [Edit(1, 1, 1, 2, "A"), Edit(1, 2, 1, 3, "B")], "AB\n"),
    ("an empty text", "", [Edit(1, 1, 1, 1, "x\n")], "x\n"),
    ("join two lines", "a\nb\n", [Edit(1, 2, 2, 1, " ")], "a b\n"),
]


@pytest.mark.parametrize("text, changes, expected", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_apply(text, changes, expected):
    assert edits.apply(text, changes) == expected


@pytest.mark.parametrize(
    "text, changes, words",
    [
        ("abc\n", [Edit(1, 1, 1, 3, "x"), Edit(1, 2, 1, 4, "y")], "overlap in line 1"),
        ("abc\n", [Edit(1, 2, 1, 2, "x"), Edit(1, 2, 1, 2, "y")], "overlap"),
        ("abc\n", [Edit(5, 1, 5, 1, "x")], "no line 5"),
        ("abc\n", [Edit(0, 1, 1, 1, "x")], "no line 0"),
        ("abc\nd\n", [Edit(1, 9, 1, 9, "x")], "no column 9 in line 1"),
        ("abc\n", [Edit(1, 0, 1, 1, "x")], "column 0"),
        ("abc\n", [Edit(1, 3, 1, 1, "x")], "ends before"),
    ],
)
def test_refused(text, changes, words):
    with pytest.raises(edits.EditError, match=words):
        edits.apply(text, changes)


def test_fixes_are_made_whole_or_not_at_all():
    one = Fix("one", (Edit(1, 1, 1, 2, "A"), Edit(2, 1, 2, 2, "B")))
    overlapping = Fix("two", (Edit(2, 1, 2, 2, "X"), Edit(3, 1, 3, 2, "C")))
    again = Fix("the same again", one.edits)
    outside = Fix("outside", (Edit(9, 1, 9, 2, ""),))
    text, made, left = edits.apply_fixes("a\nb\nc\n", [one, overlapping, again, outside])
    assert text == "A\nB\nc\n"
    assert made == [one, again]
    assert [(fix.title, reason.partition(";")[0]) for fix, reason in left] == [
        ("two", "it overlaps another fix"),
        ("outside", "no line 9, column 1 in a text of 4 lines"),
    ]


def test_random_edits_against_a_plain_replacement():
    """The same replacement made on a list of characters, for line breaks of every kind."""
    source = random.Random(7)
    for _ in range(300):
        text = "".join(source.choice(["a", "b", "é", "\U0001f600", "\n"]) for _ in range(source.randint(0, 30)))
        starts = edits.line_starts(text)
        cuts = sorted(source.sample(range(len(text) + 1), min(4, len(text) + 1)))
        spans = [(cuts[i], cuts[i + 1]) for i in range(0, len(cuts) - 1, 2)]
        changes = [
            Edit(*edits.place_of(starts, start), *edits.place_of(starts, end), f"<{start}>") for start, end in spans
        ]
        expected = list(text)
        for start, end in reversed(spans):
            expected[start:end] = [f"<{start}>"]
        assert edits.apply(text, changes) == "".join(expected)


@pytest.mark.parametrize("mark", [b"", edits.BOM])
@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_bytes_are_kept(mark, newline, end):
    data = mark + newline.join([b"a: 1", b"b: 2", b"c: \xc3\xa9"]) + (newline if end else b"")
    expected = data.replace(b"b: 2", b"b: 3")
    assert edits.apply_to_bytes(data, [Edit(2, 4, 2, 5, "3")]) == expected


def test_another_encoding():
    assert edits.apply_to_bytes("é = 1\n".encode("latin-1"), [Edit(1, 5, 1, 6, "2")], "latin-1") == b"\xe9 = 2\n"


def test_the_newline_of_a_text():
    assert edits.newline_of("a\r\nb\r\nc\n") == "\r\n"
    assert edits.newline_of("a") == "\n"


def test_write_keeps_the_mode_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "run.sh"
    path.write_bytes(b"old")
    path.chmod(0o751)
    assert edits.write(str(path), b"old", b"new", str(tmp_path)) is True
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o751
    assert os.listdir(tmp_path) == ["run.sh"]
    assert edits.write(str(path), b"new", b"new", str(tmp_path)) is False


def test_write_refuses_what_it_should(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside.txt"
    root.mkdir()
    outside.write_bytes(b"old")
    link, inner, loop = root / "link", root / "inner", root / "loop"
    link.symlink_to(outside)
    with pytest.raises(edits.EditError, match="out of the project"):
        edits.write(str(link), b"old", b"new", str(root))
    assert outside.read_bytes() == b"old"
    (root / "real").write_bytes(b"old")
    inner.symlink_to("real")
    assert edits.write(str(inner), b"old", b"new", str(root))
    assert inner.is_symlink() and (root / "real").read_bytes() == b"new"
    with pytest.raises(edits.EditError, match="changed while"):
        edits.write(str(root / "real"), b"old", b"newer", str(root))
    loop.symlink_to("loop")
    with pytest.raises(OSError):
        edits.write(str(loop), b"old", b"new", str(root))
    with pytest.raises(edits.EditError, match="no regular file"):
        edits.write(str(root), b"old", b"new", str(root))
    assert sorted(os.listdir(root)) == ["inner", "link", "loop", "real"]


def test_a_failed_rename_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError("no")

    monkeypatch.setattr(edits.os, "replace", fail)
    with pytest.raises(OSError):
        edits.write(str(path), b"old", b"new", str(tmp_path))
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a"]
