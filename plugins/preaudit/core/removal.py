"""The fix of an unused suppression: take one word out of its comment, or the comment out of its line."""

from __future__ import annotations

import re

from preaudit.core.finding import Edit, Fix
from preaudit.core.patterns import lazy

_SAID = lazy(r"(?:noqa: |preaudit: [\w-]+\[)([\w-]+)\]? silences nothing")
_LIST = {"noqa": lazy(r"noqa:\s?(?P<list>[A-Z0-9,\s]*[A-Z0-9])", re.I), "": lazy(r"\[(?P<list>[^\]]*)\]")}


def removal(lines, one, message):
    """Answer the Fix that removes what a message calls unused, None where that is for a person to decide.

    `lines`: the file's lines, with or without their breaks; `one`: the Suppression that the message is about. A
    suppression that has expired, names no rule, or opens a range is left to its author. A comment that stands alone
    goes with its line, and only the text of the comment itself goes, never a neighbour such as `# type: ignore`.
    """
    said = _SAID.match(message)
    if said is None or one.kind not in ("noqa", "ignore", "ignore-file") or one.line > len(lines):
        return None
    word = said.group(1)
    text = lines[one.line - 1].rstrip("\r\n")
    start, end = one.column - 1, one.end_column - 1
    held = _LIST.get(one.kind, _LIST[""]).search(text, start, end)
    if held is None:
        return None
    words = [each for each in re.split(r"[,\s]+", held["list"].strip()) if each]
    left = [each for each in words if each != word]
    if len(left) == len(words):
        return None
    if left:
        first, last = held.span("list")
        edit = Edit(one.line, first + 1, one.line, last + 1, ", ".join(left))
        return Fix(f"Remove {word} from the suppression", (edit,))
    return Fix("Remove the suppression", (_whole(lines, one.line, text, start, end),))


def _whole(lines, number, text, start, end):
    """Answer the edit that removes a whole comment; `start` and `end` count from 0."""
    before, after = text[:start], text[end:]
    if not before.strip() and not after.strip():
        # (n + 1, 1) takes the line break along; the last line of a file may have none.
        if number < len(lines) or lines[number - 1] != text:
            return Edit(number, 1, number + 1, 1, "")
        return Edit(number, 1, number, len(text) + 1, "")
    kept = len(before.rstrip())
    if not after.strip():
        return Edit(number, kept + 1, number, len(text) + 1, "")
    # Another comment goes on behind it, one for a type checker, say.
    behind = len(after) - len(after.lstrip())
    if not after.lstrip().startswith("#"):
        return Edit(number, start + 1, number, end + behind + 1, "# ")
    return Edit(number, start + 1, number, end + behind + 1, "")
