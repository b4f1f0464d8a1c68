"""YAML with exact positions."""

import pytest
from preaudit_hooks.documents.yaml import Mapping, YamlDocument, repeated_keys, resolve, same, walk


def read(text):
    return YamlDocument("x.yml", text)


def scalars(document):
    return [node for root in document.roots for node in walk(root) if node.type == "scalar"]


PLACES = [
    ("a: b\n", "b", (1, 4, 1, 5)),
    ("a: 'b c'\n", "b c", (1, 4, 1, 9)),
    ('a: "b c"  # d\n', "b c", (1, 4, 1, 9)),
    ("\U0001f600: b\n", "b", (1, 4, 1, 5)),
    ("x\x85y: b\n", "b", (1, 6, 1, 7)),
    ("x: 'a\u2028b'\r\ny: b\r\n", "b", (2, 4, 2, 5)),
    ("x: 1\ry: b\r", "b", (2, 4, 2, 5)),
    ("\ufeffa: b\n", "b", (1, 4, 1, 5)),
    ("a: [x, b]\n", "b", (1, 8, 1, 9)),
    ("a:\n- {c: b}\n", "b", (2, 7, 2, 8)),
    ("a: !reset b\n", "b", (1, 4, 1, 12)),
    ("a: &n b\n", "b", (1, 4, 1, 8)),
    ("x: 1\n---\na: b\n", "b", (3, 4, 3, 5)),
    ("a: b\t# c\n", "b", (1, 4, 1, 5)),
    ("a: b\t\r\nc: d \t # e\n", "d", (2, 4, 2, 5)),
]


@pytest.mark.parametrize("text, value, place", PLACES)
def test_places(text, value, place):
    assert [node.place for node in scalars(read(text)) if node.text == value] == [place]


@pytest.mark.parametrize("value", ["on", "22:22", "0644", "~", "1_000", "0x1f", "no"])
def test_a_scalar_is_its_text(value):
    assert read(f"a: {value}\n").root.get("a").text == value


@pytest.mark.parametrize(
    "text, line, column, words",
    [
        ("a:\n\tb: 1\n", 2, 1, "cannot start any token"),
        ("a: b: c\n", 1, 5, "mapping values are not allowed"),
        ("a: 1\nb: *x\n", 2, 4, "undefined alias x"),
        ("a: 1\nb: \x07\n", 2, 4, "not allowed"),
        ('a: "x\n', 2, 1, "unexpected end"),
        ("- " * 150 + "a\n", 1, 201, "deeper than 100 levels"),
        ("x" * 1_000_001, 1, 1, "larger than"),
    ],
)
def test_errors_have_a_place(text, line, column, words):
    (problem,) = read(text).problems
    assert (problem.line, problem.column) == (line, column) and words in problem.message


def test_merges():
    document = read(
        "one: &one {a: 1, b: 1}\ntwo: &two\n  b: 2\n  c: 2\n  <<: *one\nboth:\n  <<: [*two, *one]\n  a: own\n"
    )
    both = document.root.get("both")
    assert [(key.text, value.text, merged) for key, value, merged in both.merged()] == [
        ("a", "own", False), ("b", "2", True), ("c", "2", True),
    ]  # fmt: skip
    assert both.get("c").text == "2" and both.get("d") is None


def test_an_alias_keeps_its_own_place_and_names_its_target():
    document = read("a: &x [1]\nb: *x\n")
    alias = document.root.pairs[1][1]
    assert alias.place == (2, 4, 2, 6) and resolve(alias) is document.root.pairs[0][1]


def test_alias_bomb_and_cycles_end():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq")
    )
    document = read(bomb)
    assert not document.problems and len(walk(document.root)) < 200
    assert same(document.root.pairs[-1][1], document.root.pairs[-1][1]) is False  # too large to be compared
    cycle = read("a: &a\n  <<: *a\n  b: [*a]\n")
    assert [key.text for key, _, _ in cycle.root.get("a").merged()] == ["b"]


def test_repeated_keys():
    document = read("a: 1\nb: {x: 1, x: 2}\na: 2\nc:\n  <<: {}\n  <<: {}\n")
    assert [(first.text, later.line) for first, later, _, _ in repeated_keys(document.root)] == [
        ("a", 3), ("x", 2), ("<<", 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ("a", "a", True), ("a", "'a'", False), ("'a'", '"a"', True), ("[a, {b: c}]", "\n- a\n- b: c", True),
        ("[a, b]", "[b, a]", False), ("{a: 1}", "{a: 1, b: 2}", False), ("!x a", "a", False), ("~", "null", False),
    ],
)  # fmt: skip
def test_same(one, other, expected):
    document = read(f"x: {one}\ny: {other}\n".replace(": \n", ":\n"))
    assert same(document.root.get("x"), document.root.get("y")) is expected


COMMENTS = [
    ("a: b # c\n", [(1, 6, "# c", False)]),
    ("# c\na: b\n", [(1, 1, "# c", True)]),
    ("a: b#c\n", []),
    ("a: 'b # c'\n", []),
    ("a: |\n  b # c\n  # d\n# e\n", [(4, 1, "# e", True)]),
    ("a: >-\n  b\n  # d\n\nb: x # y\n", [(5, 6, "# y", False)]),
    ("a: [b, # c\n  d]\n", [(1, 8, "# c", False)]),
    ("a: \"b\n  # c\n  d\" # e\n", [(3, 6, "# e", False)]),
    ("a:\n  - b # preaudit: ignore[AUD901] why\n", [(2, 7, "# preaudit: ignore[AUD901] why", False)]),
    ("a: b\r\n# c\r\n", [(2, 1, "# c", True)]),
]  # fmt: skip


@pytest.mark.parametrize("text, expected", COMMENTS)
def test_comments(text, expected):
    assert [tuple(comment) for comment in read(text).comments] == expected


def test_comments_near_a_line():
    document = read("# far\n\n# one\n# two\na: b # three\nc: d\n")
    assert [comment.text for comment in document.comments_near(5)] == ["# one", "# two", "# three"]
    assert document.comments_near(6) == []


def test_only_a_mapping_is_a_root():
    assert read("- a\n").root is None and read("").root is None
    assert isinstance(read("a: b\n").root, Mapping)
