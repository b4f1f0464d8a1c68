"""Whether what a handler tells, without the exception, says all the same what went wrong, or tells of another thing."""

from __future__ import annotations

import ast
import re

from preaudit.core import conversions, logs
from preaudit.core.fallbacks import REMARKS, answers_client_error
from preaudit.core.handlers import log_of, try_of
from preaudit.core.patterns import lazy
from preaudit.core.responses import status_of
from preaudit.core.tree import dotted


def tells_only(ctx, attempt) -> bool:
    """Answer whether a `try` only tells somebody: its handler then tells the same by another way."""
    calls = [one.value for one in attempt.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    return len(calls) == len(attempt.body) and all((log := log_of(ctx, c)) is not None and log.strong for c in calls)


# What a text says that blames the form of what it got.
_BLAMES = lazy(
    r"\b(?:invalid|malformed|must be|should be|not (?:be )?(?:a |an )?(?:valid|parsed?|decoded?|converted)|pars(?:e|ing)|decod(?:e|ing)|"
    r"convert(?:ing)?|(?:de)?seriali[sz](?:e|ing|able)|encod(?:e|ing)|interpreted|not (?:a |an )(?:integer|number|float|date|json)|"
    r"expected|not set|missing|required|lacks?|a valid|misconfigured|(?:incorrect|wrong|bad|unsupported) (?:format|form|syntax))\b", re.I
)  # fmt: skip


def says_why(ctx, handler, telling) -> bool:
    """Answer whether what a handler tells names the only thing that can be wrong, without the exception.

    The attempt only converts, and the text blames a form or the answer the client: `limit = int(text)`, "LIMIT is not
    an integer". Or it only asks an answer for its status, and the text holds that answer's.
    """
    attempt = try_of(handler)
    asked = _asked_for_status(ctx, attempt)
    if asked:
        return any(isinstance(n, ast.Attribute) and dotted(n).startswith(f"{asked}.") for n in ast.walk(telling))
    blames_client = answers_client_error(handler) or (
        isinstance(telling, ast.Raise) and 400 <= status_of(telling.exc) < 500
    )
    if not conversions.only_converts(ctx, attempt.body, conversions.reads):
        return False
    if blames_client or conversions.is_converter(ctx, attempt, handler):
        return True
    if conversions.only_converts(ctx, attempt.body, _is_pattern) and _shows_value(attempt, telling):
        return True
    texts = [n.value for n in _with_texts(handler, telling) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return any(_BLAMES.search(text) for text in texts)


def _is_part(parent) -> bool:
    """Answer whether only a part of a value is shown, which may be another one than was read: `row["id"]`, not `r.text`."""
    if isinstance(parent, ast.Subscript):
        return not isinstance(parent.slice, ast.Slice)
    return isinstance(parent, ast.Attribute) and parent.attr not in ("text", "content", "body", "data")


def _is_pattern(ctx, call) -> bool:
    return ctx.qualname(call.func).startswith("re.")


def _shows_value(attempt, telling) -> bool:
    """Answer whether what is told holds a value that the `try` reads: `int(text)`, `print(text)`."""
    shown = {n.id for n in ast.walk(telling) if isinstance(n, ast.Name) and not _is_part(n.parent_)}
    read = set()
    for statement in attempt.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                read |= conversions.values_of(node)
    return not shown.isdisjoint(read)


def _with_texts(handler, telling):
    """Give the nodes of what is told, and of the texts that the handler makes for it: `msg = "..."`, `raise X(msg)`."""
    yield from ast.walk(telling)
    names = {n.id for n in ast.walk(telling) if isinstance(n, ast.Name)}
    for one in handler.body:
        if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in one.targets):
            yield from ast.walk(one.value)


def _asked_for_status(ctx, attempt) -> str:
    """Answer the name of the answer of which a `try` only calls `raise_for_status()` (and logs), '' if it does more."""
    asked = ""
    for statement in attempt.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call):
            return ""
        if isinstance(call.func, ast.Attribute) and call.func.attr == "raise_for_status":
            asked = dotted(call.func.value)
        elif not logs.is_logger_call(call, ctx.names):
            return ""
    return asked


# What a text says of a failure, and what it says of a way out that was foreseen.
_FAILS = lazy(
    r"fail|error|exception|wrong|problem|unable|can ?not|could ?n|can't|couldn't|did ?n|does ?n|\bnot?\b|\bnone\b|invalid|"
    r"missing|broken|skip|ignor|oops|crash|refused|timed? ?out", re.I
)  # fmt: skip


_EXPECTED = lazy(r"\b(?:is|are) (?:normal|expected)\b(?! to)", re.I)


_FORESEEN = lazy(r"\bfall(?:s|ing)? ?back\b|\bfallback\b|\bnot (?:supported|installed)\b", re.I)


def tells_another(ctx, handler, call) -> bool:
    """Answer whether a log is not of the caught error, but of what the handler then did, or of a way out it foresaw.

    It stands in an `if` for the case that the handler's own attempt found nothing; or that attempt gave what the `try`
    could not, and the log tells what it did (`print("created it")`); or it remarks, no warning, that another way is taken, or
    that this is expected; or it is for debugging alone.
    """
    level = getattr(call.func, "attr", "")
    if level in REMARKS:
        return True
    texts = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    if any(_EXPECTED.search(text) for text in texts):
        return True
    if level in ("info", "ainfo") and any(_FORESEEN.search(text) for text in texts):
        return True
    made = _made(handler, call)
    if not made:
        return False
    if tells_missing(handler, call.parent_):
        return True
    if level in ("error", "warning", "critical", "aerror", "awarning") or any(_FAILS.search(text) for text in texts):
        return False
    wanted = [s for s in try_of(handler).body if isinstance(s, ast.Assign)]
    return any(dotted(target) in made for statement in wanted for target in statement.targets)


def _names_missing(test) -> str:
    """Answer the name that a condition finds empty, `not rows` or `rows is None`; '' if it asks another thing."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return dotted(test.operand)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is):
        return dotted(test.left)
    return ""


def tells_missing(handler, statement) -> bool:
    """Answer whether a statement stands in an `if` for the case that the handler's own attempt found nothing."""
    asked = statement.parent_
    return isinstance(asked, ast.If) and _names_missing(asked.test) in _made(handler, statement)


def _made(handler, node) -> set:
    """Answer the names that a handler assigns from calls before a node."""
    found = set()
    for statement in handler.body:
        if statement.lineno < node.lineno and isinstance(statement, ast.Assign) and _calls(statement.value):
            found.update(dotted(target) for target in statement.targets)
    found.discard("")
    return found


def _calls(value) -> bool:
    """Answer whether an expression is a call of something that may fail or answer nothing, awaited or not."""
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and not (isinstance(value.func, ast.Name) and value.func.id in _PLAIN)


_PLAIN = ("str", "repr", "type", "dict", "list", "set", "tuple", "int", "float", "len")
