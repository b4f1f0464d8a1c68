"""A broad except drops the error

## What it does
Reports `except Exception` and `except BaseException` (also in a tuple) whose handler does something, but
neither raises, nor logs, nor uses the exception. Where the handler does nothing but go on, AUD403 reports
it instead; where it answers or raises a text without the cause, AUD404 does.

## Why it matters
Every mistake of the block ends there without a trace: a renamed column looks like an empty result, and
the first person to learn of it is a customer.

## Bad
```python
def refresh(cache, key):
    try:
        cache.reload(key)
    except Exception:  # AUD402
        cache.drop(key)
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def refresh(cache, key):
    try:
        cache.reload(key)
    except Exception:
        logger.exception("reloading %s failed", key)
        cache.drop(key)


def fetch(client, key):
    try:
        return client.get(key)
    except Exception as error:
        raise LookupError(key) from error
```

## Fixed
```python
def refresh(cache, key):
    try:
        cache.reload(key)
    except ConnectionError:
        cache.drop(key)
```

## Options
`reporters`: functions of your own that count as logging, by dotted name or last part.

## Limits
What counts as telling: the methods of a logger, `print`, `warnings.warn`, error trackers, a function of the
project that logs or always raises, and functions whose name says so (`notify_admins`, `report_failure`,
`flash`). Silent as well: handlers in `main()` and under the `__main__` guard, in `__del__` and `__exit__`,
around imports only, boolean probes (`is_alive`, `has_gpu`), answers with a status of 400 to 499, attempts
that are followed by a raise, handlers within another handler that tells its own exception, another form of a
value that was to be converted (`str(row)` for `json.dumps(row)`), any other value that is made by a call in
place of the one that failed (`return client.old_price()`: whether an alternative is right cannot be told),
the same call with other arguments or another form of the same body (`await request.form()` for `.json()`),
whose failure is raised, a text that is put among the errors or warnings (`errors.append("no such field")`) or
says that it failed (`Saved(None, "save_failed")`), a remedy whose own failure is raised (connecting again,
stopping by force, sleeping in `wait_for_...`), functions whose docstring says what they answer on failure,
comments that decide over every error ("must never break the request"), and lines whose comment silences the
same of another linter (`# noqa: BLE001`, `# pylint: disable=broad-except`): their author has decided.

## Origin
Audit A, HIGH-3. Ruff's BLE001 does not know a project's own reporter, and reports handlers that use the
exception.
"""

import ast

from preaudit.core import fallbacks, handlers, harmless
from preaudit.core.rule import Rule
from preaudit.core.tree import function_of, is_main_guard, parents

RULE = Rule(
    code="AUD402",
    name="broad-except",
    severity="medium",
    message="{caught} drops the error of the whole block; "
    "log it with logger.exception(), raise it again, or name the errors you expect",
    since="0.1.0",
    words=("except",),
    audits=("A HIGH-3",),
    ruff=("BLE001",),
    options=("reporters",),
)

MAIN = ("main", "_main", "__main__", "async_main", "amain", "cli", "run_cli", "entry", "entrypoint", "console_main")


@RULE.on(ast.ExceptHandler)
def check(handler, ctx):
    """Report a handler of every error that tells nobody."""
    if handler.type is None:
        return
    handling = handlers.handling(ctx, handler)
    if handling.breadth != "broad" or handling.told or handling.default is not None:
        return
    if fallbacks.answer_of(ctx, handler) is not None:  # AUD404 says it at the answer
        return
    if fallbacks.is_finalizer(handler) or fallbacks.is_optional_import(handler) or is_boundary(handler):
        return
    if fallbacks.is_probe(ctx, handler) or fallbacks.raises_after(ctx, handler):
        return
    if fallbacks.in_told_handler(ctx, handler) or fallbacks.answers_client_error(handler):
        return
    if fallbacks.is_decided(ctx, handler) or fallbacks.keeps_form(ctx, handler):
        return
    if harmless.gives_another(ctx, handler) or harmless.is_remedy(ctx, handler) or harmless.is_contract(handler):
        return
    if harmless.is_policy(ctx, handler) or harmless.tries_again(ctx, handler) or harmless.is_told_otherwise(handler):
        return
    line, column, _, _ = ctx.place(handler)
    end = ctx.place(handler.type)
    yield RULE.at((line, column, *end[2:]), caught=handling.shown)


def is_boundary(handler):
    """Answer whether a handler stands at the outermost place of a script."""
    function = function_of(handler)
    if function is None:
        return any(is_main_guard(node) for node in parents(handler))
    return getattr(function, "name", "") in MAIN
