"""What an exception handler does with the exception: raise, log, report, use, or drop it.

One answer for AUD401 to AUD407 and for the transaction rules. `handling(ctx, handler)` gives it, once
per handler.
"""

from __future__ import annotations

import ast
from collections import namedtuple

from preaudit.core import flow, logs
from preaudit.core.patterns import lazy
from preaudit.core.shapes import NEVER
from preaudit.core.tree import FUNCTION_LIKE, dotted, enclosing, inside, qualified_scope

RAISING = NEVER | frozenset({
    "werkzeug.abort", "six.reraise", "six.raise_from", "pytest.xfail", "pytest.exit", "_thread.interrupt_main",
    "celery.app.task.Task.retry",
})  # fmt: skip
# What a method of this name does, whoever has it: argparse and click end the program, Celery's retry raises Retry.
RAISING_METHODS = frozenset({"abort", "reraise", "raise_for_exception", "exit_with_error"})
OWN_RAISING_METHODS = frozenset({"retry", "fail", "skipTest", "interrupt"})  # of self or of a task

BROAD = ("builtins.Exception", "builtins.BaseException")
# Where the errors of databases are defined.
DATABASE = (
    "sqlalchemy.exc.", "sqlalchemy.orm.exc.", "psycopg2.", "psycopg.", "asyncpg.", "sqlite3.", "pymysql.", "MySQLdb.",
    "aiosqlite.", "sqlalchemy.dialects.",
)  # fmt: skip
# Errors of queries and of the mapping, after which the transaction is as good as before.
_NOT_WRITING = (
    "NoResultFound", "MultipleResultsFound", "NoSuchTableError", "ArgumentError", "NoInspectionAvailable",
    "NoReferenceError", "NoReferencedTableError", "NoReferencedColumnError", "NoSuchColumnError", "CompileError",
    "UnmappedInstanceError", "UnmappedClassError", "ObjectDeletedError", "DetachedInstanceError",
)  # fmt: skip

PRINTING = frozenset({
    "builtins.print", "click.echo", "click.secho", "typer.echo", "typer.secho", "rich.print", "sys.stderr.write",
    "sys.stdout.write", "sys.stderr.writelines", "warnings.warn", "syslog.syslog", "pprint.pprint",
    "click.utils.echo",
})  # fmt: skip
TRACEBACK = frozenset({
    "traceback.print_exc", "traceback.print_exception", "traceback.format_exc", "traceback.format_exception",
    "traceback.print_last", "traceback.print_tb", "traceback.format_tb", "traceback.TracebackException.from_exception",
    "sys.excepthook", "sentry_sdk.capture_exception", "rollbar.report_exc_info", "bugsnag.notify", "sys.exc_info",
    "sys.exception", "newrelic.agent.notice_error", "newrelic.agent.record_exception", "elasticapm.capture_exception",
})  # fmt: skip
REPORTING_METHODS = frozenset({
    "capture_exception", "captureException", "capture_message", "captureMessage", "record_exception", "notice_error",
    "report_exc_info", "print_exception", "log_exception", "handle_exception",
    "handleError", "handle_error", "set_exception", "notify_exception",
})  # fmt: skip
# Words in the last part of a function's name that say it tells somebody: log_error, send_alert, notify_admins, flash.
TELLING = lazy(
    r"(?:^|_)(?:logs?|logged|logging|reports?|notify|notifies|alerts?|warn|warning|warnings|print|printf|println|echo|secho|"
    r"capture|flash|errors?|exceptions?|emit|audit|record|trace|debug|message|messages|toast|err|perror|stderr|panic)(?:_|$)|"
    r"^(?:log|report|notify|alert|warn|print|capture|show|display|emit)(?=[A-Z])"
)
CONTROL_FLOW = frozenset({
    "SystemExit", "KeyboardInterrupt", "StopIteration", "StopAsyncIteration", "GeneratorExit", "Exit", "Abort", "Retry", "Reject",
    "Ignore", "SkipTest", "Skip", "CancelledError", "UsageError", "ClickException", "BadParameter", "CommandError", "ExitError",
})  # fmt: skip

Log = namedtuple("Log", "node strong exception traceback")
Log.__doc__ = """A call that tells somebody of the failure.

`strong`: certainly a log or a report, and not only by its name. `exception`: the exception is in it.
`traceback`: so is its traceback.
"""


class Handling:
    """What one handler does. `caught`: dotted names ('' for one that is unknown), () for a bare except.

    `breadth`: "bare", "broad" (Exception or BaseException among them) or "narrow". `reraises`, `raises`:
    "always", "sometimes" or "": whether its paths end in the caught exception, or in any. `new`: the
    raise statements of another exception. `logs`: its Log entries. `uses`: whether the exception is
    used other than in a log. `default`: the (kind, node) of a handler that only passes over the failure:
    "pass", "continue", "return", "assign"; None for any other.
    """

    __slots__ = ("node", "caught", "breadth", "name", "reraises", "raises", "new", "logs", "uses", "default")

    def __init__(self, node, caught):
        """Hold a handler that `handling` reads."""
        self.node, self.caught, self.name = node, caught, node.name or ""
        self.breadth = "bare" if node.type is None else "broad" if any(one in BROAD for one in caught) else "narrow"

    @property
    def broad(self) -> bool:
        """Answer whether the handler catches every error."""
        return self.breadth != "narrow"

    @property
    def shown(self) -> str:
        """Answer what is caught as the author reads it: `except Exception`."""
        names = [one.rpartition(".")[2] for one in self.caught if one in BROAD]
        return f"except {names[0]}" if names else "except"

    @property
    def traceback(self) -> bool:
        """Answer whether a log holds the traceback."""
        return any(log.traceback for log in self.logs)

    @property
    def told(self) -> bool:
        """Answer whether the exception gets anywhere: raised on, logged, reported or used."""
        return bool(self.raises or self.logs or self.uses)


def handling(ctx, handler: ast.ExceptHandler) -> Handling:
    """Answer what a handler does with what it catches."""
    return ctx.once(("handling", handler), lambda: _read(ctx, handler))


def caught_names(ctx, handler: ast.ExceptHandler) -> tuple:
    """Answer the dotted names of the exceptions a handler catches, '' for one that is unknown; () for a bare one."""
    if handler.type is None:
        return ()
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    found = []
    for part in parts:
        name = ctx.qualname(part)
        value = _constant_tuple(ctx, part) if not name.startswith("builtins.") else None
        found += [ctx.qualname(item) for item in value] if value else [name]
    return tuple(found)


def _constant_tuple(ctx, node):
    """Answer the elements of a tuple that a name of this module stands for, None if it is none."""
    if not isinstance(node, ast.Name):
        return None
    _, bindings = ctx.names.lookup(node, node.id)
    if len(bindings) == 1 and bindings[0].kind == "assign" and isinstance(bindings[0].value, ast.Tuple):
        return bindings[0].value.elts
    return None


def catches_database_errors(ctx, handler: ast.ExceptHandler, sources: tuple = DATABASE) -> bool:
    """Answer whether a handler can catch a failed statement or commit: a broad one, or one for errors of `sources`."""
    if flow.is_broad(handler):
        return True
    return any(name.startswith(sources) and not name.endswith(_NOT_WRITING) for name in caught_names(ctx, handler))


def try_of(handler):
    """Answer the try statement of a handler."""
    return handler.parent_


def body_nodes(handler):
    """Give all nodes that run when the handler runs; the handlers of inner trys too, nested functions not."""
    for statement in handler.body:
        if not isinstance(statement, (*FUNCTION_LIKE, ast.ClassDef)):
            yield from inside(statement)


def raising(ctx, typed: bool = False):
    """Answer the function(call) -> whether it never returns, for this file: library, own or imported helper.

    `typed`: methods of objects whose type the project tells count as well. That reads other modules, so it is for
    rules that look at few handlers.
    """

    def answer(call):
        return ctx.once(("raising", typed, call), lambda: _is_raising(ctx, call, typed))

    return answer


def _is_raising(ctx, call, typed):
    if is_raising_call(call, ctx.qualname(call.func)) or _always_raises(ctx, call):
        return True
    return typed and any(
        name in RAISING or _facts_of(ctx, name).get("shape", {}).get("never") for name in ctx.targets(call)
    )


def _reraises(ctx, call):
    """Answer whether a call raises the caught exception again: a helper that always raises, or six.reraise."""
    return dotted(call.func).rpartition(".")[2] in ("reraise", "raise_from") or _always_raises(ctx, call)


def _always_raises(ctx, call):
    return bool(helper_facts(ctx, call).get("shape", {}).get("never"))


def _saves_and_reraises(statement):
    """Answer whether a statement is oslo's `with excutils.save_and_reraise_exception():`."""
    return isinstance(statement, ast.With) and any(
        isinstance(item.context_expr, ast.Call)
        and dotted(item.context_expr.func).endswith("save_and_reraise_exception")
        for item in statement.items
    )


def is_raising_call(call: ast.Call, name: str) -> bool:
    """Answer whether a call of a library never returns; `name` is its dotted origin, '' if unknown."""
    if name in RAISING:
        return True
    function = call.func
    if isinstance(function, ast.Attribute):
        if function.attr in RAISING_METHODS:
            return True
        if function.attr in OWN_RAISING_METHODS and isinstance(function.value, ast.Name):
            if function.value.id in ("self", "task", "cls") or function.value.id.endswith("_task"):
                return not any(k.arg == "throw" for k in call.keywords)
        if function.attr in ("error", "exit", "fail"):
            return dotted(function.value).rpartition(".")[2] in ("parser", "argparser", "ctx", "arg_parser")
    return isinstance(function, ast.Name) and function.id == "abort"


def helper_facts(ctx, call) -> dict:
    """Answer what the project's summaries say of the function that a call calls, {} if it is none of the project's."""
    facts = [_facts_of(ctx, name) for name in _own_targets(ctx, call)]
    if not facts or not all(facts):
        return {}
    keys = set(facts[0])
    for other in facts[1:]:
        keys &= set(other)
    return {key: facts[0][key] for key in keys}


def _own_targets(ctx, call):
    """Answer the dotted names of the project's functions that a call by name or a method of `self` calls.

    Names alone: asking for the type of any receiver would read the whole project for one handler.
    """
    function = call.func
    if (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in ("self", "cls")
    ):
        owner = enclosing(call, ast.ClassDef)
        return [f"{ctx.names.module}.{qualified_scope(owner)}.{function.attr}"] if owner is not None else []
    name = ctx.qualname(function)
    if not name and isinstance(function, ast.Name):  # a function within this function
        _, bindings = ctx.names.lookup(function, function.id)
        return [f"{ctx.names.module}.{qualified_scope(one.node)}" for one in bindings or () if one.kind == "def"]
    return [name] if name and ctx.is_own(name) else []


def _facts_of(ctx, dotted_name):
    found = ctx.project.find(dotted_name, ctx.path)
    if not found or not found[1]:
        return {}
    path, rest = found
    summary = ctx.project.summary(path)
    return summary["functions"].get(".".join(rest)) or {}


def _read(ctx, handler):
    result = Handling(handler, caught_names(ctx, handler))
    never = raising(ctx)
    result.logs, result.new = [], []
    reraised = mentions = 0
    in_logs: set = set()
    for node in body_nodes(handler):
        if isinstance(node, ast.Call):
            log = log_of(ctx, node, result.name)
            if log is not None:
                result.logs.append(log)
                in_logs.update(id(name) for name in ast.walk(node) if isinstance(name, ast.Name))
        elif isinstance(node, ast.Raise):
            if _is_same(node, result.name) and flow.handler_of(node) is handler:
                reraised += 1
            elif not (node.exc is None and flow.handler_of(node) is not handler):
                result.new.append(node)
    for node in body_nodes(handler):
        if isinstance(node, ast.Name) and node.id == result.name and isinstance(node.ctx, ast.Load):
            if id(node) not in in_logs:
                mentions += 1
    own_raises = bool(reraised or result.new)
    always = flow.always_raises(handler.body, never) or any(map(_saves_and_reraises, handler.body))
    some = own_raises or any(isinstance(n, ast.Call) and never(n) for n in body_nodes(handler))
    result.raises = "always" if always else "sometimes" if some else ""
    again = not result.new and (
        flow.always_raises(handler.body, lambda call: _reraises(ctx, call))
        or any(map(_saves_and_reraises, handler.body))
    )
    result.reraises = "always" if again else "sometimes" if reraised else ""
    result.uses = bool(mentions) or any(log.exception and not log.strong for log in result.logs)
    result.default = None if result.logs or own_raises or result.uses else _default(ctx, handler)
    return result


def _is_same(statement, name):
    """Answer whether a raise statement raises the caught exception again."""
    raised = statement.exc
    if raised is None:
        return True
    if isinstance(raised, ast.Call) and isinstance(raised.func, ast.Attribute) and raised.func.attr == "with_traceback":
        raised = raised.func.value
    return isinstance(raised, ast.Name) and raised.id == name and bool(name)


def log_of(ctx, call: ast.Call, exception: str = "") -> Log | None:
    """Answer what a call tells of a failure, None if it tells nobody; `exception` is the caught one's name."""
    name = ctx.qualname(call.func)
    spelled = dotted(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    last = spelled.rpartition(".")[2]
    if name in TRACEBACK or last in REPORTING_METHODS or name.startswith("traceback."):
        return Log(call, True, True, True)
    if logs.is_logger_call(call, ctx.names) or _is_logger(ctx, call):
        with_exception = mentions(call, exception)
        trace = last in ("exception", "aexception", "failure") or _exc_info(call)
        return Log(call, True, with_exception or trace, trace)
    if name in PRINTING or is_output(call):
        trace = _mentions_traceback(ctx, call)
        return Log(call, True, trace or mentions(call, exception), trace)
    for reporter in ctx.settings.reporters:
        if reporter in (name, spelled, last):
            return Log(call, True, True, True)
    if helper_facts(ctx, call).get("logs") or (last and TELLING.search(last)):
        return Log(call, False, mentions(call, exception), _exc_info(call))
    return None


def is_output(call) -> bool:
    """Answer whether a call writes to what a Django command has as its output: `self.stdout.write(...)`."""
    return dotted(call.func).endswith((".stdout.write", ".stderr.write"))


def _is_logger(ctx, call):
    """Answer whether a call is a method of something whose type is a logger."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in logs.LOG_METHODS:
        return False
    types = ctx.types(call.func.value)
    return bool(types) and all(one.startswith(("logging.", "structlog.", "loguru.")) for one in types)


def mentions(call, name) -> bool:
    """Answer whether an expression holds this name."""
    return bool(name) and any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(call))


def holds_text(handler, expression, name: str) -> bool:
    """Answer whether an expression holds what a caught exception says: itself, its text, or a variable of the handler
    that is made of it. Its class, its status or its number alone is not its text.
    """
    if not name:
        return False
    names = {name}
    for node in body_nodes(handler):
        if isinstance(node, ast.Assign) and _tells(node.value, names):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return _tells(expression, names)


def _tells(expression, names) -> bool:
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
            parent = node.parent_
            if isinstance(parent, ast.Attribute) and parent.attr in (
                "__class__",
                "__name__",
                "code",
                "status_code",
                "errno",
            ):
                continue
            if isinstance(parent, ast.Call) and dotted(parent.func) in (
                "type",
                "isinstance",
                "getattr",
                "hasattr",
                "len",
            ):
                continue
            return True
    return False


def asks_of(handler, statement, name: str) -> bool:
    """Answer whether a statement of a handler runs only for what the caught exception is or says: `if "x" in str(error):`."""
    names, node = {name}, statement.parent_
    for one in handler.body:
        if isinstance(one, ast.Assign) and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(one.value)):
            names.update(target.id for target in one.targets if isinstance(target, ast.Name))
    while node is not handler and node is not None:
        if isinstance(node, ast.If) and statement not in node.orelse:
            if any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node.test)):
                return True
        node = node.parent_
    return False


def _mentions_traceback(ctx, call):
    return any(
        isinstance(node, ast.Call) and ctx.qualname(node.func) in TRACEBACK
        for node in ast.walk(call)
        if node is not call
    )


def _exc_info(call):
    """Answer whether a log call is told to add the traceback: exc_info=True, log.opt(exception=True)."""
    for node in ast.walk(call):
        if isinstance(node, ast.keyword) and node.arg in ("exc_info", "exception", "exc", "stack_info"):
            if not (isinstance(node.value, ast.Constant) and not node.value.value):
                return True
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in (
            "format_exc",
            "exc_info",
            "format_exception",
        ):
            return True
    return False


def _default(ctx, handler):
    """Answer (kind, node) of a handler that does nothing but go on with a default value, None for any other."""
    kind, place = "pass", None
    for statement in handler.body:
        if isinstance(statement, ast.Pass) or is_remark(statement):
            continue
        if isinstance(statement, ast.Continue):
            kind, place = "continue", statement
        elif isinstance(statement, ast.Return):
            if statement.value is not None and not is_default(statement.value):
                return None
            kind, place = "return", statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            if statement.value is None or not is_default(statement.value):
                return None
            if kind == "pass":
                kind, place = "assign", statement
        else:
            return None
    return kind, place or handler


def is_remark(statement) -> bool:
    """Answer whether a statement is a string or `...` and does nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def is_default(value: ast.AST) -> bool:
    """Answer whether an expression is a value that stands ready: a constant, a name, an empty or constant container."""
    if isinstance(value, (ast.Constant, ast.Name)):
        return True
    if isinstance(value, ast.Attribute):
        return bool(dotted(value))
    if isinstance(value, ast.UnaryOp):
        return is_default(value.operand)
    if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
        return all(is_default(element) for element in value.elts)
    if isinstance(value, ast.Dict):
        return all(key is None or is_default(key) for key in value.keys) and all(map(is_default, value.values))
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        return isinstance(value.func, ast.Name) and value.func.id in (
            "dict",
            "list",
            "set",
            "tuple",
            "frozenset",
            "str",
        )
    return False
