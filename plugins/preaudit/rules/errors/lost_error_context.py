"""The cause of an error is lost on the way

## What it does
In a handler of every error, reports a raise of another exception without `from`, a log that holds neither
the exception nor its traceback, and an answer with a general text that nothing logs.

## Why it matters
"Processing failed" in the log and in the ticket, and no way to tell a timeout from a typo. With `raise X`
alone the cause is only an accident of the traceback, and a framework that turns X into an answer never
shows it.

## Bad
```python
import logging

from fastapi import HTTPException

logger = logging.getLogger(__name__)


def load(client, key):
    try:
        return client.get(key)
    except Exception:
        raise RuntimeError("cannot load")  # AUD404


def refresh(client):
    try:
        client.refresh()
    except Exception:
        logger.error("refresh failed")  # AUD404


def view(client):
    try:
        return client.view()
    except Exception:
        return {"error": "Something went wrong"}, 500  # AUD404
```

## Good
```python
import logging

from fastapi import HTTPException

logger = logging.getLogger(__name__)


def load(client, key):
    try:
        return client.get(key)
    except Exception as error:
        raise RuntimeError("cannot load") from error


def load_page(client, key):
    try:
        return client.page(key)
    except Exception as error:
        raise RuntimeError(f"cannot load {key}: {error}") from error


def refresh(client):
    try:
        client.refresh()
    except Exception as error:
        logger.error("refresh failed: %s", error)


def view(client):
    try:
        return client.view()
    except Exception:
        logger.exception("the view failed")
        return {"error": "Something went wrong"}, 500
```

## Fixed
```python
import logging

logger = logging.getLogger(__name__)


def refresh(client):
    try:
        client.refresh()
    except Exception:
        logger.exception("refresh failed")
```

## Options
`reporters`: functions of your own that count as logging, by dotted name or last part.

## Limits
Silent: a handler that logs the traceback, an HTTP error that holds the text of the caught one or follows a log of it
(the framework makes an answer of it, and never shows a cause), `from None` (a choice), Celery's
`self.retry(exc=...)`, exceptions that end a program or a loop (`SystemExit`, `typer.Exit`, `StopIteration`), a raise
chosen by what the caught one says (`if "password" in str(error):`), health checks, a log at debug, what a missing
optional library is logged with, a log of what the handler did instead ("created it") or that says that this is
expected, a remark at info that a foreseen way is taken ("falling back to ..."), and an attempt that only reads values
at hand, by the names of what it calls (`int(text)`, `json.loads(text)`, `Ban(**row)`, the header of a request; not
`client.load()`), where the text says so ("not a valid integer") or the client is blamed (a status of 400 to 499):
nothing else can be wrong.

## Origin
Audit D, 2. Ruff's B904 asks for `from` in every handler, TRY400 for `exception` in place of `error`.
"""

import ast

from preaudit.core import fallbacks, handlers, responses, tellings
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD404",
    name="lost-error-context",
    severity="medium",
    message="{raised} is raised without its cause; write raise {raised}(...) from {error}",
    since="0.1.0",
    words=("except",),
    audits=("D 2",),
    options=("reporters",),
)

LOGGED = "this log says nothing of the error that was caught; write {call} or add exc_info=True"
ANSWERED = "the answer says nothing of the error, and nothing logs it; write logger.exception(...) before it"


@RULE.on(ast.ExceptHandler)
def check(handler, ctx):
    """Report where a handler of every error loses the cause."""
    handling = handlers.handling(ctx, handler)
    if not handling.broad or handling.traceback:
        return
    for statement in handling.new:
        name = fallbacks.raised_name(statement)
        if statement.cause is None and name and not is_exempt(statement, name, handling, ctx):
            if tellings.says_why(ctx, handler, statement) or tellings.tells_missing(handler, statement):
                continue
            yield RULE.at(statement, raised=name, error=handling.name or "error")
    if handling.raises or handling.uses or fallbacks.in_told_handler(ctx, handler):
        return
    if fallbacks.raises_after(ctx, handler) or fallbacks.is_optional_import(handler):
        return
    if handling.logs:
        if tellings.tells_only(ctx, handlers.try_of(handler)):
            return
        strong = [log for log in handling.logs if log.strong and not tellings.tells_another(ctx, handler, log.node)]
        if not strong or any(log.exception for log in handling.logs) or fallbacks.is_remarked_probe(ctx, handler):
            return
        if not tellings.says_why(ctx, handler, strong[0].node):
            yield RULE.at(strong[0].node, message=LOGGED, call=better(strong[0].node))
        return
    answer = fallbacks.answer_of(ctx, handler)
    if answer is not None and handling.breadth == "broad" and not tellings.says_why(ctx, handler, answer):
        yield RULE.at(answer, message=ANSWERED)


def better(call):
    """Answer the call that would log the traceback."""
    function = call.func
    if isinstance(function, ast.Attribute):
        text = ast.unparse(function.value)
        if len(text) <= 30 and text.isascii() and "\n" not in text:
            return f"{text}.exception(...)"
    return "logger.exception(...)"


def is_exempt(statement, name, handling, ctx):
    """Answer whether a raise without cause is right: it ends something, or tells what the cause says."""
    if name in handlers.CONTROL_FLOW:
        return True
    if handling.name and handlers.asks_of(handling.node, statement, handling.name):
        return True
    raised = statement.exc
    if isinstance(raised, ast.Call) and fallbacks.is_raising_method(raised):
        return True
    if responses.is_http_error(ctx, raised):
        told = (raised, *(log.node for log in handling.logs))
        return any(handlers.holds_text(handling.node, one, handling.name) for one in told)
    return False
