"""Handlers of every error that are right as they are: what failed is told otherwise, asked again, or of no weight.

What the `try` only converts is told in core/conversions.py, probes and finalizers in core/fallbacks.py.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import conversions
from preaudit.core.fallbacks import FAILURE, PROBE
from preaudit.core.handlers import handling, try_of
from preaudit.core.patterns import lazy
from preaudit.core.responses import status_of
from preaudit.core.tree import FUNCTIONS, dotted, function_of

# What a comment says that decides over every error, and does not only tell which one is expected.
_POLICY = lazy(
    r"#.*(?:\bbest[ -]effort\b|\bnon[ -]?(?:fatal|critical|essential|blocking)\b|\bnot (?:fatal|critical|essential)\b|"
    r"\bon purpose\b|\bintentional(?:ly)?\b|\bdeliberate(?:ly)?\b|"
    r"\b(?:must|should|may|can|shall|do|does|will)(?:n't| not|not)(?: \w+){0,2} "
    r"(?:break|fail|block|crash|abort|stop|kill|prevent|affect|disturb|interrupt|turn|change|alter|drop|mask)\b|"
    r"\b(?:never|don't let)(?: \w+){0,3} "
    r"(?:break|fail|block|crash|abort|stop|kill|prevent|affect|disturb|interrupt|raise|raises|turn|change|alter|drop|mask)\b|"
    r"\badvisory\b|\bcosmetic\b|\bdefensive\b|\boptional (?:here|dependency)\b|\bon (?:any |an )?(?:error|failure|exception)\b|"
    r"\bok(?:ay)? if\b|\bworst case\b|\bwork[- ]?around for\b|\brather than (?:fail|break|crash|guess|rais|block)\w*\b|"
    r"\bfails? silently\b|\bsilently (?:ignore|fail|skip|swallow))",
    re.I,
)  # fmt: skip
_OPEN = lazy(r"\b(?:todo|fixme|xxx|hack|for now|temporar\w+)\b", re.I)


def is_policy(ctx, handler) -> bool:
    """Answer whether a comment in a handler, or right above its `try`, decides over every error: "best effort", "must
    never break the request".
    """
    lines = ctx.lines[handler.lineno - 1 : handler.end_lineno]
    first = handler.parent_.lineno if isinstance(handler, ast.ExceptHandler) else handler.lineno
    before = _before(handler.parent_ if isinstance(handler, ast.ExceptHandler) else handler)
    if isinstance(before, ast.Assign) and before.end_lineno == first - 1 and before.lineno == before.end_lineno:
        first -= 1  # the value that stays
    above = first - 1
    while above > 0 and ctx.lines[above - 1].lstrip().startswith("#"):
        above -= 1
    lines = ctx.lines[above : first - 1] + lines
    text = "# " + " ".join(line.partition("#")[2].strip() for line in lines if "#" in line)
    return bool(_POLICY.search(text)) and not _OPEN.search(text)


_UNKNOWN = frozenset(
    {"unknown", "n/a", "na", "?", "??", "???", "unparseable", "unparsable", "undefined", "undetermined"}
)


def says_so(value) -> bool:
    """Answer whether a ready value says that it is none: `"unknown"`, `"N/A"`, `"error"`, `{"error": "no connection"}`."""
    for node in ast.walk(value):
        if isinstance(node, ast.Dict):
            for key, held in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("error", "errors", "err", "failure"):
                    if not isinstance(held, ast.Constant) or held.value:
                        return True
    if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return False
    text = value.value.strip("<>()[] .-").lower()
    return text in _UNKNOWN or text.startswith("unknown ") or bool(FAILURE.search(re.sub(r"\W+", "_", text)))


def is_told_otherwise(handler) -> bool:
    """Answer whether the failure is told without the exception.

    By what the handler keeps (`self.result = {"error": ...}`), or by an answer that follows and says that it failed.
    """
    for statement in handler.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and dotted(node.func) == "os.write":
                return isinstance(node.args[0], ast.Constant) and node.args[0].value == 2
        if isinstance(statement, (ast.Assign, ast.Return)) and statement.value is not None and says_so(statement.value):
            return True
        if isinstance(statement, (ast.Assign, ast.Return)) and statement.value is not None:
            if _blames(statement.value):
                return True
        if isinstance(statement, ast.Assign) and _is_text(statement.value):
            if any(FAILURE.search(_name_of(target)) for target in statement.targets):
                return True
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and any(_complains(argument) for argument in call.args):
            return True
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "add"):
            if _COLLECTS.search(_name_of(call.func.value)) and call.args and _is_text(call.args[0]):
                return True
    last = handler.body[-1]
    following = _next(try_of(handler)) if isinstance(last, ast.Pass) else None
    if not isinstance(following, ast.Return) or following.value is None:
        return False
    return says_so(following.value) or 500 <= status_of(following.value) <= 599


# Lists of what went wrong, which somebody reads.
_COLLECTS = lazy(
    r"(?:^|_)(?:errors?|errs?|warnings?|warns?|failures?|problems?|issues?|complaints|messages|msgs)(?:_|$)", re.I
)


def _is_text(value) -> bool:
    """Answer whether a value is a text of some words, plain or filled in."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    if isinstance(value, ast.BinOp):
        parts = [value.left, value.right]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "format":
        parts = [value.func.value]
    return any(isinstance(p, ast.Constant) and isinstance(p.value, str) and " " in p.value.strip() for p in parts)


_CANNOT = lazy(
    r"\b(?:could not|couldn't|cannot|can't|unable to|failed to|not be (?:read|loaded|rendered|parsed))\b", re.I
)


_COMPLAINT = lazy(r"\b(?:not (?:a )?valid|invalid|malformed|error|failed|failure)\b", re.I)


def _complains(value) -> bool:
    """Answer whether an argument is a text that says what is wrong: `"Response is not valid JSON"`."""
    return _is_text(value) and any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (_COMPLAINT.search(node.value) or _CANNOT.search(node.value))
        for node in ast.walk(value)
    )


def gives_another(ctx, handler) -> bool:
    """Answer whether a handler ends with another value in place of the one that its `try` gives: an alternative.

    It is made by a call, `return client.old_price()`, and not a value that stands ready. Whether the alternative is
    right, and who learns of it, cannot be told from here.
    """
    for last in _ends(handler.body[-1]):
        value = getattr(last, "value", None)
        if not isinstance(last, (ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign)) or value is None:
            continue
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and not (
                isinstance(node.func, ast.Name) and node.args and isinstance(node.args[0], (ast.Constant, ast.UnaryOp))
            ):
                return True
    return False


def _ends(statement) -> list:
    """Answer the statements that a statement may end with: its own last ones, those of its branches and attempts."""
    blocks = [
        block for name in ("body", "orelse") if (block := getattr(statement, name, None)) and isinstance(block, list)
    ]
    if not blocks or isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        return [statement]
    return [one for block in blocks for one in _ends(block[-1])]


def _blames(value) -> bool:
    """Answer whether a value holds a text that says that it failed: `"Could not include it"`, `Saved(None, "failed")`."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2].lstrip("_")[:1].isupper():
        parts = [*value.args, *(keyword.value for keyword in value.keywords)]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if _CANNOT.search(part.value) or (
                part is not value and FAILURE.search(part.value) and " " not in part.value
            ):
                return True
    return False


def _name_of(node) -> str:
    """Answer the last name of a variable or the key that is written in it: `error` of `result["error"]`."""
    if isinstance(node, ast.Subscript):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and FAILURE.search(key.value):
            return key.value
        node = node.value
    return dotted(node).rpartition(".")[2]


def _next(statement, step: int = 1):
    """Answer the statement that follows in the same block, None if none does."""
    parent = statement.parent_
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            place = block.index(statement) + step
            return block[place] if 0 <= place < len(block) else None
    return None


def _before(statement):
    """Answer the statement that comes before in the same block, None if none does."""
    return _next(statement, -1)


def leaves_no(ctx, handler) -> bool:
    """Answer whether a handler passes over a question alone, whose answer then stays no: `matches = check(password)`."""
    default, attempt = handling(ctx, handler).default, try_of(handler)
    if default is None or default[0] != "pass" or len(attempt.body) != 1:
        return False
    only = attempt.body[0]
    if isinstance(only, ast.If) and isinstance(only.test, ast.Call):
        name = getattr(only.test.func, "attr", "") or dotted(only.test.func)
        plain = all(isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) for one in only.body)
        return plain and bool(PROBE.search(name))
    if not isinstance(only, ast.Assign) or len(only.targets) != 1 or not isinstance(only.value, ast.Call):
        return False
    return bool(PROBE.search(dotted(only.targets[0]).rpartition(".")[2]))


# Settings of the process that not every platform, thread or stream takes.
_SETTERS = frozenset({
    "signal.signal", "locale.setlocale", "multiprocessing.set_start_method", "resource.setrlimit", "os.nice",
    "asyncio.set_event_loop_policy", "os.setpriority", "urllib3.disable_warnings",
    "warnings.filterwarnings", "warnings.simplefilter", "time.tzset",
})  # fmt: skip
_STREAMS = ("sys.stdout.", "sys.stderr.", "sys.stdin.", "sys.__stdout__.", "sys.__stderr__.")


def sets_process_up(ctx, statements) -> bool:
    """Answer whether statements only set the process up: `sys.stdout.reconfigure(encoding="utf-8")`."""
    found = False
    for statement in statements:
        if isinstance(statement, ast.If):
            if not sets_process_up(ctx, statement.body + statement.orelse):
                return False
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = ctx.qualname(statement.value.func)
            if name not in _SETTERS and not name.startswith(_STREAMS):
                return False
        else:
            return False
        found = True
    return found


def asks_platform(statements) -> bool:
    """Answer whether statements ask the kernel's own files, which not every machine has: `/sys/fs/cgroup`, `/proc`."""
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(("/sys/", "/proc/"))
        for statement in statements
        for node in ast.walk(statement)
    )


_LOOKUPS = (ast.Assign, ast.AnnAssign, ast.Expr, ast.If, ast.Return)


def only_looks_up(ctx, statements) -> bool:
    """Answer whether statements only take from values at hand what may not be in them: `origin = event.get("a").get("b")`.

    Nothing is converted there: what is missing is the same as what is none.
    """
    found = False
    for top in statements:
        if not isinstance(top, _LOOKUPS):
            return False
        for node in ast.walk(top):
            if isinstance(node, ast.Call):
                if conversions.is_lookup(node):
                    found = True
                elif not (isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "add")):
                    return False
            elif isinstance(node, ast.Await):
                return False
    return found


def rolls_back(statements) -> bool:
    """Answer whether a `try` only gives up a transaction: where that fails, the connection is gone and with it the work."""
    if len(statements) != 1:
        return False
    only = statements[0]
    if isinstance(only, ast.If) and not only.orelse and len(only.body) == 1:
        only = only.body[0]
    call = only.value if isinstance(only, ast.Expr) else None
    call = call.value if isinstance(call, ast.Await) else call
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "rollback"


_CONTRACT = lazy(
    r"(?:none|null|empty|false|default|original|unchanged|zero|\[\]|\{\}|fall(?:s|ing)? back|``0``|best[ -]effort)[^.]{0,90}"
    r"(?:\bfail|\berrors?\b|unreachable|unavailable|invalid|malformed|cannot|can't|could not|exception|unpars|missing)|"
    r"(?:\bif|\bon|\bwhen)\b[^.]{0,60}(?:fail|\berrors?\b|unreachable|unavailable|malformed|exception|"
    r"cannot be|can't be|could not be)[^.]{0,90}"
    r"(?:none|null|empty|false|default|original|unchanged|zero|\[\]|\{\}|fall(?:s|ing)? back)|"
    r"\bnever (?:raises?|fails?|throws?)\b|\bbest[ -]effort\b|\bfail(?:s|ing)? (?:open|soft|closed|silently)\b|\bdoes not raise\b",
    re.I,
)  # fmt: skip


def is_contract(handler) -> bool:
    """Answer whether the docstring of a function says what it answers where it fails: its callers have been told."""
    function = function_of(handler)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    text = ast.get_docstring(function, clean=False)
    return bool(text) and bool(_CONTRACT.search(" ".join(text.split())))


def asks_question(node) -> bool:
    """Answer whether a node that passes over every error stands in a function that is a question by its name and then answers no."""
    function = function_of(node)
    if not PROBE.search(getattr(function, "name", "")):
        return False
    last = function.body[-1]
    return isinstance(last, ast.Return) and isinstance(last.value, ast.Constant) and last.value.value is False


def tries_again(ctx, handler) -> bool:
    """Answer whether a handler makes the very call of its `try` with other arguments: what fails then is raised.

    `frame = read(path, engine="c")`, and in the handler `frame = read(path)`.
    """
    before, after = try_of(handler).body, handler.body
    first, second = _calls(ctx, before), _calls(ctx, after)
    every = [_names(before), _names(after)]
    if all(every) and all(_CHECKS.search(name.rpartition(".")[2]) for name in every[0] + every[1]):
        return True
    if not second:
        return False
    source = _bodies_of(before)
    if source and source & _bodies_of(after):
        return True
    if not first:
        return False
    if set(first) <= set(second):
        return True
    values = [getattr(block[-1], "value", None) for block in (before, after)]
    if type(before[-1]) is not type(after[-1]) or not all(values) or _targets(before[-1]) != _targets(after[-1]):
        return False
    return bool(set(_calls(ctx, values[:1])) & set(_calls(ctx, values[1:])))


_WAITS = lazy(r"(?:^|_)(?:wait|waits|poll|polls|until)(?:_|$)", re.I)
_CONNECTS = lazy(r"^_*(?:re)?(?:connect|open|login|log_in|authenticate|init|start)(?:_|$)", re.I)
_STOPS = (
    "kill",
    "killpg",
    "terminate",
    "stop",
    "close",
    "kill_tree",
    "quit",
    "shutdown",
    "abort",
    "cancel",
    "unlink",
    "remove",
)


def is_remedy(ctx, handler) -> bool:
    """Answer whether a handler does what the failure asks for, and fails itself if it cannot.

    It connects again what did not answer a question, stops in another way what was to be stopped, or waits in a
    function that waits for what is not there yet.
    """
    attempt, only = try_of(handler).body, handler.body[0]
    calls = [_last_call(statement) for statement in attempt]
    if isinstance(only, ast.Try) and len(handler.body) == 1:
        only = only.body[-1]
    elif len(handler.body) != 1:
        return False
    done = _last_call(only)
    if not done:
        return False
    if done == "sleep":
        return bool(_WAITS.search(getattr(function_of(handler), "name", "")))
    if calls == [""] or len(calls) != 1:
        return False
    return bool(_CONNECTS.search(done)) or (done in _STOPS and calls[0] in _STOPS)


def _last_call(statement) -> str:
    """Answer the last name of what a statement calls and does nothing else, '' if it is none."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    call = call.value if isinstance(call, ast.Await) else call
    if not isinstance(call, ast.Call):
        return ""
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)


# Calls that look at a value, and so raise what is wrong with it.
_CHECKS = lazy(r"valid|^_*(?:parse|decode|loads?|from|as|to|check)(?:_|\Z)|(?:Decimal|UUID)\Z", re.I)


_BODIES = ("json", "get_json", "form", "text", "body", "post", "read", "content")


def _bodies_of(statements) -> set:
    """Answer the names of requests and answers whose body is read: `request` of `await request.json()`."""
    return {
        dotted(node.func.value)
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _BODIES
    } - {""}


def _names(statements) -> list:
    """Answer the names of what is called, but for what makes a text of a value or moves in a file."""
    calls = [node.func for one in statements for node in ast.walk(one) if isinstance(node, ast.Call)]
    calls = [one for one in calls if not isinstance(one, ast.Call)]  # the making of what is called counts
    names = [dotted(one) or getattr(one, "attr", "?") for one in calls]
    return [one for one in names if one not in ("str", "repr") and not one.endswith((".seek", ".read", ".replace"))]


def _calls(ctx, nodes) -> list:
    """Answer the dotted names of what is called, conversions left out; [] if something without a name is called."""
    found = []
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.Call):
                name = dotted(node.func)
                if isinstance(node.func, ast.Attribute) and node.func.attr in conversions.METHODS:
                    continue
                if ctx.qualname(node.func) in conversions.FUNCTIONS:
                    continue
                last = name.rpartition(".")[2]
                if last in ("seek", "read") and "." in name:
                    continue
                if last and (not last[0].isupper() or _CHECKS.search(last)):  # making an object is no attempt
                    found.append(name)
    return found


def _targets(statement) -> list:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return [ast.dump(target) for target in targets if target is not None]
