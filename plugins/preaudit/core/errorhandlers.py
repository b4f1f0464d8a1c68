"""Which errors the apps of a project answer by a handler of their own: `@app.errorhandler(KeyError)` and its like.

The handler is mostly registered in another module than the routes, so summaries tell it, under a name that
no attribute has.
"""

from __future__ import annotations

import ast

from preaudit.core.tree import dotted

MARK = "<error handler>"
_REGISTERS = frozenset({
    "errorhandler", "app_errorhandler", "exception_handler", "register_error_handler", "add_exception_handler",
})  # fmt: skip


def registered(calls) -> list:
    """Answer the expressions of the errors for which these calls register a handler; statuses are among them."""
    return [
        call.args[0] for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in _REGISTERS and call.args
    ]  # fmt: skip


def handled(ctx) -> frozenset:
    """Answer the last names of the errors for which any module of the project registers a handler."""
    return ctx.once("handled errors", lambda: _handled(ctx))


def _handled(ctx) -> frozenset:
    found = {dotted(error).rpartition(".")[2] for error in registered(ctx.nodes(ast.Call))}
    for _, expr, _ in ctx.project.outside(MARK):
        if expr and expr[0] == "ref":
            found.add(expr[1].rpartition(".")[2])
    return frozenset(found - {""})


__all__ = ["MARK", "handled", "registered"]
