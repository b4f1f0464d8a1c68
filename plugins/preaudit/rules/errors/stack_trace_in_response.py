"""The inside of an error reaches the client

## What it does
Reports a traceback (`traceback.format_exc()`, `sys.exc_info()`) that reaches a response body or the detail
of an HTTP error; and the text of an unexpected error (`str(e)`, `repr(e)`, `e.args`, an f-string of it) in
an answer with a status of 500 and above.

## Why it matters
The text of an unexpected error holds what the error happened to: SQL with its values, file paths, host names
and keys of other services. A traceback adds the source.

## Bad
```python
import traceback

from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/orders")
def read(orders):
    try:
        return orders.all()
    except Exception as error:
        raise HTTPException(status_code=500, detail=str(error))  # AUD405


@router.get("/items")
def items(orders):
    try:
        return orders.items()
    except ValueError:
        return {"error": traceback.format_exc()}  # AUD405
```

## Good
```python
import logging

from fastapi import APIRouter, HTTPException

logger = logging.getLogger(__name__)
router = APIRouter()


@router.get("/orders")
def read(orders):
    try:
        return orders.all()
    except ValueError as error:
        raise HTTPException(status_code=422, detail=str(error)) from error
    except Exception:
        logger.exception("reading orders failed")
        raise HTTPException(status_code=500, detail="internal error") from None
```

## Fixed
```python
import logging

from fastapi import APIRouter, HTTPException

logger = logging.getLogger(__name__)
router = APIRouter()


@router.get("/orders")
def read(orders):
    try:
        return orders.all()
    except Exception as error:
        logger.exception("reading orders failed")
        raise HTTPException(status_code=500, detail="internal error") from error
```

## Options
None.

## Limits
An error class of the project that is raised with a status (`ApiError(str(error), 500)`) counts as an HTTP
error. The text of an error is followed through local variables of the handler, and into a function of the
same file that makes an answer of it; not into other files. It counts in a handler of every error (or an error
handler that is registered for every error, by a decorator or a call) with a status of 500 and above; a
traceback counts everywhere. Silent: behind a condition on debug or development.

## Origin
Audit E, 13: the upload endpoint answered with `str(e)` of whatever went wrong; tests/oracles/test_error_claims.py
shows a path that comes out so.
"""

import ast
import re

from preaudit.core import dataflow, handlers, responses
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, dotted, function_of, parents

RULE = Rule(
    code="AUD405",
    name="stack-trace-in-response",
    severity="high",
    scope="types",
    message="{what} reaches the client; log it with logger.exception() and answer with a general text",
    since="0.1.0",
    imports={
        "fastapi", "starlette", "flask", "quart", "aiohttp", "django", "rest_framework", "sanic", "litestar", "falcon",
        "tornado", "bottle", "ninja", "flask_restful", "flask_restx", "flask_smorest", "connexion", "werkzeug",
    },
    words=("except", "errorhandler", "error_handler", "exception_handler"),
    audits=("E 13",),
)  # fmt: skip

TRACES = frozenset({
    "traceback.format_exc", "traceback.format_exception", "traceback.format_tb", "traceback.format_stack",
    "traceback.format_list", "traceback.extract_tb", "sys.exc_info", "traceback.format_exception_only",
})  # fmt: skip
DEBUG = lazy(
    r"(?:^|_)(?:debug|debugging|dev|devel|development|local|testing|verbose|prod|production|show_errors?|expose_errors?)(?:_|$)",
    re.I,
)
TEXT = "the text of an unexpected error"
TEXTS = ("str", "repr", "format", "ascii")
UNTOLD = ("__name__", "__class__", "status_code", "code", "errno")


@RULE.on(ast.ExceptHandler)
def check(handler, ctx):
    """Report answers in a handler that hold the error's inside."""
    handling = handlers.handling(ctx, handler)
    yield from check_body(list(handlers.body_nodes(handler)), handling.name if handling.broad else "", ctx)


@RULE.on(ast.FunctionDef, ast.AsyncFunctionDef)
def check_error_handler(function, ctx):
    """Report answers of an error handler that a decorator registers for every error."""
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and decorator.args and isinstance(decorator.func, ast.Attribute)):
            continue
        if decorator.func.attr in ("errorhandler", "app_errorhandler", "exception_handler"):
            yield from check_registered(decorator.args[0], function, ctx)


@RULE.on(ast.Call)
def check_registration(call, ctx):
    """Report answers of a function of this file that a call registers for every error."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("register_error_handler", "add_exception_handler"):
        pairs = [call.args] if len(call.args) == 2 else []
    else:
        tables = [keyword.value for keyword in call.keywords if keyword.arg == "exception_handlers"]
        pairs = [pair for table in tables if isinstance(table, ast.Dict) for pair in zip(table.keys, table.values)]
    for target, name in pairs:
        function = dataflow.function_named(ctx, name)
        if target is not None and function is not None:
            yield from check_registered(target, function, ctx)


def check_registered(target, function, ctx):
    """Report the answers of an error handler, if what it is registered for is every error or a status of 500 and above."""
    if ctx.qualname(target) in handlers.BROAD or responses.status_in(target) >= 500:
        parameters = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        body = [node for statement in function.body for node in ast.walk(statement)]
        yield from check_body(body, parameters[-1] if parameters else "", ctx)


def check_body(nodes, error, ctx):
    """Report the answers among these nodes; `error` is the name of an unexpected error, '' if it is none."""
    statuses, inner = statuses_set(nodes), set(nodes)
    for node in nodes:
        place = told_by_helper(node, error, inner, ctx) if isinstance(node, ast.Call) and error else None
        if place is not None:
            yield RULE.at(place, what=TEXT)
            continue
        answer = answer_of(node, ctx)
        if answer is not None and error and told_by_helper(answer, error, inner, ctx) is not None:
            continue  # reported at the call
        if answer is None:
            continue
        status = responses.status_of(answer) or statuses.get(dotted(answer), 0) or status_named(answer, nodes)
        for place, kind in sources(answer, error, inner, ctx):
            if kind == "text" and status < 500:
                continue
            if is_guarded(place):
                continue
            yield RULE.at(place, what="the traceback" if kind == "trace" else TEXT)
            break


def told_by_helper(call, error, inner, ctx):
    """Answer the argument by which a function of this file gets an unexpected error that it answers with, None if none does.

    The function takes the error or its text, makes a response or an HTTP error with a status of 500 and above of it, and
    its call is returned or raised, or it raises by itself.
    """
    helper = dataflow.function_named(ctx, call.func) if isinstance(call, ast.Call) else None
    if helper is None or not isinstance(taker_of(call), (ast.Return, ast.Raise, ast.Expr)):
        return None
    for parameter, argument in given(call, helper):
        whole = isinstance(argument, ast.Name) and argument.id == error
        text = whole or any(kind == "text" for _, kind in sources(argument, error, inner, ctx))
        if text and not is_guarded(argument) and answers_with(helper, parameter, whole, call, ctx):
            return argument
    return None


def taker_of(call):
    """Answer what takes the value of a call, through `await`."""
    return call.parent_.parent_ if isinstance(call.parent_, ast.Await) else call.parent_


def given(call, function):
    """Give (name of the parameter, argument) of a call that has neither `*` nor `**`."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if not any(isinstance(argument, ast.Starred) for argument in call.args):
        yield from zip(names, call.args, strict=False)
    names += [argument.arg for argument in function.args.kwonlyargs]
    yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg in names)


def answers_with(helper, parameter, whole, call, ctx):
    """Answer whether a helper answers with a parameter and a status of 500 and above; `whole`: it is the error itself."""
    nodes = [node for statement in helper.body for node in ast.walk(statement)]
    returned = isinstance(taker_of(call), (ast.Return, ast.Raise))
    for node in nodes:
        answer = answer_of(node, ctx) if not isinstance(node, ast.Return) or returned else None
        if answer is None and isinstance(node, ast.Return) and returned:
            made = isinstance(taker_of(call), ast.Raise) and responses.is_http_error(ctx, node.value)
            pair = isinstance(node.value, ast.Tuple) and len(node.value.elts) in (2, 3)
            answer = node.value if made or (pair and isinstance(node.value.elts[1], ast.Name)) else None
        if answer is None or (responses.status_of(answer) or status_passed(answer, helper, call)) < 500:
            continue
        if whole:
            found = [place for place, kind in sources(answer, parameter, set(nodes), ctx) if kind == "text"]
        else:
            found = [
                node for _, node in dataflow.holds(ctx, answer) if isinstance(node, ast.Name) and node.id == parameter
            ]
        if any(not is_guarded(place) for place in found):
            return True
    return False


def status_passed(answer, helper, call):
    """Answer the status that a helper takes from one of its parameters, as it is passed or by default, 0 if unknown."""
    passed = dict(given(call, helper))
    plain = [*helper.args.posonlyargs, *helper.args.args]
    defaults = dict(zip([one.arg for one in reversed(plain)], reversed(helper.args.defaults), strict=False))
    defaults |= {
        one.arg: value for one, value in zip(helper.args.kwonlyargs, helper.args.kw_defaults, strict=True) if value
    }
    parts = answer.elts[1:2] if isinstance(answer, ast.Tuple) else []
    if isinstance(answer, ast.Call):
        parts = [
            keyword.value for keyword in answer.keywords if keyword.arg in responses.STATUS_KEYWORDS
        ] or answer.args
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return max((responses.status_in(passed.get(name) or defaults.get(name)) for name in names), default=0)


def answer_of(node, ctx):
    """Answer the expression that a node answers to the client, None if it is no answer."""
    if isinstance(node, ast.Raise):
        return node.exc if isinstance(node.exc, ast.Call) and responses.is_http_error(ctx, node.exc) else None
    if isinstance(node, ast.Call) and responses.is_abort(ctx, node):
        return node
    if isinstance(node, ast.Return) and node.value is not None:
        function = function_of(node)
        if responses.is_response(ctx, node.value):
            return node.value
        if isinstance(function, FUNCTIONS) and (ctx.is_handler(function) or is_error_handler(function)):
            return node.value
    return None


def is_error_handler(function):
    """Answer whether a function is registered to answer for errors."""
    return any(
        isinstance(d, ast.Call)
        and isinstance(d.func, ast.Attribute)
        and d.func.attr in ("errorhandler", "exception_handler")
        for d in function.decorator_list
    )


def statuses_set(nodes):
    """Answer {name: status} of `response.status_code = 500`."""
    found: dict = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute):
            if node.targets[0].attr in responses.STATUS_KEYWORDS:
                found[dotted(node.targets[0].value)] = responses.status_in(node.value)
    return found


def status_named(answer, nodes):
    """Answer the greatest status that the variable can hold which an answer takes its status from, 0 if it is none."""
    parts = answer.elts[1:2] if isinstance(answer, ast.Tuple) else []
    if isinstance(answer, ast.Call):
        parts = [keyword.value for keyword in answer.keywords if keyword.arg in responses.STATUS_KEYWORDS]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return max(
        (
            responses.status_in(node.value)
            for node in nodes
            if names and isinstance(node, ast.Assign) and any(dotted(target) in names for target in node.targets)
        ),
        default=0,
    )


def sources(expression, error, inner, ctx):
    """Give (node of the expression, kind) of what in it holds the error's inside: "trace" or "text".

    `inner`: the nodes among which the error has this name.
    """
    for place, node in dataflow.holds(ctx, expression, is_guarded):
        if not isinstance(node, (ast.Call, ast.Name)) or (place is not node and is_guarded(node)):
            continue
        if isinstance(node, ast.Call) and ctx.qualname(node.func) in TRACES:
            yield place, "trace"
        elif isinstance(node, ast.Name) and node.id == error and error and node in inner:
            text = text_of(node)
            if text is not None:
                yield (text if place is node else place), "text"


def text_of(name):
    """Answer the expression by which an exception becomes text, None where only its type or status is asked."""
    parent = name.parent_
    if isinstance(parent, ast.Attribute):
        if parent.attr in UNTOLD:
            return None
        return parent if parent.attr in ("args", "message", "detail", "reason", "msg") else None
    if isinstance(parent, ast.Call):
        function = dotted(parent.func)
        if parent.func is name or function in ("isinstance", "type", "getattr", "hasattr"):
            return None
        if function in TEXTS or (isinstance(parent.func, ast.Attribute) and parent.func.attr == "format"):
            return parent
        return None
    if isinstance(parent, (ast.FormattedValue, ast.BinOp)):
        return name
    if isinstance(parent, ast.keyword) and parent.arg in ("detail", "description", "message", "error", "content"):
        return name
    return name if isinstance(parent, ast.Dict) else None


def is_guarded(place):
    """Answer whether the place is behind a condition on debug or development."""
    child = place
    for parent in parents(place):
        if isinstance(parent, (ast.If, ast.IfExp)) and child is not parent.test:
            if any(DEBUG.search(word) for word in words_of(parent.test)):
                return True
            if any(isinstance(n, ast.Call) and dotted(n.func) == "isinstance" for n in ast.walk(parent.test)):
                return True
        if isinstance(parent, FUNCTIONS):
            return False
        child = parent
    return False


def words_of(test):
    """Give the names and strings of a condition."""
    for node in ast.walk(test):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
