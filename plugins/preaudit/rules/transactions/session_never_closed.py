"""A session that is made by hand and left open

## What it does
Reports a session made by hand (`SessionLocal()`, `Session(engine)`, `next(get_db())`) that some path leaves open: it is not
used in a `with`, not closed in a `finally`, and not handed to somebody who closes it.

## Why it matters
An open session keeps its connection and, on a server database, its transaction. When the statements in between raise,
the pool has one connection less, and after `pool_size` + `max_overflow` such failures every request waits and times
out. A generator that `next()` has started is cleaned up when the garbage collector finds it, not when the request
ends. tests/oracles/test_session_claims.py shows it with a pool of one.

## Bad
```python
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql://db/shop"))


def count():
    session = SessionLocal()  # AUD004
    total = session.scalar(text("SELECT count(*) FROM orders"))
    session.close()
    return total
```

## Good
```python
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql://db/shop"))


def count():
    with SessionLocal() as session:
        return session.scalar(text("SELECT count(*) FROM orders"))
```

## Fixed
Use the session in a `with`, or close it in a `finally`.

## Options
None.

## Limits
Silent: a session that is returned, yielded, put into a container or on another object, or given to what is being made;
`self.session` of a class that closes it in any method; a session of a script at module level; commands, whose process ends;
a session on somebody else's connection (`Session(bind=connection)`), which is theirs to give back. A session that another
function is called with is still the caller's to close.

## Origin
Audit A, INFO-1.
"""

import ast

from preaudit.core import commits, flow, sessions
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTION_LIKE, dotted, function_of, inside, parents, statement_of

RULE = Rule(
    code="AUD004",
    name="session-never-closed",
    severity="high",
    message="{made} is left open {when}; {advice}",
    since="0.1.0",
    scope="types",
    audits=("A INFO-1",),
)

_CONNECTIONS = ("sqlalchemy.engine.Connection", "sqlalchemy.ext.asyncio.AsyncConnection")
_HANDED = (ast.Return, ast.Yield, ast.YieldFrom, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.keyword, ast.Lambda)


@RULE.on_calls(sessions.may_make)
def check(node, ctx):
    """Report a session made by hand that some path leaves open."""
    found = sessions.of(ctx)
    if not found.is_hand_made(node) or ctx.is_migration or commits.is_command(ctx) or _is_lent(node, ctx):
        return
    when = _left_open(node, found)
    if when:
        maker = ast.unparse(node)
        maker = maker if len(maker) <= 40 else f"{dotted(node.func) or 'session'}(...)"
        advice = f"write `with {maker} as session:`"
        if maker.startswith(("next(", "anext(")):
            advice = "make the session in a `with`, or close it in a `finally`"
        elif _is_async(node, ctx):
            advice = f"write `async with {maker} as session:`"
        yield RULE.at(node, made=maker, when=when, advice=advice)


def _is_lent(node, ctx):
    """Answer whether the session is made on somebody else's connection, which it does not give back when it closes."""
    bound = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "bind")]
    for value in bound:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if value.func.attr in ("connection", "get_bind") and sessions.of(ctx).is_session(value.func.value):
                return True
        if any(ctx.derives(name, *_CONNECTIONS) for name in ctx.types(value)):
            return True
    return False


def _is_async(node, ctx):
    return any(ctx.derives(name, "sqlalchemy.ext.asyncio.AsyncSession") for name in ctx.types(node))


def _left_open(node, found):
    """Answer when a new session stays open, in a few words; '' if somebody closes it."""
    parent = node.parent_
    if isinstance(parent, ast.Await):
        node, parent = parent, parent.parent_
    while isinstance(parent, (ast.BoolOp, ast.IfExp)):
        node, parent = parent, parent.parent_
    if isinstance(parent, (ast.withitem, ast.Call, *_HANDED)) and node is not getattr(parent, "func", None):
        return ""
    if isinstance(parent, (ast.Expr, ast.Attribute)):
        # `.bind` opens nothing
        begins = isinstance(parent, ast.Attribute) and parent.attr in ("begin", "bind", "get_bind")
        return "" if begins else "because nothing can close it"
    if isinstance(parent, ast.NamedExpr):
        return _named(parent.target.id, parent, found)
    if not isinstance(parent, (ast.Assign, ast.AnnAssign)):
        return ""
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
    if len(targets) != 1:
        return ""
    target = targets[0]
    if isinstance(target, ast.Name):
        return _named(target.id, node, found)
    if isinstance(target, ast.Attribute):
        return _stored(target, found)
    return ""


def _named(name, node, found):
    function = function_of(node)
    if function is None:
        return "" if found.ctx.is_script or isinstance(node.parent_, ast.ClassDef) else _global(name, found)
    if any(name in other.names for other in ast.walk(function) if isinstance(other, (ast.Global, ast.Nonlocal))):
        return ""
    closed = False
    for use in inside(function, into_functions=True):
        if not isinstance(use, ast.Name) or use.id != name or use.lineno < node.lineno:
            continue
        if isinstance(use.ctx, ast.Load) and _handed_on(use, name):
            return ""
        closed = closed or (_closes(use) and flow.handler_of(use) is None)
    for statement in inside(function, into_functions=True):
        if isinstance(statement, flow.TRIES):
            if _closes_in(statement.finalbody, name, found):
                return ""
            broad = [h for h in statement.handlers if flow.is_broad(h)]
            done = [*statement.body, *statement.orelse]
            if broad and _closes_in(broad[0].body, name, found) and (closed or _closes_in(done, name, found)):
                return ""
    if closed:
        return "" if _closes_at_once(node, name) else "when a statement before its close() raises"
    return "because nothing closes it"


def _handed_on(use, name):
    """Answer whether this use of a name gives the session to somebody who can close it."""
    parent = use.parent_
    if isinstance(parent, ast.withitem):
        return True
    if isinstance(parent, ast.Attribute):
        # `stack.callback(session.close)`
        return (
            parent.attr in ("close", "remove")
            and not isinstance(parent.parent_, ast.Call)
            or (
                parent.attr in ("close", "remove")
                and isinstance(parent.parent_, ast.Call)
                and use.parent_ in parent.parent_.args
            )
        )
    if isinstance(parent, ast.Call) and use in parent.args or isinstance(parent, ast.keyword):
        call = parent if isinstance(parent, ast.Call) else parent.parent_
        if not isinstance(call, ast.Call):
            return False
        last = dotted(call.func).rpartition(".")[2] or getattr(call.func, "attr", "")
        if last[:1].isupper() or last in (
            "enter_context",
            "closing",
            "push",
            "append",
            "callback",
            "put",
            "setattr",
            "set",
        ):
            return True
        return last.startswith(("close", "release", "dispose"))
    if isinstance(parent, (ast.Assign, ast.AnnAssign)) and parent.value is use:
        return True
    return isinstance(parent, _HANDED) or isinstance(parent, ast.Await) and isinstance(parent.parent_, _HANDED)


def _closes(use):
    parent = use.parent_
    return isinstance(parent, ast.Attribute) and parent.attr in ("close", "aclose", "remove", "close_all")


def _closes_in(block, name, found):
    for statement in block:
        for node in inside(statement):
            if isinstance(node, ast.Name) and node.id == name and (_closes(node) or _handed_on(node, name)):
                return True
    return (
        bool(block)
        and found.undoes(block)
        and any(isinstance(n, ast.Name) and n.id == name for s in block for n in inside(s))
    )


def _closes_at_once(node, name):
    statement = statement_of(node)
    block = flow.block_of(statement)
    index = block.index(statement) + 1
    return index < len(block) and any(
        isinstance(n, ast.Name) and n.id == name and _closes(n) for n in ast.walk(block[index])
    )


def _global(name, found):
    for use in found.ctx.nodes(ast.Name):
        if use.id == name and isinstance(use.ctx, ast.Load) and (_closes(use) or isinstance(use.parent_, ast.withitem)):
            return ""
    return "as long as the process lives"


def _stored(target, found):
    if not (isinstance(target.value, ast.Name) and target.value.id in ("self", "cls")):
        return ""
    owner = next((p for p in parents(target) if isinstance(p, ast.ClassDef)), None)
    if owner is None or any(
        isinstance(p, FUNCTION_LIKE) and p.name == "__enter__" for p in parents(target) if hasattr(p, "name")
    ):
        return ""
    ctx = found.ctx
    spelled = f"{target.value.id}.{target.attr}"
    for node in ctx.nodes(ast.Attribute):
        if node.attr in ("close", "aclose", "remove") and dotted(node.value).endswith(f".{target.attr}"):
            return ""
        if node.attr == target.attr and isinstance(node.ctx, ast.Load) and owner in ctx.parents(node):
            if (
                isinstance(node.parent_, (ast.withitem, *_HANDED))
                or isinstance(node.parent_, ast.Call)
                and node in node.parent_.args
            ):
                return ""
    name = f"{ctx.types_engine.project.summary(ctx.path)['module'] or '__file__'}.{ctx.scope_name(owner)}"
    known = all(
        ctx.types_engine.class_record(base, ctx.path) is not None or base == "builtins.object"
        for base in ctx.types_engine.mro(name, ctx.path)
    )
    if not known and owner.bases or owner.decorator_list:
        return ""
    return f"because no method closes {spelled}"
