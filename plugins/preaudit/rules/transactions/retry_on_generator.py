"""A retry decorator on a generator

## What it does
Reports a retry decorator (tenacity, backoff, retrying, retry, stamina) on a generator, an async generator, a context
manager made of one, or a dependency with `yield`.

## Why it matters
Calling a generator function runs none of its body: it only makes the generator, which cannot fail. The decorator sees a
success, and nothing is ever retried; tests/oracles/test_managers.py shows it. Older versions of FastAPI do not recognise
the decorated function as a generator and hand the endpoint the generator object itself.

## Bad
```python
from contextlib import contextmanager

from sqlalchemy import create_engine
from tenacity import retry, stop_after_attempt

engine = create_engine("postgresql://db/shop")


@contextmanager
@retry(stop=stop_after_attempt(3))
def connection():  # AUD007
    with engine.connect() as made:
        yield made
```

## Good
```python
from contextlib import contextmanager

from sqlalchemy import create_engine
from tenacity import retry, stop_after_attempt

engine = create_engine("postgresql://db/shop")


@retry(stop=stop_after_attempt(3))
def connect():
    return engine.connect()


@contextmanager
def connection():
    with connect() as made:
        yield made
```

## Fixed
Put what can fail into a function, retry that, and call it from the generator. For connections that died in the pool,
`create_engine(..., pool_pre_ping=True)` is all that is needed.

## Options
None.

## Limits
A decorator of the project's own that retries is not recognised.

## Origin
Audit A, HIGH-2, whose proposed fix does this.
"""

import ast

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD007",
    name="retry-on-generator",
    severity="high",
    message="{decorator} never retries {name}(), since calling it only makes {what}; connect in a function that is retried, "
    "or use pool_pre_ping=True",
    since="0.1.0",
    imports=("tenacity", "backoff", "retrying", "retry", "stamina", "retry2", "tenacity_retry"),
    audits=("A HIGH-2",),
)

_RETRIES = (
    "tenacity.retry", "tenacity.Retrying", "tenacity.AsyncRetrying", "backoff.on_exception", "backoff.on_predicate",
    "retrying.retry", "retry.retry", "retry.api.retry", "stamina.retry", "retry2.retry", "tenacity.asyncio.retry",
)  # fmt: skip
_MANAGERS = ("contextlib.contextmanager", "contextlib.asynccontextmanager")


@RULE.on(ast.FunctionDef, ast.AsyncFunctionDef)
def check(node, ctx):
    """Report a generator function with a retry decorator."""
    if not node.decorator_list:
        return
    names = [ctx.names.qualname(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
    retrying = [d for d, name in zip(node.decorator_list, names) if _is_retry(d, name, ctx)]
    if not retrying or not any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ctx.body_of(node)):
        return
    managed = any(name in _MANAGERS for name in names)
    what = (
        "a context manager"
        if managed
        else "an async generator"
        if isinstance(node, ast.AsyncFunctionDef)
        else "a generator"
    )
    target = retrying[0].func if isinstance(retrying[0], ast.Call) else retrying[0]
    yield RULE.at(node, decorator=f"@{ast.unparse(target)}", name=node.name, what=what)


def _is_retry(decorator, name, ctx):
    if name in _RETRIES:
        return True
    # a policy that has a name: `policy = retry(stop=...)` and `@policy`
    if isinstance(decorator, ast.Name):
        _, bindings = ctx.names.lookup(decorator, decorator.id)
        for binding in bindings:
            if binding.kind == "assign" and isinstance(binding.value, ast.Call):
                if ctx.names.qualname(binding.value.func) in _RETRIES:
                    return True
    return False
