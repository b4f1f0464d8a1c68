"""What the handler of a health or readiness route does, as far as its own file tells."""

from __future__ import annotations

import ast

from preaudit.core.tree import FUNCTIONS, dotted

# calls that ask nothing of another service: responses, clocks, the process itself
_HARMLESS = (
    "flask.jsonify", "flask.make_response", "flask.Response", "quart.jsonify", "quart.make_response", "quart.Response",
    "django.http.", "rest_framework.response.",
    "fastapi.Response", "fastapi.responses.", "starlette.responses.", "aiohttp.web.Response", "aiohttp.web.json_response",
    "datetime.", "time.", "builtins.dict", "builtins.str", "builtins.round", "builtins.int", "os.getpid", "platform.",
    "socket.gethostname", "os.environ.get", "os.getenv", "logging.", "builtins.float", "json.dumps",
)  # fmt: skip
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "isoformat", "total_seconds", "strftime"})
_BRANCHES = (ast.If, ast.IfExp, ast.Raise, ast.Assert, ast.Compare, ast.BoolOp, ast.With, ast.AsyncWith, ast.For,
             ast.AsyncFor, ast.While, ast.Match, ast.Yield, ast.YieldFrom, *FUNCTIONS, ast.Lambda, ast.Try)  # fmt: skip
_PLAIN = frozenset({"Request", "Response", "BackgroundTasks", "HttpRequest", "str", "int", "bool", "HTTPConnection"})


def depth_of(function, ctx) -> str:
    """Answer "shallow" for a handler that certainly asks nothing, "ignored" where what it asked has no effect, else ""."""
    if _ignores(function):
        return "ignored"
    arguments = function.args
    if arguments.defaults or any(arguments.kw_defaults) or arguments.vararg or arguments.kwarg:
        return ""
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg not in ("self", "request", "_request", "_"):
            if argument.annotation is None or dotted(argument.annotation).rpartition(".")[2] not in _PLAIN:
                return ""
    answers = False
    for node in (part for statement in function.body for part in ast.walk(statement)):
        if isinstance(node, _BRANCHES):
            return ""
        if isinstance(node, ast.Call) and not _harmless(node, ctx):
            return ""
        if isinstance(node, ast.Attribute) and dotted(node).startswith(("request.", "self.", "current_app.")):
            return ""  # the state of the app may be what start-up checked
        answers = answers or isinstance(node, ast.Return) and node.value is not None
    return "shallow" if answers or all(_says_nothing(statement) for statement in function.body) else ""


def _says_nothing(statement) -> bool:
    """Answer whether a statement is a docstring, `...` or `pass`: a handler of these alone answers 200, whatever happens."""
    return (
        isinstance(statement, ast.Pass) or isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _harmless(call, ctx) -> bool:
    name = ctx.names.qualname(call.func)
    if name.startswith(_HARMLESS) or name in ("dict", "str", "round", "int"):
        return True
    if isinstance(call.func, ast.Attribute) and call.func.attr in _LOGS:
        return True
    # a response model: keywords that are constants or names, a capitalised name
    last = dotted(call.func).rpartition(".")[2]
    return (
        last[:1].isupper()
        and not call.args
        and last.endswith(("Response", "Status", "Out", "Schema", "Health", "Check"))
    )


def _ignores(function) -> bool:
    """Answer whether every check of a handler stands in a `try` whose handlers change nothing of a constant answer."""
    tries = [statement for statement in function.body if isinstance(statement, ast.Try)]
    rest = [statement for statement in function.body if not isinstance(statement, ast.Try)]
    if not tries or not rest or not isinstance(rest[-1], ast.Return) or rest[-1].value is None:
        return False
    if function.body[-1] is not rest[-1] or any(isinstance(node, ast.Name) for node in _names(rest[-1].value)):
        return False
    for statement in rest[:-1]:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            return False
    for statement in tries:
        if statement.orelse or any(
            isinstance(n, (ast.Return, ast.Raise)) for part in statement.body for n in ast.walk(part)
        ):
            return False
        asks = any(isinstance(node, ast.Call) for part in statement.body for node in ast.walk(part))
        if not asks or not statement.handlers:
            return False
        for handler in statement.handlers:
            if not all(_drops(part) for part in handler.body):
                return False
    return True


def _names(node):
    """Give the names an answer is made of, leaving out the functions that build it."""
    called = {call.func for call in ast.walk(node) if isinstance(call, ast.Call)}
    return [part for part in ast.walk(node) if isinstance(part, ast.Name) and part not in called]


def _drops(statement) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        return (
            isinstance(function, ast.Attribute)
            and function.attr in ("debug", "info", "warning", "error", "exception")
            or dotted(function) == "print"
        )
    return False
