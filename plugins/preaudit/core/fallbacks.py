"""What a handler that goes on puts in place of the failure, and where that is right.

Answers to a question (probes), optional libraries, finalizers, alternatives tried in turn.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import conversions, flow, logs
from preaudit.core.handlers import handling, is_default, is_remark, raising, try_of
from preaudit.core.patterns import lazy
from preaudit.core.responses import is_response
from preaudit.core.tree import FUNCTION_LIKE, LOOPS, dotted, function_of, inside

PROBE = lazy(
    r"(?:^|_)a?(?:is|has|can|check|checks|ping|pings|exist|exists|support|supports|supported|valid|validate|verify|verifies|test|"
    r"probe|try|should|was|are|contains|match|matches|healthy?|ready|readiness|alive|live|liveness|available|availability|"
    r"reachable|connected|responding|running|works|enabled|installed|compatible|safe|ok)(?:_|$)|"
    r"^(?:is|has|can)(?=[A-Z])", re.I
)  # fmt: skip


def is_probe(ctx, handler) -> bool:
    """Answer whether a handler answers no to a question: `try: ping(); return True`, `except: return False`.

    The question is told by the name of the function or variable, or by an attempt that is one expression.
    """
    default = handling(ctx, handler).default
    if default is None:
        return False
    kind, place = default
    attempt = try_of(handler)
    if kind == "return" and place.value is not None:
        answers = isinstance(place.value, ast.Constant) and (isinstance(place.value.value, bool))
        function = function_of(handler)
        if not answers:
            return False
        name = getattr(function, "name", "")
        if PROBE.search(name):
            return True
        return len(attempt.body) == 1 and isinstance(attempt.body[0], ast.Return) and _is_test(attempt.body[0].value)
    if kind == "assign":
        targets = [place.target] if isinstance(place, ast.AnnAssign) else place.targets
        if not (isinstance(place.value, ast.Constant) and isinstance(place.value.value, bool)):
            return False
        names = [dotted(target) for target in targets if dotted(target)]
        if any(PROBE.search(name.rpartition(".")[2]) for name in names):
            return True
        return any(_assigns_bool(attempt.body, name) for name in names)
    return False


def _is_test(value):
    """Answer whether an expression is a yes or no by its form."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, bool)
    if isinstance(value, (ast.Compare, ast.BoolOp)):
        return True
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    return isinstance(value, ast.Call) and dotted(value.func) in (
        "bool",
        "isinstance",
        "issubclass",
        "any",
        "all",
        "hasattr",
        "callable",
    )


def _assigns_bool(statements, target):
    """Answer whether one of these statements gives the same name a yes or no."""
    for statement in statements:
        for node in inside(statement):
            if isinstance(node, ast.Assign) and _is_test(node.value) and target in map(dotted, node.targets):
                return True
    return False


def answer_of(ctx, handler):
    """Answer the return statement by which a handler answers a general text, None if it does not.

    A text is a string of several words, alone, in a container or in a call that makes an answer
    (`jsonify(error="...")`), or a status of 500 and above. Any other call does something: it is another attempt.
    A probe's answer is none: that it failed is what was asked.
    """
    last = handler.body[-1]
    if not isinstance(last, ast.Return) or last.value is None or not _is_text(last.value):
        return None
    if isinstance(last.value, ast.Call) and not _makes_answer(ctx, last.value):
        return None
    function = function_of(handler)
    return None if HEALTH.search(getattr(function, "name", "")) or _is_probe_route(function) else last


_ANSWERS = lazy(r"(?:response|respond|reply|answer|error|fail|json|render|result|redirect|message|abort)", re.I)


def _makes_answer(ctx, call):
    """Answer whether a call makes what is answered, by its form or its name, and does not try again."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    if is_response(ctx, call) or bool(_ANSWERS.search(last)) or last[:1].isupper():
        return True
    return last in ("dict", "format", "str", "dumps", "join", "text", "html", "_", "gettext", "t") or any(
        keyword.arg in ("error", "message", "detail", "status", "status_code", "code") for keyword in call.keywords
    )


HEALTH = lazy(r"(?:^|_)(?:check|ping|probe|healthz?|healthcheck|readyz?|readiness|livez?|alive|liveness)(?:_|$)", re.I)


def _is_text(value):
    for node in ast.walk(value):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and (re.search(r"\w\s+\w", node.value) or FAILURE.search(node.value)):
                return True
            if type(node.value) is int and 500 <= node.value <= 599 and node is not value:
                return True
        elif isinstance(node, ast.Attribute) and node.attr.startswith("HTTP_5"):
            return True
    return False


def _is_probe_route(function):
    for decorator in getattr(function, "decorator_list", ()):
        for node in ast.walk(decorator):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and HEALTH.search(re.sub(r"\W", "_", node.value))
            ):
                return True
    return False


def raised_name(statement: ast.Raise) -> str:
    """Answer the last name of the class that a raise statement makes an exception of, '' if it is none."""
    raised = statement.exc
    raised = raised.func if isinstance(raised, ast.Call) else raised
    name = dotted(raised).rpartition(".")[2] if raised is not None else ""
    return name if name[:1].isupper() or isinstance(statement.exc, ast.Call) else ""


def is_raising_method(call: ast.Call) -> bool:
    """Answer whether `raise x.retry(...)` is meant: a call that raises by itself."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("retry", "with_traceback")


# Calls by which a module is imported or looked for, or its version asked.
_IMPORTERS = frozenset({
    "import_module", "__import__", "find_spec", "import_string", "version", "get_distribution", "distribution", "require",
    "CDLL", "WinDLL", "PyDLL", "LoadLibrary", "find_library",
})  # fmt: skip


def is_optional_import(handler) -> bool:
    """Answer whether the attempt is imports alone (and what names them): a library that may be missing.

    `importlib.import_module(...)` is one, and so are the question for a package's version and a call into a library of
    the platform, `ctypes.CDLL("libc.so.6").mallopt(...)`.
    """
    attempt = try_of(handler)
    if not any(isinstance(s, (ast.Import, ast.ImportFrom)) or _imports(s) for s in attempt.body):
        return False
    return all(
        isinstance(s, (ast.Import, ast.ImportFrom, ast.Pass))
        or (isinstance(s, ast.Assign) and is_default(s.value))
        or is_remark(s)
        or _imports(s)
        for s in attempt.body
    )


def _imports(statement) -> bool:
    """Answer whether a statement imports by a call: `lib = import_module("lib").Lib`, `VERSION = version("shop")`."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return)):
        return False
    value = statement.value
    while isinstance(value, (ast.Attribute, ast.Call)):
        if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] in _IMPORTERS:
            return True
        value = value.func if isinstance(value, ast.Call) else value.value
    return False


# What linters call the same thing: who silences them on the line of the except has seen it and decided.
_DECIDED = lazy(
    r"#.*(?:noqa:.*\b(?:BLE001|S110|S112|PERF203)\b|pylint:\s*disable=.*(?:broad-except|W0703|W0718|broad-exc))"
)


def keeps_raw(handler, value) -> bool:
    """Answer whether a fallback is the unparsed form of what the `try` parses: `r.text` for `r.json()`, `text` for
    `json.loads(text)`. Then nothing is lost.
    """
    raw = dotted(value)
    if not raw:
        return False
    source, _, kind = raw.rpartition(".")
    for statement in try_of(handler).body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            if dotted(node.func) in ("json.loads", "loads", "yaml.safe_load", "literal_eval", "ast.literal_eval"):
                if node.args and dotted(node.args[0]) == raw:
                    return True
            elif kind in ("text", "content", "body", "data", "reason", "status_code") and dotted(node.func) in (
                f"{source}.json", f"{source}.get_json"):  # fmt: skip
                return True
    return False


def is_decided(ctx, handler) -> bool:
    """Answer whether a comment on the line of a handler says that it is broad on purpose."""
    line = ctx.lines[handler.lineno - 1]
    return "#" in line and bool(_DECIDED.search(line))


def keeps_form(ctx, handler) -> bool:
    """Answer whether a handler that goes on loses nothing but a form of a value at hand (core/conversions.py).

    It gives another form of it, leaves it as it was (`text = json.loads(text)`, `pass`), or stands in a function that
    is for this conversion and answers that there is no such form.
    """
    attempt, last = try_of(handler), handler.body[-1]
    for kept in (conversions.another_form, conversions.as_its_own, conversions.is_converter):
        if kept(ctx, attempt, handler):
            return True
    if conversions.only_matches(ctx, attempt):
        return True
    if isinstance(last, (ast.Return, ast.Assign)) and len(handler.body) == 1 and last.value is not None:
        if dotted(last.value) and conversions.only_converts(ctx, attempt.body):
            given = getattr(attempt.body[0], "value", None)
            if given is not None and dotted(last.value) in conversions.values_of(given):
                return True
    if len(handler.body) == 1 and isinstance(last, (ast.Return, ast.Assign)) and last.value is not None:
        parts = (node for node in ast.walk(last.value) if isinstance(node, (ast.Attribute, ast.Name)))
        return conversions.only_converts(ctx, attempt.body + handler.body) and any(
            keeps_raw(handler, part) for part in parts
        )
    return isinstance(last, ast.Pass) and conversions.only_renews(ctx, attempt.body)


# Methods that end the use of something.
_CLOSERS = ("close", "aclose", "wait_closed", "disconnect", "quit", "terminate", "kill", "release", "rollback")


def is_finalizer(node) -> bool:
    """Answer whether a node runs where raising helps nobody: in `__del__` or `__exit__`, in `emit` of a logging handler
    (a log would come back there), or as a `close()` in a `finally`, in place of the error that is on its way.
    """
    function = function_of(node)
    name = getattr(function, "name", "")
    if name in ("__del__", "__exit__", "__aexit__"):
        return True
    if name in ("emit", "handleError"):
        owner = function.parent_
        return isinstance(owner, ast.ClassDef) and any(dotted(base).endswith("Handler") for base in owner.bases)
    statement = node
    while not isinstance(statement, (ast.Try, ast.With, ast.AsyncWith)):
        statement = statement.parent_
        if statement is None:
            return False
    return _closes(statement.body) and _in_finally(statement)


def closes_at_exit(ctx, node) -> bool:
    """Answer whether a node only closes something in a function that `atexit.register` names: the process ends there."""
    function, statement = function_of(node), node
    while not isinstance(statement, (ast.Try, ast.With, ast.AsyncWith)):
        statement = statement.parent_
        if statement is None:
            return False
    name = getattr(function, "name", "")
    return (
        bool(name)
        and _closes(statement.body)
        and any(
            call.args and dotted(call.args[0]) == name and ctx.qualname(call.func) == "atexit.register"
            for call in ctx.nodes(ast.Call)
        )
    )


def _closes(statements) -> bool:
    for statement in statements:
        call = statement.value if isinstance(statement, ast.Expr) else None
        call = call.value if isinstance(call, ast.Await) else call
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _CLOSERS):
            return False
    return True


def _in_finally(statement) -> bool:
    """Answer whether a statement stands in a `finally`, perhaps under `if client is not None:`."""
    parent = statement.parent_
    while isinstance(parent, ast.If):
        statement, parent = parent, parent.parent_
    return isinstance(parent, ast.Try) and statement in parent.finalbody


def only_logs(ctx, statement) -> bool:
    """Answer whether a `try` or `with` does nothing but log: that a log fails is not worth a log."""
    return all(
        isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and logs.is_logger_call(one.value, ctx.names)
        for one in statement.body
    )


def is_drop(ctx, handler) -> bool:
    """Answer whether a migration drops what may not be there: `op.drop_index(...)`, which knows no "if exists" everywhere."""
    if not ctx.is_migration:
        return False
    statements = try_of(handler).body
    return all(
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and dotted(statement.value.func).rpartition(".")[2].startswith("drop_")
        for statement in statements
    )


def is_remarked_probe(ctx, handler) -> bool:
    """Answer whether a probe answers no, and remarks it for debugging alone."""
    name = getattr(function_of(handler), "name", "")
    if not PROBE.search(name) or any(
        getattr(log.node.func, "attr", "") not in REMARKS for log in handling(ctx, handler).logs
    ):
        return False
    last = handler.body[-1]
    if not isinstance(last, ast.Return):
        last = next(iter(_following(try_of(handler))), None)
    return isinstance(last, ast.Return) and isinstance(last.value, ast.Constant) and last.value.value is False


REMARKS = ("debug", "adebug", "trace")


def raises_after(ctx, handler) -> bool:
    """Answer whether going on from a handler leads to a raise on every path: alternatives are tried, then it gives up."""
    statement = try_of(handler)
    if isinstance(handler.body[-1], ast.Return):
        return False
    if isinstance(handler.body[-1], (ast.Continue, ast.Break)):
        while statement is not None and not isinstance(statement, LOOPS):
            statement = statement.parent_
        if statement is None:
            return False
        if isinstance(handler.body[-1], ast.Continue) and any(isinstance(s, ast.Raise) for s in statement.orelse):
            return True
    never = raising(ctx)
    while isinstance(statement, ast.stmt) and not isinstance(statement, (*FUNCTION_LIKE, ast.ClassDef)):
        following = _following(statement)
        if following and flow.always_raises(following, never):
            return True
        if following and flow.NEXT not in flow.ends(following, never):
            return False
        if following and not isinstance(statement.parent_, LOOPS):
            return False
        statement = statement.parent_
        if isinstance(statement, LOOPS) and any(isinstance(s, ast.Raise) for s in statement.orelse):
            return True
    return False


def _following(statement):
    """Answer the statements that follow in the same block."""
    parent = statement.parent_
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block[block.index(statement) + 1 :]
    return []


def in_told_handler(ctx, node) -> bool:
    """Answer whether a node stands in a handler that raises, logs or uses another exception: that one is told."""
    outer = flow.handler_of(node)
    return outer is not None and handling(ctx, outer).told


FAILURE = lazy(
    r"(?:^|_)(?:error|err|fail|failed|failure|invalid|unavailable|unreachable|offline|down|broken|crashed)(?:_|$)", re.I
)


def tells_failure(value) -> bool:
    """Answer whether a ready value says that it failed: `Status.SERVER_ERROR`, `FAILED`."""
    parts = [dotted(node).rpartition(".")[2] for node in ast.walk(value) if isinstance(node, (ast.Attribute, ast.Name))]
    return any(FAILURE.search(part) for part in parts if part)


def answers_client_error(handler) -> bool:
    """Answer whether a handler answers with a status of 400 to 499: the client is told what was wrong."""
    last = handler.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return False
    for node in ast.walk(last.value):
        if isinstance(node, ast.Constant) and type(node.value) is int and 400 <= node.value <= 499:
            return True
        if isinstance(node, ast.Attribute) and node.attr.startswith("HTTP_4"):
            return True
    return False
