"""A timeout, interval or threshold that only a release can change

## What it does
Reports a number that is written into a call as its timeout, interval, delay or threshold (`timeout=30`, `sleep(5)`,
`apply_async(countdown=60)`, `add_job(sync, "interval", minutes=10)`), and one that a loop compares its time, its
attempts or its failures with (`while time.monotonic() - start < 300`).

## Why it matters
These are the numbers that have to change in the middle of an incident: the peer has become slow, the queue is long. Where
they stand in the code, that takes a release; where the same one stands in three calls, one of them is forgotten.

## Bad
```python
import time

import requests


def wait_for(url):
    start = time.monotonic()
    while time.monotonic() - start < 300:  # AUD603
        if requests.get(url, timeout=10).ok:  # AUD603
            return True
        time.sleep(5)  # AUD603
    return False
```

## Good
```python
import time

import requests

from app.settings import settings

POLL_SECONDS = 5


def wait_for(url, limit=300):
    start = time.monotonic()
    while time.monotonic() - start < limit:
        if requests.get(url, timeout=settings.http_timeout).ok:
            return True
        time.sleep(POLL_SECONDS)
    return False
```

## Fixed
Give the number a name: a field of the settings where it depends on the place, a constant or a parameter with a default
where it does not.

## Options
None.

## Limits
Off by default: many of these numbers are never changed. Silent: 0 and `None`, which switch something, waits of a tenth of a
second and less, numbers that have a name, defaults of parameters and of the environment, fields of a settings class, and
numbers of retries in a call.

## Origin
Audit A MEDIUM-1: check intervals, inspect timeouts and stall thresholds stood in twelve places. AUD905 reports the same in
shell scripts.
"""

import ast
import re

from preaudit import knowledge
from preaudit.core.environ import is_settings_class, read_of
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTION_LIKE, LOOPS, dotted, parents

RULE = Rule(
    code="AUD603",
    name="hardcoded-timeout",
    severity="low",
    scope="file",
    default=False,
    message="{what} is {number}, and only a release can change it; read it from the settings, or give it a name",
    since="0.1.0",
    audits=("A MEDIUM-1",),
)

# A keyword that takes a time or a limit, by the last words of its name.
KEYWORD = lazy(
    r"(?:^|_)(?:timeouts?|time_?limit|intervals?|delay|countdown|period|threshold|poll|backoff|cooldown|debounce|deadline"
    r"|grace|grace_period|heartbeat|keepalive|ttl|max_age|expires?|expires_in|sleep|wait)"
    r"(?:_(?:s|ms|sec|secs|seconds|minutes|hours|millis|milliseconds))?$",
    re.I,
)
# sleep(5) and the like: the number stands first.
SLEEPS = frozenset({
    "time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep", "eventlet.sleep", "asyncio.timeout",
    "async_timeout.timeout", "gevent.Timeout", "anyio.move_on_after", "anyio.fail_after", "trio.move_on_after",
    "trio.fail_after", "signal.alarm", "socket.setdefaulttimeout",
})  # fmt: skip
WAITS = {"settimeout": 0, "set_timeout": 0}
# Schedulers take the unit as the keyword: every(minutes=5), add_job(f, "interval", seconds=30).
UNITS = frozenset({"seconds", "minutes", "hours", "milliseconds", "days", "weeks"})
SCHEDULERS = lazy(
    r"(?:^|_)(?:add_job|scheduled_job|repeat_every|every|interval|periodic|schedule|loop|IntervalTrigger)$"
)
DELTAS = frozenset({"datetime.timedelta", "django.utils.timezone.timedelta", "dateutil.relativedelta.relativedelta"})
CLOCKS = frozenset({
    "time.time", "time.monotonic", "time.perf_counter", "datetime.datetime.now", "datetime.datetime.utcnow",
    "django.utils.timezone.now", "asyncio.AbstractEventLoop.time",
})  # fmt: skip
COUNTED = lazy(
    r"(?:^|_)(?:attempts?|retr(?:y|ies)|tries|elapsed|waited|idle|failures?|fails|errors?|age|timeouts?|duration|waiting|polls?|"
    r"strikes|missed|stalled?|deadline)(?:_(?:count|time|seconds|secs?|ms|number|num|counter|in_a_row))?$",
    re.I,
)
SHORT = 0.1


@RULE.on(ast.Call)
def check_call(node, ctx):
    """Report the numbers that a call is given as a time or a threshold."""
    if read_of(ctx, node) is not None or _in_settings(node, ctx):
        return
    shown = dotted(node.func) or getattr(node.func, "attr", "a call")
    name = shown.rpartition(".")[2]
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        if KEYWORD.search(keyword.arg) or (keyword.arg in UNITS and SCHEDULERS.search(name)):
            number = number_of(keyword.value, ctx)
            if number:
                yield RULE.at(keyword.value, what=f"{keyword.arg} of {shown}()", number=number)
    position = _position(node, ctx)
    if position is not None and len(node.args) > position:
        number = number_of(node.args[position], ctx)
        if number:
            yield RULE.at(node.args[position], what=f"the time of {shown}()", number=number)


@RULE.on(ast.Compare)
def check_compare(node, ctx):
    """Report the number that a loop compares its time or its attempts with."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) or not _in_loop(node):
        return
    for side, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
        number = number_of(side, ctx)
        if number and _is_measured(other, ctx):
            yield RULE.at(side, what=f"what {ast.unparse(other)[:40]} is compared with", number=number)
            return


def number_of(node, ctx) -> str:
    """Answer the number that an expression writes out, as its author wrote it: 30, 60 * 5, (3, 10), timedelta(minutes=5)."""
    if isinstance(node, ast.Call):
        if ctx.qualname(node.func) in DELTAS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            return ast.unparse(node) if given and all(_value(one) for one in given) else ""
        last = dotted(node.func).rpartition(".")[2]
        if last in ("Timeout", "ClientTimeout"):  # httpx and aiohttp: their keywords are looked at by themselves
            return ast.unparse(node) if node.args and _value(node.args[0]) else ""
        return ""
    if isinstance(node, (ast.Tuple, ast.List)):
        return ast.unparse(node) if node.elts and all(_value(one) for one in node.elts) else ""
    value = _value(node)
    return ast.unparse(node) if value is not None and value > SHORT else ""


def _value(node):
    """Answer the number of a literal or of a product of literals, None if it is none."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) in (int, float) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add)):
        left, right = _value(node.left), _value(node.right)
        if left is None or right is None:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left + right
    return None


def _position(node, ctx):
    """Answer where a call takes a time without a keyword, None if nowhere."""
    name = ctx.qualname(node.func)
    if name in SLEEPS:
        return 0
    if isinstance(node.func, ast.Attribute) and node.func.attr in WAITS:
        return WAITS[node.func.attr]
    limit = knowledge.timeout(name) if name else None
    if limit:
        return limit[1]
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("wait", "join", "result"):
        types = ctx.types(node.func.value)
        if types and all(
            one.startswith(("threading.", "asyncio.", "multiprocessing.", "concurrent.")) for one in types
        ):
            return 0
    return None


def _in_settings(node, ctx) -> bool:
    return any(isinstance(outer, ast.ClassDef) and is_settings_class(ctx, outer) for outer in parents(node))


def _in_loop(node) -> bool:
    """Answer whether a comparison decides whether a loop goes on: in its condition, or in an if that leaves it."""
    child = node
    for outer in parents(node):
        if isinstance(outer, ast.While) and child is outer.test:
            return True
        if isinstance(outer, ast.If) and child is outer.test and any(map(_leaves, outer.body)):
            return any(isinstance(one, LOOPS) for one in _around(outer))
        if isinstance(outer, (*FUNCTION_LIKE, ast.ClassDef)):
            return False
        child = outer
    return False


def _leaves(statement) -> bool:
    return isinstance(statement, (ast.Break, ast.Return, ast.Raise, ast.Continue))


def _around(node):
    """Give the statements around a node within its function."""
    for outer in parents(node):
        if isinstance(outer, (*FUNCTION_LIKE, ast.ClassDef)):
            return
        yield outer


def _is_measured(node, ctx) -> bool:
    """Answer whether an expression is a time that has passed, or counts attempts or failures."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return any(
            isinstance(part, ast.Call) and ctx.qualname(part.func) in CLOCKS for part in (node.left, node.right)
        ) or (bool(COUNTED.search(dotted(node.left))))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "total_seconds":
        return True
    return bool(COUNTED.search(dotted(node).rpartition(".")[2]))
