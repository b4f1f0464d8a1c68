"""Which calls are logs, by the syntax tree and a function that names things: a summary needs no more."""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.tree import dotted

LOG_METHODS = frozenset({
    "debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "msg", "notice", "trace",
    "success", "failure", "adebug", "ainfo", "awarning", "aerror", "aexception", "acritical", "alog",
})  # fmt: skip
LOGGER = lazy(r"(?:^|_)(?:log|logs|logger|logging|loguru|structlog|syslog)(?:_|$)|logger$", re.I)


GETTERS = ("getLogger", "get_logger", "getChild", "get_task_logger", "setup_logger", "get_run_logger")


def is_logger_call(call: ast.Call, names) -> bool:
    """Answer whether a call is one of a logger's methods; `names` are the file's (core/names.py).

    A logger is known by its library, by what made it, or by its name (`logger`, `self._log`). Nothing
    else has an `exception("...")`.
    """
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in LOG_METHODS:
        return False
    if function.attr in ("exception", "aexception") and call.args:
        return True
    name = names.qualname(function)
    if name.startswith(("logging.", "structlog.", "loguru.", "absl.logging.", "twisted.logger.")):
        return True
    receiver = function.value
    while isinstance(receiver, ast.Call):  # log.bind(...).error, getLogger(...).error, log.opt(exception=True).error
        if _is_getter(receiver):
            return True
        receiver = receiver.func.value if isinstance(receiver.func, ast.Attribute) else receiver.func
    if isinstance(receiver, ast.Name):
        _, bindings = names.lookup(receiver, receiver.id)
        if any(binding.kind == "assign" and _is_getter(binding.value) for binding in bindings or ()):
            return True
    parts = [*dotted(receiver).split("."), *name.split(".")[:-1]]
    return any(LOGGER.search(part) for part in parts if part)


def _is_getter(node):
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in GETTERS
