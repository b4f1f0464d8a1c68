"""An HTTP error is swallowed by a broad handler around it

## What it does
Reports `raise HTTPException(...)`, `abort(...)` and `get_or_404(...)` inside a `try` whose handler of every
error answers with another status. Reports Flask's and Quart's `errorhandler(Exception)` (and
`register_error_handler(Exception, ...)` of a function of the same file) that does not pass
HTTP errors on.

## Why it matters
`HTTPException` is an `Exception`: the "404 not found" of three lines above reaches the client as "500
internal server error", retries begin, and the alert is about a server that is fine.

## Bad
```python
from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/orders/{key}")
def read(key: int, orders):
    try:
        order = orders.find(key)
        if order is None:
            raise HTTPException(status_code=404, detail="no such order")  # AUD406
        return order.body()
    except Exception as error:
        raise HTTPException(status_code=500, detail="internal error") from error
```

## Good
```python
from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/orders/{key}")
def read(key: int, orders):
    try:
        order = orders.find(key)
        if order is None:
            raise HTTPException(status_code=404, detail="no such order")
        return order.body()
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(status_code=500, detail="internal error") from error
```

## Fixed
```python
from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/orders/{key}")
def read(key: int, orders):
    try:
        order = orders.find(key)
    except ConnectionError as error:
        raise HTTPException(status_code=503, detail="try again") from error
    if order is None:
        raise HTTPException(status_code=404, detail="no such order")
    return order.body()
```

## Options
None.

## Limits
An error class of the project that is raised with a text and a status (`ApiError("no such order", 404)`)
counts as an HTTP error. Only what stands in the `try` itself is seen, not an HTTP error raised by a function
called there. Silent: an earlier handler names the HTTP error, the handler raises it again or asks for its
type or status, both have the same status, and handlers that only collect errors.

## Origin
Found beside audit D, 2. Both claims, FastAPI's and Flask's, are executed in tests/oracles/test_error_claims.py.
"""

import ast

from preaudit.core import dataflow, handlers
from preaudit.core.flow import TRIES
from preaudit.core.responses import HTTP_BASES, is_abort, is_http_error, is_response, status_of
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, dotted, function_of, parents

RULE = Rule(
    code="AUD406",
    name="http-exception-swallowed",
    severity="high",
    message="{raised} never reaches the client: {caught} in line {line} answers {answer} in its place; "
    "write except {base}: raise before it",
    since="0.1.0",
    words=("except", "errorhandler", "error_handler"),
)

HANDLER = (
    "{decorator}({caught}) also gets every HTTP error, so 404 becomes {answer}; return it if it is an HTTPException"
)
ASKS = frozenset({"status_code", "code", "get_response", "status", "detail"})


@RULE.on(ast.Raise)
def check_raise(statement, ctx):
    """Report an HTTP error that is raised and caught in the same function."""
    if statement.exc is None or not is_http_error(ctx, statement.exc):
        return
    yield from check(statement, statement.exc, ctx)


@RULE.on(ast.Call)
def check_call(call, ctx):
    """Report an abort that is caught in the same function."""
    if is_abort(ctx, call):
        yield from check(call, call, ctx)


def check(node, raised, ctx):
    """Report a raising node whose error another answer replaces."""
    function = function_of(node)
    child = node
    for parent in parents(node):
        if parent is function:
            return
        if isinstance(parent, TRIES) and child in parent.body:
            catcher = catcher_of(parent, raised, ctx)
            if catcher is not None:
                handling = handlers.handling(ctx, catcher)
                if handling.breadth == "narrow" and handling.reraises != "always":
                    return
                if handling.reraises != "always":
                    yield from report(node, raised, handling, ctx)
                    return
        child = parent


def catcher_of(attempt, raised, ctx):
    """Answer the first handler of a try statement that catches this HTTP error, None if none does."""
    target = raised.func if isinstance(raised, ast.Call) else raised
    own = ctx.qualname(target)
    last = dotted(target).rpartition(".")[2]
    for handler in attempt.handlers:
        handling = handlers.handling(ctx, handler)
        if handling.broad:
            return handler
        for name in handling.caught:
            if name and (name == own or name.rpartition(".")[2] == last or name in HTTP_BASES):
                return handler
            if name.rpartition(".")[2] in (
                "HTTPException",
                "HTTPError",
                "HttpError",
                "Http404",
                "APIException",
                "NotFound",
            ):
                return handler
            if name and own and ctx.is_own(own) and ctx.derives(own, name):
                return handler
    return None


def report(node, raised, handling, ctx):
    """Report the node if the handler answers, and with another status."""
    if handling.reraises or asks(handling.node, handling.name):
        return
    answer = answer_of(handling, ctx)
    if answer is None:
        return
    mine, other = status_of(raised), answer[0]
    if mine and other and mine == other:
        return
    shown = dotted(raised.func if isinstance(raised, ast.Call) else raised) or "the HTTP error"
    base = "HTTPException" if "404" not in shown or isinstance(node, ast.Call) else shown
    status = f"({mine})" if mine else ""
    yield RULE.at(
        node, raised=f"{shown.rpartition('.')[2]}{status}", caught=handling.shown, line=handling.node.lineno,
        answer=str(other) if other else answer[1], base=base.rpartition(".")[2],
    )  # fmt: skip


def asks(handler, name):
    """Answer whether code asks what the caught exception is: its type, its status."""
    for inner in ast.walk(handler):
        if isinstance(inner, ast.Call) and dotted(inner.func) in (
            "isinstance",
            "type",
            "issubclass",
            "getattr",
            "hasattr",
        ):
            if any(isinstance(argument, ast.Name) and argument.id == name for argument in inner.args[:1]):
                return True
        elif isinstance(inner, ast.Attribute) and inner.attr in ASKS:
            if isinstance(inner.value, ast.Name) and inner.value.id == name:
                return True
        elif isinstance(inner, ast.Match):
            return True
    return False


def answer_of(handling, ctx):
    """Answer (status or 0, words) of what a handler answers instead, None if it answers nothing."""
    for statement in handling.new:
        if is_http_error(ctx, statement.exc):
            return status_of(statement.exc), "another error"
    for node in handlers.body_nodes(handling.node):
        if isinstance(node, ast.Call) and is_abort(ctx, node):
            return status_of(node), "another error"
    for node in handlers.body_nodes(handling.node):
        if isinstance(node, ast.Return) and node.value is not None:
            function = function_of(node)
            if is_response(ctx, node.value) or (isinstance(function, FUNCTIONS) and ctx.is_handler(function)):
                return status_of(node.value) or 200, "something else"
    return None


@RULE.on(ast.FunctionDef, ast.AsyncFunctionDef)
def check_error_handler(function, ctx):
    """Report a Flask error handler of every error that answers HTTP errors, too."""
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and len(decorator.args) == 1):
            continue
        name = decorator.func.attr if isinstance(decorator.func, ast.Attribute) else ""
        if name in ("errorhandler", "app_errorhandler"):
            yield from check_registered(decorator, name, function, ctx)


@RULE.on(ast.Call)
def check_registration(call, ctx):
    """Report the same of a function of this file that `register_error_handler(Exception, ...)` names."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name == "register_error_handler" and len(call.args) == 2:
        function = dataflow.function_named(ctx, call.args[1])
        if function is not None:
            yield from check_registered(call, name, function, ctx)


def check_registered(call, name, function, ctx):
    """Report a registration for every error of a function that does not pass HTTP errors on."""
    caught = ctx.qualname(call.args[0])
    if caught not in handlers.BROAD or passes_on(function) or has_own_handler(ctx):
        return
    answer = next((status_of(n.value) for n in ast.walk(function) if isinstance(n, ast.Return) and n.value), 0)
    yield RULE.at(
        call, message=HANDLER, decorator=name, caught=caught.rpartition(".")[2], answer=answer or "an ordinary answer"
    )


def passes_on(function):
    """Answer whether an error handler raises its exception again, returns it, or asks what it is."""
    parameters = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    error = parameters[-1] if parameters else ""
    if not error or asks(function, error):
        return True
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Name) and node.value.id == error:
            return True
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and any(isinstance(a, ast.Name) and a.id == error for a in node.args):
            if dotted(node.func).rpartition(".")[2].startswith(("handle", "_handle")):
                return True
    return False


def has_own_handler(ctx):
    """Answer whether the file registers a handler of HTTP errors of its own, which then goes first."""
    for call in ctx.nodes(ast.Call):
        last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if last in ("errorhandler", "app_errorhandler", "register_error_handler") and call.args:
            if dotted(call.args[0]).rpartition(".")[2] == "HTTPException":
                return True
    return False
