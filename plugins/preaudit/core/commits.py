"""Each commit and flush of a file, judged once: which of AUD001, 002, 003 and 009 it concerns.

One place, one report: 003 before 002 before 001; 009 takes what is left and guarded.
"""

from __future__ import annotations

import ast
import re
from collections import namedtuple

from preaudit.core import contexts, flow, session_owners, sessions
from preaudit.core.handlers import catches_database_errors
from preaudit.core.patterns import lazy
from preaudit.core.tree import dotted, enclosing, function_of, inside

UNGUARDED, IN_LOOP, SWALLOWED, MANUAL = "AUD001", "AUD002", "AUD003", "AUD009"

Verdict = namedtuple("Verdict", "code why handler loop")
Verdict.__doc__ = """What a commit is: the code ('' for none), `why` a word for it, and the handler or loop it is about.

`why` of SWALLOWED: "swallowed" (a handler ends without raising or rolling back), "loop" (and the next turn
uses the session), "else" (the commit stands in the `else` of the try), "handler" (in an `except`).
"""

NOTHING = Verdict("", "", None, None)
_DDL = lazy(r"\s*(?:CREATE|ALTER|DROP|TRUNCATE|VACUUM|REINDEX|GRANT|REVOKE|PRAGMA|ANALYZE|ATTACH)\b", re.I)
_JOBS = (
    "listen",
    "consume",
    "subscri",
    "poll",
    "stream_events",
    "messages",
    "queue",
    "events",
    "inbox",
    "watch",
    "receive",
)
_HANDS_ON = lazy(
    r"(?:^|_)(?:notify|send|publish|enqueue|emit|dispatch|delay|apply_async|trigger|submit|handle|kiq)(?:_|$)", re.I
)


def verdicts(ctx) -> dict:
    """Answer {call: Verdict} of all commits and flushes on sessions in the file."""
    return ctx.once("commits", lambda: _judge_all(ctx))


def of_code(ctx, code: str) -> list:
    """Answer [(call, Verdict)] of the calls that this code reports."""
    return [(call, verdict) for call, verdict in verdicts(ctx).items() if verdict.code == code]


def is_command(ctx) -> bool:
    """Answer whether the file is a command: its process ends with the failure, and its sessions with it."""
    talks = "print(" in ctx.text or "click" in ctx.text
    return contexts.is_command_line(ctx) or talks and "commands" in ctx.path.split("/")[:-1]


def _judge_all(ctx):
    if ctx.is_migration:
        return {}
    found = sessions.of(ctx)
    known: dict = {}
    swallowing: set = set()
    for call in found.calls("commit", "flush"):
        verdict = _judge(call, found)
        if verdict.why in ("swallowed", "loop"):
            if verdict.handler in swallowing:
                verdict = NOTHING  # one handler is one finding
            swallowing.add(verdict.handler)
        known[call] = verdict
    return known


def _judge(call, found):
    ctx = found.ctx
    owner_of = session_owners.of(ctx).owner
    ended_by_caller = session_owners.of(ctx).ended_by_caller
    session = call.func.value
    is_commit = call.func.attr == "commit"
    if found.transaction_around(call):
        return NOTHING
    never = found.never_returns
    guarded = False
    for guard in flow.guards(call):
        if guard.part != "finally" and found.undoes(guard.statement.finalbody):
            guarded = True
        if guard.part == "body":
            swallowing, undoing = _handlers(guard.statement, found)
            guarded = guarded or undoing
            if swallowing and not guarded:
                loop = _reusing_loop(guard.statement, swallowing, session, found)
                if loop is not None:
                    return Verdict(SWALLOWED, "loop", swallowing, loop)
                owner = owner_of(session, call) or _ends_with(session, guard.statement, found)
                return NOTHING if owner else Verdict(SWALLOWED, "swallowed", swallowing, None)
            if swallowing:
                break
        elif guarded:
            break
        elif guard.part == "else" and is_commit:
            if _outer_guard(guard.statement, found) or owner_of(session, call) or ended_by_caller(session, call):
                return NOTHING
            if any(catches_database_errors(ctx, h) for h in guard.statement.handlers):
                return Verdict(SWALLOWED, "else", None, None)
        elif guard.part == "handler" and is_commit:
            handler = flow.handler_of(call)
            if not catches_database_errors(ctx, handler) or not _reaches_database(guard.statement.body, found):
                continue  # what it catches leaves the transaction as it was
            if not _rolled_back_before(call, handler, found) and not _outer_guard(guard.statement, found):
                if owner_of(session, call):
                    return NOTHING
                return Verdict(SWALLOWED, "handler", handler, None)
            return NOTHING
    if not is_commit:
        return NOTHING
    loop = _batch_loop(call, found, never)
    if loop is not None:
        return Verdict(IN_LOOP, "", None, loop)
    if guarded:
        return Verdict(MANUAL, "guarded", None, None)
    if owner_of(session, call) or ended_by_caller(session, call):
        return Verdict(MANUAL, "owned", None, None)
    return Verdict(UNGUARDED, "", None, None)


def _ends_with(session, statement, found) -> bool:
    """Answer whether a `try` makes the session and nothing behind its body has it: nobody meets it failed (AUD004 may speak)."""
    if not isinstance(session, ast.Name):
        return False
    ctx = found.ctx
    _, bindings = ctx.names.lookup(session, session.id)
    body = set(statement.body)
    for one in bindings:
        if one.kind != "assign" or body.isdisjoint((one.node, *ctx.parents(one.node))):
            return False
        if not found.is_hand_made(one.value):
            return False
    function = function_of(statement)
    return function is not None and not any(
        isinstance(node, ast.Name) and node.id == session.id and body.isdisjoint(ctx.parents(node))
        for node in inside(function)
    )


def _handlers(statement, found):
    """Answer (a handler that swallows a database error, or None; whether one rolls back) of a `try`."""
    swallowing, undoing = None, False
    for handler in statement.handlers:
        if not catches_database_errors(found.ctx, handler):
            continue
        if found.undoes(handler.body):
            undoing = True
        elif not flow.always_raises(handler.body, found.never_returns) and swallowing is None:
            swallowing = handler
        if flow.is_broad(handler):
            break
    if swallowing is not None and found.undoes(statement.finalbody):
        return None, True
    return swallowing, undoing


def _reaches_database(body, found) -> bool:
    """Answer whether a block uses a session, itself or in a function of the project that it calls."""
    for statement in body:
        for node in inside(statement):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and found.is_session(node.func.value):
                return True
            given = (*node.args, *(keyword.value for keyword in node.keywords))
            if any(isinstance(value, (ast.Name, ast.Attribute)) and found.is_session(value) for value in given):
                return True
            for name in found.ctx.targets(node):
                record = found.types.function_record(name, found.ctx.path)
                if record and record[2].get("shape", {}).keys() & {"commit", "rollback", "close"}:
                    return True
    return False


def _outer_guard(statement, found) -> bool:
    """Answer whether a `try` around this one rolls back or closes."""
    for outer in flow.protecting(statement):
        if any(found.undoes(h.body) for h in outer.handlers):
            return True
    return any(found.undoes(block) for block in flow.finals(statement))


def _rolled_back_before(call, handler, found) -> bool:
    for node in handler.body:
        if node.lineno > call.lineno:
            break
        if found.undoes([node]):
            return True
    return False


def _reusing_loop(statement, handler, session, found):
    """Answer the loop whose next turn uses the session after this handler, None if there is none."""
    if not flow.ends(handler.body, found.never_returns) & {flow.NEXT, flow.CONTINUE}:
        return None
    for loop in flow.loops(statement):
        if made_inside(session, loop, found.ctx):
            return None
        if flow.NEXT not in flow.ends(handler.body, found.never_returns) and loop is not flow.loops(handler)[0]:
            return None
        return loop
    return None


def made_inside(session: ast.AST, loop: ast.AST, ctx) -> bool:
    """Answer whether each turn of a loop has a session of its own."""
    base = session
    while isinstance(base, (ast.Attribute, ast.Call, ast.Subscript)):
        base = base.func if isinstance(base, ast.Call) else base.value
    if not isinstance(base, ast.Name):
        return False
    _, bindings = ctx.names.lookup(base, base.id)
    return any(loop in ctx.parents(binding.node) for binding in bindings if binding.node is not loop) or any(
        binding.node is loop for binding in bindings
    )


def _batch_loop(call, found, never):
    """Answer the loop over a batch of items in which a commit stores part of it, None if it is another kind of loop."""
    around = flow.loops(call)
    if not around:
        return None
    loop = around[0]
    for outer in around:
        if flow.loop_kind(outer, call, never) != "retry":
            loop = outer
            break
    else:
        return None
    if flow.loop_kind(loop, call, never) != "items":
        return None
    if made_inside(call.func.value, loop, found.ctx) or _is_job_source(loop):
        return None
    if any(inner not in around for inner in flow.inner_loops(loop) if inner.lineno < call.lineno):
        return None  # a commit per outer group
    for statement in flow.protecting(call):
        if loop in found.ctx.parents(statement) and any(
            found.undoes(h.body) and not flow.always_raises(h.body, never) for h in statement.handlers
        ):
            return None  # the handler rolls this item back and goes on
    if _runs_ddl(loop) or contexts.in_main(loop) or _stands_alone(loop, call, found, never):
        return None
    return loop


def _stands_alone(loop, call, found, never) -> bool:
    """Answer whether the code says that each item is a job of its own.

    A broad handler goes on with the next item, one rolls this item back and goes on, the turn asks something over the
    network, which no rollback undoes, or hands the item on to somebody who must find it stored.
    """
    for statement in loop.body:
        for node in inside(statement):
            if isinstance(node, ast.ExceptHandler) and flow.is_broad(node) and flow.loops(node)[:1] == [loop]:
                if flow.ends(node.body, never) == {flow.CONTINUE} or node is flow.handler_of(call):
                    return True
            elif isinstance(node, ast.ExceptHandler) and _drops_item(node, loop, found, never):
                return True
            elif (
                isinstance(node, ast.ExceptHandler) and node.parent_ in flow.protecting(call) and is_command(found.ctx)
            ):
                if not flow.ends(node.body, never) & {flow.RAISE, flow.RETURN}:
                    return True  # it tells the person about this item, and goes on
            if isinstance(node, ast.Call):
                if node.lineno > call.lineno and _commits_itself(node, found):
                    return True
                last = dotted(node.func).rpartition(".")[2] or getattr(node.func, "attr", "")
                if node.lineno > call.lineno and _HANDS_ON.search(last):
                    return True
                if any(spec is not None and spec.effect == "network" for _, spec in found.ctx.specs(node)):
                    return True
    return False


def _drops_item(handler, loop, found, never) -> bool:
    """Answer whether a handler of this very loop rolls back and lets the turn go on: the item failed, not the batch."""
    if flow.loops(handler)[:1] != [loop] or not found.undoes(handler.body):
        return False
    return not flow.ends(handler.body, never) & {flow.RAISE, flow.RETURN}


def _commits_itself(call, found) -> bool:
    """Answer whether a function of the project that is given no session commits one of its own, which must find the item stored."""
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    if any(isinstance(value, (ast.Name, ast.Attribute)) and found.is_session(value) for value in given):
        return False
    for name in found.ctx.targets(call):
        record = found.types.function_record(name, found.ctx.path)
        for expr in record[2].get("shape", {}).get("commit", ()) if record else ():
            if expr and expr[0] in ("enter", "aenter", "call"):
                return True
    return False


def _is_job_source(loop) -> bool:
    source = loop.iter
    source = source.value if isinstance(source, ast.Await) else source
    name = dotted(source.func if isinstance(source, ast.Call) else source).rpartition(".")[2].lower()
    if isinstance(loop, ast.AsyncFor):
        return not any(word in name for word in ("scalars", "stream", "rows", "execute", "fetch", "query"))
    return any(word in name for word in _JOBS)


def _runs_ddl(loop) -> bool:
    for statement in loop.body:
        for node in inside(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DDL.match(node.value):
                if enclosing(node, ast.Call) is not None:
                    return True
    return False
