"""An error becomes a default value and nobody learns of it

## What it does
Reports a handler of every error (`except Exception`, `except BaseException`) that does nothing but go on:
`pass`, `continue`, `return` of a ready value, or an assignment of one. Reports
`contextlib.suppress(Exception)`, and `except ImportError` that silently replaces a module of the project
itself or a library that the project's requirements demand.

## Why it matters
The caller cannot tell "there is none" from "we could not look". Prices of zero, empty permission lists and
skipped payments all looked like data in the audits.

## Bad
```python
import contextlib


def price(client, sku):
    try:
        return client.price(sku)
    except Exception:  # AUD403
        return 0


def close_all(clients):
    for client in clients:
        with contextlib.suppress(Exception):  # AUD403
            client.close()
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def price(client, sku):
    try:
        return client.price(sku)
    except KeyError:
        return 0


def is_alive(client):
    try:
        client.ping()
        return True
    except Exception:
        return False


def close_all(clients):
    for client in clients:
        try:
            client.close()
        except Exception:
            logger.exception("closing %s failed", client)
```

## Fixed
```python
def price(client, sku):
    try:
        return client.price(sku)
    except ConnectionError as error:
        raise PriceUnknown(sku) from error
```

## Options
None.

## Limits
Silent: handlers of named errors, boolean probes (`is_alive`, `has_gpu`), imports of optional libraries,
questions for a package's version and calls into a library of the platform (`ctypes.CDLL`), `__del__`,
`__exit__`, `emit` of a logging handler, a block that only logs, a `close()` in a `finally` or at the exit of
the process, attempts that are followed by a raise once all of them failed, a value that says that it failed
(`Status.ERROR`), the unparsed or another form of what was to be converted (`r.text` for `r.json()`),
functions that are for a conversion by their name or by all they do and answer that there is none (`parse_page`),
parts of a text that a pattern finds or not, keys that a record at hand has or not, a value that says that it is
unknown or an error that the handler keeps (`result["error"] = "cannot read the data"`), settings of the process
(`sys.stdout.reconfigure`), the kernel's own files (`/sys/`, `/proc/`), a `rollback()` alone, modules of the project
that need a library its requirements do not demand, functions whose docstring says what they answer on failure,
handlers whose comment decides over every error ("best effort", "must never break the request"; one that only names
the error it expects does not), a migration that drops what may not be there, handlers within another handler that
tells its own exception, and
lines whose comment silences the same of another linter (`# noqa: BLE001`, `S110`, `# pylint:
disable=broad-except`). A bare except is AUD401.

## Origin
Audit D, 2: silent fallbacks. Ruff's S110 and S112 see `pass` and `continue` only.
"""

import ast
import sys

from preaudit import knowledge
from preaudit.core import conversions, fallbacks, handlers, harmless
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted

RULE = Rule(
    code="AUD403",
    name="silent-fallback",
    severity="high",
    message="{caught} {what} and nobody learns of it; log it with logger.exception(), or name the errors you expect",
    since="0.1.0",
    words=("except", "suppress"),
    audits=("D 2",),
)

SUPPRESS = "contextlib.suppress"
IMPORT_ERRORS = ("builtins.ImportError", "builtins.ModuleNotFoundError")
WHAT = {"pass": "passes over every error", "continue": "skips the item on any error"}


@RULE.on(ast.ExceptHandler)
def check(handler, ctx):
    """Report a handler that goes on as if nothing had happened."""
    if handler.type is None:
        return
    handling = handlers.handling(ctx, handler)
    if handling.default is None:
        return
    if handling.breadth == "narrow":
        yield from check_import(handler, handling, ctx)
        return
    if fallbacks.is_optional_import(handler) or fallbacks.is_finalizer(handler) or fallbacks.is_probe(ctx, handler):
        return
    if fallbacks.raises_after(ctx, handler) or fallbacks.in_told_handler(ctx, handler):
        return
    if fallbacks.is_decided(ctx, handler) or harmless.is_policy(ctx, handler):
        return
    if harmless.is_told_otherwise(handler) or harmless.leaves_no(ctx, handler):
        return
    kind, place = handling.default
    attempt = handlers.try_of(handler).body
    if kind == "pass" and harmless.asks_question(handler):
        return
    if harmless.sets_process_up(ctx, attempt) or harmless.asks_platform(attempt) or harmless.rolls_back(attempt):
        return
    if harmless.only_looks_up(ctx, attempt) or harmless.is_contract(handler):
        return
    if kind in ("return", "assign") and place.value is not None:
        if fallbacks.tells_failure(place.value) or fallbacks.keeps_raw(handler, place.value):
            return
    if fallbacks.answer_of(ctx, handler) is not None:  # AUD404 says it at the answer
        return
    if fallbacks.keeps_form(ctx, handler) or fallbacks.is_drop(ctx, handler):
        return
    if fallbacks.only_logs(ctx, handlers.try_of(handler)) or fallbacks.closes_at_exit(ctx, handler):
        return
    yield RULE.at(place_of(handler, ctx), caught=handling.shown, what=what_of(kind, place))


def check_import(handler, handling, ctx):
    """Report a failing import of what must be there."""
    if not handling.caught or any(one not in IMPORT_ERRORS for one in handling.caught):
        return
    if not fallbacks.is_optional_import(handler) or fallbacks.is_probe(ctx, handler):
        return
    if harmless.is_policy(ctx, handler):
        return
    reasons = [reason_of(name, ctx) for name in imported(handlers.try_of(handler), ctx)]
    if not reasons or not all(reasons):
        return
    names = imported(handlers.try_of(handler), ctx)
    text = "{caught} hides that {module}, which {reason}, cannot be imported; import it plainly, or log the error"
    shown = handler.type if not isinstance(handler.type, ast.Tuple) else handler.type.elts[0]
    yield RULE.at(
        place_of(handler, ctx), message=text, caught=f"except {dotted(shown)}", module=names[0], reason=reasons[0]
    )  # fmt: skip


def imported(attempt, ctx):
    """Answer the dotted names of the modules that a try statement imports."""
    found = []
    for statement in attempt.body:
        if isinstance(statement, ast.Import):
            found += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            base = ctx.names.absolute(statement)
            whole = [f"{base}.{alias.name}" for alias in statement.names] if base else [""]
            found += [name if is_module(name, ctx) else base for name in whole]
    return found


def is_module(name, ctx):
    """Answer whether a dotted name is a module of the project."""
    found = ctx.project.find(name, ctx.path)
    return bool(found) and not found[1]


def reason_of(module, ctx):
    """Answer why a module must be there, '' if it may be missing."""
    if not module:
        return ""
    top = module.partition(".")[0]
    found = ctx.project.find(module, ctx.path)
    if found:
        return "is part of this project" if not found[1] and not needs_optional(found[0], ctx) else ""
    if ctx.project.is_own(top):
        return ""  # a generated or vendored module, or a missing one, which AUD106 reports
    table = knowledge.table(top)
    distribution = getattr(table, "DISTRIBUTION", "") or top
    return f"requirements demand ({distribution})" if ctx.demands(distribution) else ""


def needs_optional(path, ctx):
    """Answer whether a module of the project imports a library that its requirements do not demand: an extra."""
    for expression in ctx.project.summary(path)["names"].values():
        if not expression or expression[0] != "ref":
            continue
        top = expression[1].partition(".")[0]
        if top in sys.stdlib_module_names or ctx.project.is_own(top):
            continue
        distribution = getattr(knowledge.table(top), "DISTRIBUTION", "") or top
        if not ctx.demands(distribution) and not ctx.demands(top):
            return True
    return False


def what_of(kind, node):
    """Answer what the handler makes of any error, in words."""
    if kind == "return":
        return f"answers {shown(node.value)} on any error"
    if kind == "assign":
        return f"puts {shown(node.value)} in place of any error"
    return WHAT[kind]


def shown(value):
    """Answer a default value as the author wrote it, if it is short."""
    text = "None" if value is None else ast.unparse(value)
    return text if len(text) <= 30 and text.isascii() and text.isprintable() else "a default"


def place_of(handler, ctx):
    """Answer the place from `except` to the end of its type."""
    line, column, _, _ = ctx.place(handler)
    return (line, column, *ctx.place(handler.type)[2:])


@RULE.on(ast.With, ast.AsyncWith)
def check_suppress(statement, ctx):
    """Report `with contextlib.suppress(Exception)`."""
    for item in statement.items:
        call = item.context_expr
        if not (isinstance(call, ast.Call) and call.args) or ctx.names.qualname(call.func) != SUPPRESS:
            continue
        names = [ctx.names.qualname(argument) for argument in call.args]
        broad = [name.rpartition(".")[2] for name in names if name in handlers.BROAD]
        if not broad or fallbacks.only_logs(ctx, statement) or fallbacks.closes_at_exit(ctx, call):
            continue
        if conversions.only_renews(ctx, statement.body) or harmless.sets_process_up(ctx, statement.body):
            continue
        if harmless.is_policy(ctx, statement) or harmless.asks_platform(statement.body):
            continue
        if harmless.asks_question(statement) or harmless.rolls_back(statement.body):
            continue
        if not fallbacks.is_finalizer(call) and not fallbacks.in_told_handler(ctx, call):
            yield RULE.at(call, caught=f"suppress({broad[0]})", what=WHAT["pass"])
