"""The fix of an unused suppression removes that word or comment and nothing else."""

import pytest
from preaudit.core import suppressions
from preaudit.core.edits import apply
from preaudit.core.removal import removal
from preaudit.core.source import split_lines
from preaudit_hooks.registry import registry

CASES = [
    # before, after (None: no fix)
    ("x = 1  # noqa: AUD000\n", "x = 1\n"),
    ("x = 1  # noqa: E501, AUD000\n", "x = 1  # noqa: E501\n"),
    ("x = 1  # noqa: AUD000,E501\n", "x = 1  # noqa: E501\n"),
    ("x = 1  # noqa:AUD000 because\n", "x = 1  # because\n"),
    ("x = 1  # noqa: AUD000  # type: ignore\n", "x = 1  # type: ignore\n"),
    ("x = 1  # type: ignore  # noqa: AUD000\n", "x = 1  # type: ignore\n"),
    ("x = 1  # preaudit: ignore[AUD000] a reason\n", "x = 1\n"),
    ("x = 1  # preaudit: ignore[AUD000, E1] a reason\n", "x = 1  # preaudit: ignore[E1] a reason\n"),
    ("x = 1\n    # preaudit: ignore[AUD000] a reason\ny = 2\n", "x = 1\ny = 2\n"),
    ("x = 1\n# preaudit: ignore-file[AUD000]", "x = 1\n"),
    ("# preaudit: ignore[AUD000]\r\nx = 1\r\n", "x = 1\r\n"),
    ("x = '# noqa: AUD000'\n", None),
    ("x = 1  # preaudit: ignore[AUD000] until=2020-01-01\n", None),
    ("# preaudit: off[AUD000]\nx = 1\n# preaudit: on[AUD000]\n", None),
    ("x = 1  # noqa\n", None),
    ("x = 1  # noqa: E501\n", None),
    ("é = '日本'  # noqa: AUD000\n", "é = '日本'\n"),
]


def judge(self, one, word, ran, known):
    """Stand for the judgement of a run in which AUD000 ran and nothing was silenced."""
    if word != "AUD000":
        return ""
    shown = "noqa: AUD000" if one.kind.startswith("noqa") else f"preaudit: {one.kind}[AUD000]"
    return f"{shown} silences nothing; delete it"


@pytest.mark.parametrize(("before", "after"), CASES)
def test_removal(before, after, monkeypatch):
    text = before
    monkeypatch.setattr(suppressions.Suppressions, "_judge", judge)
    for one, message in suppressions.python(before).unused(frozenset(["AUD000"]), registry()):
        fix = removal(split_lines(before), one, message)
        if fix:
            text = apply(text, fix.edits)
    assert text == (before if after is None else after)
