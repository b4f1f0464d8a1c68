"""How the messages of a file begin: log messages, and texts of errors.

For a Python file, [style, how many, place of the first] of each style:

    {"log": [...], "error": [...]}     style: "plain", "emoji" or "tag"

Apart from facts/logsetup.py, so that one more message is nothing to what asks who logs and who configures.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import logs
from preaudit.core.patterns import lazy

KIND = "message-styles"
WORDS = ("log", "Log", "LOG", "raise ")

_TAG = lazy(r"\s*\[(?:[A-Za-z][\w .:/-]{0,40}|\0)\]")
# Pictures, not letters: symbols that terminals show in colour, and the marks that go with them.
_EMOJI = lazy("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u23e9-\u23fa\u231a\u231b\u2b1b\u2b1c\u3030]")


def collect(ctx):
    """Answer the styles of the messages of a Python file, None if it writes none out."""
    record: dict = {}
    for call in ctx.nodes(ast.Call):
        last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if last in logs.LOG_METHODS and call.args and logs.is_logger_call(call, ctx.names):
            leveled = last in ("log", "alog") and len(call.args) > 1
            _say(record, "log", call.args[1] if leveled else call.args[0], ctx)
    _raises(ctx, record)
    return record or None


def _raises(ctx, record):
    for node in ctx.nodes(ast.Raise):
        if isinstance(node.exc, ast.Call):
            detail = next((k.value for k in node.exc.keywords if k.arg in ("detail", "message", "msg")), None)
            text = detail if detail is not None else node.exc.args[0] if node.exc.args else None
            if text is not None:
                _say(record, "error", text, ctx)


def _say(record, kind, node, ctx):
    """Count the style of a message that is written out."""
    text = _text(node)
    if text is None or not text.strip("\0 "):
        return
    style = "tag" if _TAG.match(text) else "emoji" if not text.isascii() and _EMOJI.search(text) else "plain"
    rows = record.setdefault(kind, [])
    for row in rows:
        if row[0] == style:
            row[1] += 1
            return
    rows.append([style, 1, list(ctx.place(node))])


def _text(node):
    """Answer the text of a message, with a null character for what is filled in; None if it is not written out."""
    if isinstance(node, ast.Constant):
        return re.sub(r"%[sdr]|\{\w*\}", "\0", node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values
        )  # fmt: skip
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return _text(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _text(node.func.value)
    return None
