"""A context manager or dependency that can misbehave

## What it does
Reports a generator-based context manager (`@contextmanager`, `@asynccontextmanager`) or a dependency with `yield` that has
something to clean up, commit or release, and that can go wrong:

- a path on which it never yields;
- a second `yield` that can be reached after the first, in a handler above all;
- clean-up after the `yield` that no `finally` (or handler) runs when the block fails;
- a commit in `else`, where the handlers that roll back do not see its failure;
- a handler around the `yield` that catches every exception and does not raise: the caller's exception vanishes.

## Why it matters
The body of the `with` runs at the `yield`, and its exception is raised there. Without `try`, the lines after it do not run:
the lock stays, the connection is lost. A second `yield` raises `RuntimeError: generator didn't stop`, no `yield` at all
`generator didn't yield`, both in place of the real error. tests/oracles/test_managers.py shows each.

## Bad
```python
from contextlib import contextmanager

from sqlalchemy import text


@contextmanager
def advisory_lock(session, key):
    session.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
    yield session  # AUD006
    session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


@contextmanager
def transaction(session):
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        yield None  # AUD006
```

## Good
```python
from contextlib import contextmanager

from sqlalchemy import text


@contextmanager
def advisory_lock(session, key):
    session.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
    try:
        yield session
    finally:
        session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


@contextmanager
def transaction(session):
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
```

## Fixed
One `yield`, in a `try`; clean-up in its `finally`; commit after the `yield` inside the `try`; `raise` at the end of each
handler.

## Options
None.

## Limits
A `yield` in a loop is not judged. A handler with a comment is taken as meant. Application lifespans are silent: when the
application fails, the process ends. What counts as clean-up is told by the names of the calls after the `yield`, and by
assignments that put back what was changed before it.

## Origin
Audit C: a second yield in a handler raised StopIteration out of `db_transaction`.
"""

import ast
import re

from preaudit.core import flow, handlers
from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.tree import dotted, function_of, inside, parents

RULE = Rule(
    code="AUD006",
    name="broken-context-manager",
    severity="high",
    message="{what}; {advice}",
    since="0.1.0",
    words=("yield",),
    audits=("C",),
)

MANAGERS = ("contextlib.contextmanager", "contextlib.asynccontextmanager")
_CLEAN = lazy(
    r"(?:^|_)(?:a?close|release|unlock|disconnect|rollback|remove|unlink|rmtree|clean_?up|shutdown|stop|terminate|kill|restore"
    r"|reset|dispose|destroy|detach|drop|delete|commit|undo|leave|logout|quit|rmdir|chdir|umount|unregister|flush|abort)(?:_|$|all$)",
    re.I,
)
_REPOSITORIES = lazy(r"(?:^|_)(?:repo|repository|dao|crud)$")
_SQL = lazy(r"unlock|release|rollback|\breset\b|\bdrop\b", re.I)
_LOGS = lazy(r"^(?:print|debug|info|warning|error|exception|critical|log|observe|inc|record|timing|histogram)$")
_MANY = 2


@RULE.on(ast.FunctionDef, ast.AsyncFunctionDef)
def check(node, ctx):
    """Report what is wrong with a generator that stands for a `with` block."""
    yields = [n for n in ctx.body_of(node) if isinstance(n, (ast.Yield, ast.YieldFrom))]
    if not yields or not _is_manager(node, ctx) or _is_lifespan(node, ctx):
        return
    if any(flow.loops(one) for one in yields) or any(isinstance(one, ast.YieldFrom) for one in yields):
        return
    if not any(_cleans(statement) for statement in node.body):
        return
    wrong = list(_paths(node, yields))
    if wrong:
        yield from wrong
        return
    for one in yields:
        yield from _clean_up(one, node, ctx)
        yield from _handlers(one, ctx)


def _is_manager(node, ctx):
    names = {ctx.names.qualname(d) for d in node.decorator_list}
    if names & set(MANAGERS):
        return True
    if node.decorator_list:
        return False
    # a dependency: `Depends(f)` in this file, or a generator that yields a session
    for call in ctx.nodes(ast.Call):
        if (
            dotted(call.func).rpartition(".")[2] in ("Depends", "Security")
            and call.args
            and dotted(call.args[0]) == node.name
        ):
            return True
    annotation = ast.unparse(node.returns) if node.returns is not None else ""
    return "Generator[" in annotation and "Session" in annotation


def _is_lifespan(node, ctx):
    if "lifespan" in node.name.lower():
        return True
    for argument in node.args.args[:2]:
        if dotted(argument.annotation or ast.Constant(None)).rpartition(".")[2] in (
            "FastAPI",
            "Starlette",
            "Litestar",
            "FastMCP",
        ):
            return True
    calls = ctx.nodes(ast.Call)
    return any(k.arg == "lifespan" and dotted(k.value) == node.name for call in calls for k in call.keywords)


def _cleans(statement):
    """Answer whether a statement cleans up, commits or releases, by the names of what it calls."""
    for node in inside(statement):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
            if _LOGS.search(name):
                continue
            if _CLEAN.search(name.rpartition(".")[2]) and not _is_data(node):
                return True
            if any(
                isinstance(a, ast.Constant) and isinstance(a.value, str) and _SQL.search(a.value)
                for a in ast.walk(node)
            ):
                return True
    return False


def _is_data(call):
    """Answer whether a call removes an object from a repository, which is the work and no clean-up: `users.delete(user)`."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in ("delete", "remove") or not call.args:
        return False
    return bool(_REPOSITORIES.search(dotted(function.value).rpartition(".")[2]))


# how often a path yields


def _paths(node, yields):
    """Report a yield that follows another one, and a path that has none."""
    ends: list = []
    seconds: list = []
    counts = _count(node.body, {0}, ends, seconds, None)
    for second in seconds:
        yield RULE.at(
            second, what="this yield can be reached after another one, which raises RuntimeError in place of the real error",
            advice="yield once, and raise in the handler",
        )  # fmt: skip
    early = [place for place, before in ends if 0 in before]
    for place in early:
        yield RULE.at(
            place,
            what=f"{node.name}() can end here without a yield, which raises RuntimeError",
            advice="yield on every path, or raise",
        )
    if 0 in counts and not early and not seconds:
        yield RULE.at(
            yields[0], what=f"a path through {node.name}() misses this yield, which raises RuntimeError",
            advice="yield on every path, or raise",
        )  # fmt: skip


def _count(statements, before, ends, seconds, caught):
    """Answer how many yields (0, 1, 2 for more) can lie behind a path that runs off the end; empty if none does.

    `ends` collects (return, counts), `seconds` the yields that follow another one, `caught` (a list or
    None) all counts at which something in the block may raise.
    """
    for statement in statements:
        if not before:
            return before
        before = _count_one(statement, before, ends, seconds, caught)
    return before


def _count_one(node, before, ends, seconds, caught):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return before  # its yields are its own
    if caught is not None and not _is_plain_yield(node) and not _is_log(node):
        caught.update(before)
    if isinstance(node, ast.If):
        if isinstance(node.test, ast.Constant):
            return _count(node.body if node.test.value else node.orelse, before, ends, seconds, caught)
        return _count(node.body, before, ends, seconds, caught) | _count(node.orelse, before, ends, seconds, caught)
    if isinstance(node, flow.TRIES):
        return _count_try(node, before, ends, seconds, caught)
    if isinstance(node, flow.WITHS):
        after = _count(node.body, before, ends, seconds, caught)
        suppressing = any(
            isinstance(item.context_expr, ast.Call) and dotted(item.context_expr.func).rpartition(".")[2] == "suppress"
            for item in node.items
        )
        return after | before if suppressing else after
    if isinstance(node, ast.Match):
        found = set(before)
        for case in node.cases:
            found |= _count(case.body, before, ends, seconds, caught)
        return found
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
        _count(node.body, before, ends, seconds, caught)
        return set() if endless and not any(isinstance(n, ast.Break) for n in inside(node)) else before
    for part in inside(node):
        if isinstance(part, ast.Yield):
            if before & {1, _MANY} and part not in seconds:
                seconds.append(part)
            before = {min(count + 1, _MANY) for count in before}
            if caught is not None:
                caught.update(before)
    if isinstance(node, ast.Return):
        ends.append((node, before))
        return set()
    if isinstance(node, (ast.Raise, ast.Break, ast.Continue)):
        return set()
    return before


def _is_plain_yield(node):
    """Answer whether nothing of a statement can fail before it yields, as in `yield session`."""
    value = getattr(node, "value", None)
    plain = isinstance(value, ast.Yield) and isinstance(value.value, (ast.Name, ast.Constant, type(None)))
    return plain or isinstance(node, flow.TRIES)


def _is_log(node):
    """Answer whether a statement only logs, which raises nothing that a handler waits for."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or not _LOGS.search(call.func.attr):
        return False
    return "log" in dotted(call.func.value).rpartition(".")[2].lower()


def _count_try(node, before, ends, seconds, caught):
    raised: set = set()
    body = _count(node.body, before, ends, seconds, raised)
    found = _count(node.orelse, body, ends, seconds, caught)
    for handler in node.handlers:
        # `except GeneratorExit` and the like come at the yield only
        found |= _count(handler.body, set(raised), ends, seconds, caught)
    if caught is not None:
        caught.update(raised)
    if node.finalbody:
        inner: list = []
        _count(node.finalbody, found | raised, inner, seconds, caught)
        found = _count(node.finalbody, found, ends, [], caught)
    return found


# clean-up


def _clean_up(one, node, ctx):
    """Report a yield whose clean-up does not run when the block fails, and a commit in else."""
    protected = flow.protecting(one)
    undone = _does(one, ("rollback", "close", "aclose", "remove"))
    for statement in flow.after(one):
        if not _cleans(statement) and not _puts_back(statement, one, node):
            continue
        if any(_cleans(done) for block in flow.finals(one) for done in block) and _commit(statement) is None:
            continue  # the finally has cleaned up; what stands behind it is for success
        place = _place(statement, one)
        if place == "finally":
            continue
        call = _commit(statement)
        if call is not None and place == "else":
            rolls_back = any(_holds(h, "rollback") for t in protected for h in t.handlers)
            if rolls_back and not undone["finally"] and not undone["with"] and not _guarded_again(call):
                yield RULE.at(
                    call, what="this commit stands in the else, where the handlers that roll back do not see it fail",
                    advice="commit in the try, after the yield",
                )  # fmt: skip
            continue
        if call is not None or place == "else":
            continue
        if (
            _done_on_failure(statement, protected, one)
            or isinstance(statement, flow.TRIES)
            and one in ast.walk(statement)
        ):
            continue
        yield RULE.at(
            one, what=f"what {node.name}() does after this yield is skipped when the block raises (line {statement.lineno})",
            advice="yield in a try, and clean up in its finally",
        )  # fmt: skip
        return


def _place(statement, one):
    """Answer where a statement stands that runs after a yield: "finally", "else" or "" of a try around the yield."""
    for guard in flow.guards(statement):
        if guard.statement in parents(one):
            if guard.part == "finally":
                return "finally"
            if guard.part == "else":
                return "else"
    return ""


def _commit(statement):
    for node in inside(statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("commit", "flush")
        ):
            return node
    return None


def _does(one, names):
    found = {"finally": False, "with": False}
    for block in flow.finals(one):
        if any(_holds(statement, *names) for statement in block):
            found["finally"] = True
    function = function_of(one)
    for parent in parents(one):
        if parent is function:
            break
        if isinstance(parent, flow.WITHS):
            found["with"] = True
    return found


def _holds(tree, *names):
    return any(
        isinstance(n, ast.Attribute) and n.attr in names and isinstance(n.parent_, ast.Call) for n in ast.walk(tree)
    )


def _guarded_again(call):
    return any(any(_holds(h, "rollback") for h in t.handlers) for t in flow.protecting(call))


def _done_on_failure(statement, protected, one):
    """Answer whether the handlers around the yield do the same clean-up, or let it follow."""
    done = {_called(n) for n in inside(statement) if isinstance(n, ast.Call)}
    for guarding in protected:
        for handler in guarding.handlers:
            if {_called(n) for n in inside(handler) if isinstance(n, ast.Call)} & done:
                return True
            if flow.is_broad(handler) and flow.NEXT in flow.ends(handler.body) and statement not in ast.walk(guarding):
                return True
    return False


def _called(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)


def _puts_back(statement, one, node):
    """Answer whether a statement after the yield assigns again what was assigned before it."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], (ast.Attribute, ast.Subscript)):
        return False
    target = ast.unparse(statement.targets[0])
    return any(
        isinstance(other, ast.Assign) and other.lineno < one.lineno and ast.unparse(other.targets[0]) == target
        for other in inside(node)
        if isinstance(other, ast.Assign)
    )


# handlers


def _handlers(one, ctx):
    """Report a yield whose handler swallows the caller's exception."""
    never = handlers.raising(ctx)
    for guarding in flow.protecting(one):
        for handler in guarding.handlers:
            if not flow.is_broad(handler) or not flow.ends(handler.body, never) & {flow.NEXT, flow.RETURN}:
                continue
            if any(isinstance(n, (ast.Raise, ast.Yield)) for n in inside(handler)) or _has_comment(handler, ctx):
                continue
            if any(_tells(n, never) for n in inside(handler)) or not any(_cleans(s) for s in handler.body):
                continue
            yield RULE.at(
                one, what=f"the handler in line {handler.lineno} swallows whatever the block raises at this yield",
                advice="end the handler with raise",
            )  # fmt: skip
            return


def _tells(node, never):
    """Answer whether a call raises or hands the exception on: `manager.__exit__(*sys.exc_info())`."""
    return isinstance(node, ast.Call) and (never(node) or dotted(node.func).endswith("exc_info"))


def _has_comment(handler, ctx):
    last = handler.body[-1]
    for number in range(handler.lineno, (last.end_lineno or last.lineno) + 1):
        if re.search(r"(?:^|\s)#(?!\s*(?:noqa|type:|AUD))", ctx.lines[number - 1]):
            return True
    return False
