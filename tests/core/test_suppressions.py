"""Suppression comments: flake8's own read as flake8 reads them, ours in every kind of file."""

import argparse
import io
from random import Random

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from preaudit.core import suppressions
from preaudit.core.registry import Registry, RuleInfo

TODAY = "2026-06-15"


def row(code, name):
    return RuleInfo((code, name, "m", "errors", "low", "file", True, *[()] * 15))


REGISTRY = Registry([row("AUD401", "bare-except"), row("AUD402", "broad-except"), row("AUD101", "relative-import")])
RAN = REGISTRY.codes


def flake8_ignores(text, line, code):
    """Answer what flake8 itself decides about a violation of this code on this line."""
    options = argparse.Namespace(
        disable_noqa=False, hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None,
        verbose=0, stdin_display_name="stdin",
    )  # fmt: skip
    lines = io.StringIO(text.removeprefix("\ufeff"), newline=None).readlines()
    processor = FileProcessor("no_such_file.py", options, lines)
    if processor.should_ignore_file():
        return True
    violation = Violation(code, "no_such_file.py", line, 1, "text", processor.noqa_line_for(line))
    return violation.is_inline_ignored(disable_noqa=False)


COMMENTS = [
    "# noqa",
    "#noqa",
    "#  noqa",
    "# NOQA",
    "# NoQa",
    "# noqa: AUD401",
    "# noqa:AUD401",
    "# noqa : AUD401",
    "# noqa:  AUD401",
    "# noqa: aud401",
    "# noqa: AUD4",
    "# noqa: AUD",
    "# noqa: A4",
    "# noqa: E501",
    "# noqa: E501, AUD401",
    "# noqa: E501 AUD401",
    "# noqa: E501,AUD401",
    "# noqa: E501,  AUD402",
    "# noqa: AUD401 because",
    "# noqa: AUD401(because)",
    "# noqa: because AUD401",
    "# noqa: bare-except",
    "# noqa: AUD401 -- reason",
    "# noqa:E501 # noqa: AUD401",
    "# x # noqa: AUD401",
    "# xnoqa: AUD401",
    "# noqax",
    "# noqa AUD401",
    "# noqa; AUD401",
    "# type: ignore # noqa: AUD401",
    "# noqa: AUD4011",
    "# noqa:\tAUD401",
    "# noqa:\n",
    "# pragma: no cover  # NOQA:AUD401,E501",
    "# noqa: E501\tAUD401",
    "# nopa",
]


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("code", ["AUD401", "AUD101"])
def test_noqa_is_read_as_flake8_reads_it(comment, code):
    for text in (f"x = 1  {comment}\ny = 2\n", f"def f(\n    a,  {comment}\n    b): pass\n", f"\ufeffx = 1 {comment}"):
        for line in range(1, text.count("\n") + 1):
            ours = suppressions.python(text).suppresses(code, "some-rule", line) is not None
            assert ours is flake8_ignores(text, line, code), (text, line)


JOINED = [
    'x = """\ntext\n"""  # noqa: AUD401\ny = 1\n',
    'f("""\ntext\n""", 1,\n  2)  # noqa: AUD401\n',
    "x = 1 + \\\n    2  # noqa: AUD401\ny = 1\n",
    "x = (1 +\n    2)  # noqa: AUD401\n",
    'def f():\n    """Says # noqa: AUD401 in a docstring.\n\n    More.\n    """\n    return 1\n',
    "x = '# noqa: AUD401'\n",
    '@d("""\na""")\ndef f():  # noqa: AUD401\n    pass\n',
    'x = f"""{\n1}"""  # noqa\ny = 2\n',
    "if x:\n    y = \\\n        1  # noqa:AUD4\nelse:\n    z = 1\n",
    "x = 1\r\ny = '''\r\n'''  # noqa: AUD401\r\nz = 1\r\n",
    "x = 1\x0c\ny = 1  # noqa: AUD401\n",
    "x = '\u2028'\ny = 1  # noqa: AUD401\n",
    "# flake8: noqa\nx = 1\n",
    "x = 1\n    # FLAKE8= NOQA: E501\n",
    "x = 1  # flake8: noqa\n",
    '"""\n# flake8: noqa\n"""\nx = 1\n',
    "x = 1  # noqa: AUD401\nx = '''\n\n",
    "# noqa: AUD401\nx = 1\n",
    '"""# noqa: AUD101\n"""  # noqa: AUD401\n',
]


@pytest.mark.parametrize("text", JOINED)
def test_lines_are_joined_as_flake8_joins_them(text):
    unfinished = text.endswith("'''\n\n")
    for line in range(1, len(text.splitlines()) + 1):
        for code in ("AUD401", "AUD101"):
            ours = suppressions.python(text).suppresses(code, "some-rule", line) is not None
            if unfinished:  # flake8 gives up; such a file has no finding but its syntax error
                assert ours is (line == 1 and code == "AUD401")
            else:
                assert ours is flake8_ignores(text, line, code), (text, line, code)


def lines_silenced(text, code="AUD401", name="bare-except", today=TODAY):
    found = suppressions.python(text, today)
    return [n for n in range(1, text.count("\n") + 1) if found.suppresses(code, name, n)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 1  # preaudit: ignore[AUD401] reason\ny = 1\n", [1]),
        ("x = 1  #preaudit:ignore[AUD401]\n", [1]),
        ("x = 1  # preaudit: ignore[bare-except] reason\n", [1]),
        ("x = 1  # preaudit: ignore[AUD4] reason\n", [1]),
        ("x = 1  # preaudit: ignore[AUD101, AUD401] reason\n", [1]),
        ("x = 1  # preaudit: ignore [AUD401]\n", [1]),
        ("x = 1  # noqa: E501  # preaudit: ignore[AUD401] reason\n", [1]),
        ("x = 1  # preaudit: ignore[AUD101] a  # preaudit: ignore[AUD401] b\n", [1]),
        ("x = 1  # preaudit: ignore[aud401] reason\n", []),
        ("x = 1  # preaudit: ignore[AUD402] reason\n", []),
        ("x = 1  # preaudit: ignore[bare] reason\n", []),
        ("x = 1  # preaudit: ignore reason\n", []),
        ("x = 1  # preaudit: ignore[AUD401 reason\n", []),
        ("x = 1  # preaudit: ignore[]\n", []),
        ("x = '# preaudit: ignore[AUD401]'\n", []),
        ("# preaudit: ignore[AUD401] reason\nx = 1\ny = 1\n", [1, 2]),
        ("# preaudit: ignore[AUD401] reason\n# more\n\nx = 1\n", [1, 2, 3]),
        ("# preaudit: ignore[AUD401] reason\n# more\nx = 1\n", [1, 2, 3]),
        ("if x:\n    # preaudit: ignore[AUD401]\n    # preaudit: ignore[AUD101]\n    y = 1\nz = 1\n", [2, 3, 4]),
        ("# preaudit: ignore[AUD401]\nx = '''\n'''\ny = 1\n", [1, 2, 3]),
        ("x = '''\n'''  # preaudit: ignore[AUD401]\ny = 1\n", [1, 2]),
        ("x = 1\n# preaudit: ignore-file[AUD401] generated\ny = 1\n", [1, 2, 3]),
        ("a = 1\n# preaudit: off[AUD401] legacy\nb = 1\n# preaudit: on[AUD401]\nc = 1\n", [2, 3, 4]),
        ("a = 1\n# preaudit: off[AUD401] legacy\nb = 1\nc = 1\n", [2, 3, 4]),
        ("# preaudit: off[AUD401]\nb = 1\n# preaudit: on[AUD101]\nc = 1\n", [1, 2, 3, 4]),
        ("# preaudit: off[AUD401]\nb = 1\n# preaudit: on\nc = 1\n", [1, 2, 3]),
        ("x = 1  # preaudit: ignore[AUD401] until=2026-06-15\n", [1]),
        ("x = 1  # preaudit: ignore[AUD401] until=2026-06-14\n", []),
        ("x = 1  # preaudit: ignore[AUD401] until=soon\n", []),
        ("x = 1  # preaudit: ignored[AUD401]\n", []),
    ],
)
def test_our_comments(text, lines):
    assert lines_silenced(text) == lines


@pytest.mark.parametrize(
    ("comment", "reason", "until"),
    [
        ("# preaudit: ignore[AUD401] the worker must not die", "the worker must not die", ""),
        ("# preaudit: ignore[AUD401] - a reason  # AUD998", "a reason", ""),
        ("# preaudit: ignore[AUD401] until=2027-01-31", "", "2027-01-31"),
        ("# preaudit: ignore[AUD401] legacy until=2027-01-31 see #12", "legacy see #12", "2027-01-31"),
        ("# preaudit: ignore[AUD401]: see issue#12", "see issue#12", ""),
    ],
)
def test_reason_and_date(comment, reason, until):
    (one,) = suppressions.python(f"x = 1  {comment}\n", TODAY)
    assert (one.until, one.wrong) == (until, "")
    assert one.reason == reason


def said(text, findings=(), require_reason=False, registry=REGISTRY, ran=RAN):
    found = suppressions.python(text, TODAY)
    for code, name, line in findings:
        found.suppresses(code, name, line)
    return [(one.line, message) for one, message in found.unused(ran, registry, require_reason)]


USED = [("AUD401", "bare-except", 1)]


@pytest.mark.parametrize(
    ("text", "findings", "message"),
    [
        ("x = 1  # preaudit: ignore[AUD401] r\n", USED, ""),
        ("x = 1  # preaudit: ignore[AUD401] r\n", [], "preaudit: ignore[AUD401] silences nothing; delete it"),
        ("x = 1  # preaudit: ignore[AUD401, AUD402] r\n", USED, "preaudit: ignore[AUD402] silences nothing; delete it"),
        (
            "x = 1  # preaudit: ignore[bare-exept] r\n",
            [],
            "preaudit: ignore[bare-exept] names no rule; did you mean bare-",
        ),
        ("x = 1  # preaudit: ignore[AUD4] r\n", USED, ""),
        ("x = 1  # preaudit: ignore[AUD4] r\n", [], "preaudit: ignore[AUD4] silences nothing; delete it"),
        ("x = 1  # noqa: AUD401\n", USED, ""),
        ("x = 1  # noqa: AUD401\n", [], "noqa: AUD401 silences nothing; delete it"),
        ("x = 1  # noqa: E501, AUD401\n", [], "noqa: AUD401 silences nothing; delete it"),
        ("x = 1  # noqa: E501\n", [], ""),
        ("x = 1  # noqa\n", [], ""),
        ("x = '# noqa: AUD401'\n", [], ""),
        ('"""\nExample: x  # noqa: AUD401\n"""\n', [], ""),
        ("x = 1  # noqa: AUD498\n", [], "noqa: AUD498 names no rule; did you mean AUD"),
        ("# flake8: noqa\nx = 1  # noqa: AUD401\n", [], ""),
        ("x = 1  # preaudit: ignore[AUD401] until=2020-01-01\n", [], "preaudit: the suppression expired on 2020-01-01"),
        (
            "x = 1  # preaudit: ignore[AUD401] until=1.1.2030\n",
            [],
            "preaudit: until= holds no date; write until=",
        ),
        ("x = 1  # preaudit: ignore\n", [], "preaudit: ignore names no code; write ignore[CODE] reason"),
        ("x = 1  # preaudit: disable[AUD401]\n", [], "preaudit: disable is unknown; write ignore[CODE]"),
        ("# preaudit: on[AUD401]\n", [], "preaudit: on ends nothing"),
        ("# preaudit: ignore-file[AUD401] r\nx = 1\n", [], "preaudit: ignore-file[AUD401] silences nothing; delete it"),
        ("# preaudit: off[AUD401] r\nx = 1\n# preaudit: on[AUD401]\n", [("AUD401", "bare-except", 2)], ""),
        (
            "# preaudit: off[AUD401] r\n# preaudit: on[AUD401]\nx = 1\n",
            [("AUD401", "bare-except", 3)],
            "preaudit: off[AUD401]",
        ),
    ],
)
def test_what_is_said_about_suppressions_that_silence_nothing(text, findings, message):
    found = said(text, findings)
    assert [line for line, _ in found] == ([1] if message else [])
    for _, got in found:
        assert got.startswith(message)
        assert got.isascii() and "\n" not in got and not got.endswith(".")


def test_a_code_that_did_not_run_is_not_judged():
    assert said("x = 1  # preaudit: ignore[AUD401] r\n", ran=frozenset({"AUD101"})) == []
    assert said("x = 1  # noqa: AUD4\n", ran=frozenset({"AUD401"})) == []
    assert said("x = 1  # preaudit: ignore[AUD212] r\n", registry=None) == []
    assert said("x = 1  # preaudit: ignore[AUD401] r\n", registry=None) != []


def test_missing_reasons_on_request():
    text = "x = 1  # preaudit: ignore[AUD401]\n"
    assert said(text, USED) == []
    assert said(text, USED, require_reason=True) == [
        (1, "preaudit: ignore gives no reason; write it behind the brackets")
    ]


def test_broken_files_are_never_silenced():
    assert (
        suppressions.python("# flake8: noqa\n# preaudit: ignore-file[AUD000]\n").suppresses("AUD000", "broken-file", 1)
        is None
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("value = 1  # noqa: E501  # preaudit: ignore[AUD401] reason  # AUD998\n", (1, 26, 1, 59)),
        ("value = 1  # noqa: AUD401\n", (1, 12, 1, 26)),
        ('x = """\n"""  # noqa: AUD401, E501\n', (2, 6, 2, 26)),
    ],
)
def test_the_place_is_the_comment(text, place):
    ((one, _message),) = suppressions.python(text).unused(RAN)
    assert one.place == place


YAML = """\
services:
  # preaudit: ignore[AUD901] both are wanted
  web:
    volumes:  # preaudit: ignore[duplicate-volume]
      - "a # preaudit: ignore[AUD901]"
"""


def test_documents_give_their_comments():
    comments = [(2, 3, "# preaudit: ignore[AUD901] both are wanted"), (4, 15, "# preaudit: ignore[duplicate-volume]")]
    found = suppressions.document(YAML, lambda: comments, TODAY)
    assert [n for n in range(1, 6) if found.suppresses("AUD901", "duplicate-volume", n)] == [2, 3, 4]
    assert suppressions.document("a: 1  # noqa: AUD901\n", None).suppresses("AUD901", "duplicate-volume", 1) is None


def test_a_file_that_speaks_of_neither_is_never_tokenized(monkeypatch):
    def fail(*_):
        raise AssertionError("tokenized")

    monkeypatch.setattr(suppressions, "_tokens", fail)
    found = suppressions.python("x = 1  # AUD401\n")
    assert found.suppresses("AUD401", "bare-except", 1) is None
    assert found.unused(RAN) == [] and list(found) == []
    assert suppressions.python("x = 1  # noqa: E501\n").unused(RAN) == []


PIECES = [
    "x = 1\n", "x = 1  # noqa\n", "y = 2  # noqa: AUD401\n", "z = 3  # noqa: E501,AUD1\n", "\n", "   \n", "\x0c\n",
    's = """\n', '"""\n', "t = '''# noqa\n", "'''  # noqa: AUD4\n", "f(\n", ")\n", "[1,  # noqa: AUD101\n", "2]\n",
    "a = 1 + \\\n", "if x:\n", "    pass  # NOQA:AUD401\n", "# noqa: AUD401\n", "# preaudit: ignore[AUD401]\n",
    "b = f'{x}'  # noqa:AUD4\n", "'\\\n", "'  # noqa\n", "\ttab = 1\n", "q = 'é'  # noqa: AUD401\n", "r = 1;  # noqa : AUD1\n",
    "\r\n", "w = 1  # noqa: AUD401\r\n", "# flake8: noqa", "# type: ignore\n",
]  # fmt: skip


def test_random_files_are_read_as_flake8_reads_them():
    random = Random(20261122)
    compared = 0
    for _ in range(1500):
        text = "".join(random.choice(PIECES) for _ in range(random.randrange(1, 9)))
        try:
            compile(text, "x", "exec")
        except SyntaxError:
            parses = False  # nothing is found in such a file; it must only not raise
        else:
            parses = True
        found = suppressions.python(text.replace("preaudit:", "other:"), TODAY)
        for line in range(1, len(io.StringIO(text, newline=None).readlines()) + 1):
            ours = found.suppresses("AUD401", "some-rule", line) is not None
            if parses:
                compared += 1
                assert ours is flake8_ignores(text, line, "AUD401"), (text, line)
        list(suppressions.python(text, TODAY))
        suppressions.python(text, TODAY).unused(RAN, REGISTRY)
    assert compared > 500
