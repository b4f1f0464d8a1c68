"""A status is tested and then set, and the row is not locked

## What it does
Reports, in a Celery task or request handler, a row that is loaded, whose status or state field is tested, then assigned and
committed, with no `with_for_update`, version counter or conditional UPDATE between.

## Why it matters
Two workers load the same row, both see "pending", and both do the work: the card is charged twice. Celery delivers a
task again after a lost connection, and users click twice; it takes no bad luck.
tests/oracles/test_postgresql_claims.py shows it at PostgreSQL's default isolation level, and that the second one
waits for a locked row.

## Bad
```python
from celery import shared_task
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.models import Order

engine = create_engine("postgresql://db/shop", pool_pre_ping=True)


@shared_task
def charge(order_id):
    with Session(engine) as session, session.begin():
        order = session.get(Order, order_id)
        if order.status != "pending":
            return
        order.status = "charged"  # AUD005
```

## Good
```python
from celery import shared_task
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.models import Order

engine = create_engine("postgresql://db/shop", pool_pre_ping=True)


@shared_task
def charge(order_id):
    with Session(engine) as session, session.begin():
        order = session.get(Order, order_id, with_for_update=True)
        if order.status != "pending":
            return
        order.status = "charged"
```

## Fixed
Load the row with `with_for_update=True`, give the model a version counter (`version_id_col`), or let the database decide:
`UPDATE ... SET status = 'charged' WHERE id = :id AND status = 'pending'`, and look at the row count.

## Options
None.

## Limits
Silent where the function takes a lock of another kind, or made the row itself. A row that comes in as an argument, or from a
helper, is not judged: the helper may lock it.

## Origin
Audit C, concurrent access.
"""

import ast

from preaudit.core import flow, sessions
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, dotted, function_of, inside, parents

RULE = Rule(
    code="AUD005",
    name="unlocked-status-update",
    severity="medium",
    message="{row}.{field} was tested in line {line} and is set without a lock, so two workers can both pass the test; "
    "load {row} with with_for_update=True, or use a conditional UPDATE",
    since="0.1.0",
    scope="types",
    words=("status", "state", "phase", "stage"),
    audits=("C",),
)

_FIELD = lazy(r"(?:^|_)(?:status|state|phase|stage)$")
_LOADS = frozenset({
    "get", "first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "get_or_404", "first_or_404", "get_one",
    "one_or_404", "scalar_or_404",
})  # fmt: skip
_LOCKS = lazy(r"with_for_update|FOR UPDATE|version_id_col|advisory_lock|select_for_update|SKIP LOCKED|skip_locked")


@RULE.on(ast.Assign)
def check(node, ctx):
    """Report a status that is set after a test of a row that nobody locked."""
    target = node.targets[0]
    if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and _FIELD.search(target.attr)):
        return
    function = function_of(node)
    if not isinstance(function, FUNCTIONS) or not (ctx.is_task(function) or ctx.is_handler(function)):
        return
    row, field = target.value.id, target.attr
    if not _is_loaded(target.value, function, ctx):
        return
    test = _test(node, row, field, function)
    if test is None or not _is_committed(node, ctx, function) or _is_locked(target.value, function, ctx):
        return
    if _sets_back(node, function, row, field):
        return
    yield RULE.at(node, row=row, field=field, line=test.lineno, related=[("", test, "tested here")])


def _is_loaded(name, function, ctx):
    """Answer whether a name holds a row that the function loaded through a session, and nothing else."""
    _, bindings = ctx.names.lookup(name, name.id)
    loaded = False
    for binding in bindings:
        if binding.kind != "assign" or function_of(binding.node) is not function:
            return False
        value = binding.value.value if isinstance(binding.value, ast.Await) else binding.value
        if (
            not isinstance(value, ast.Call)
            or not isinstance(value.func, ast.Attribute)
            or value.func.attr not in _LOADS
        ):
            return False
        loaded = loaded or _of_database(value, ctx)
    return loaded


def _of_database(call, ctx):
    """Answer whether a chain of calls asks a session or a model's query."""
    found = sessions.of(ctx)
    for node in ast.walk(call):
        if isinstance(node, (ast.Name, ast.Attribute)) and found.is_session(node):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "query" and dotted(node.value)[:1].isupper():
            return True
    return False


def _test(node, row, field, function):
    """Answer the test of the field before the assignment, None if there is none."""
    for other in inside(function):
        if other.__class__ not in (ast.If, ast.While, ast.IfExp, ast.Assert) or other.lineno > node.lineno:
            continue
        for part in ast.walk(other.test):
            if isinstance(part, ast.Attribute) and part.attr == field and dotted(part.value) == row:
                return other.test
    return None


def _is_committed(node, ctx, function):
    found = sessions.of(ctx)
    if found.transaction_around(node):
        return True
    return any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and function_of(call) is function
        and call.lineno > node.lineno for call in ctx.nodes(ast.Call)
    )  # fmt: skip


def _is_locked(name, function, ctx):
    text = "".join(ctx.lines[function.lineno - 1 : function.end_lineno])
    if _LOCKS.search(text):
        return True
    for node in inside(function):
        if isinstance(node, flow.WITHS) and any(
            "lock" in ast.unparse(item.context_expr).lower() for item in node.items
        ):
            return True
    for cls in ctx.types(name):
        for owner in ctx.types_engine.mro(cls, ctx.path):
            record = ctx.types_engine.class_record(owner, ctx.path)
            if record is not None and "version_id_col" in repr(record[2]["attrs"].get("__mapper_args__")):
                return True
    return False


def _sets_back(node, function, row, field):
    """Answer whether the assignment stands in an `except`: a failure is recorded, whatever the status was."""
    return any(isinstance(parent, ast.ExceptHandler) for parent in parents(node) if function in parents(parent))
