"""Where a Python file reads, writes and overwrites the state of a job: Redis keys, attributes, AsyncResult.

    reads    {"p", "op", "recv", "key"}              a Redis-like read in a request handler
    writes   {"p", "op", "recv", "key", "scope"}     a Redis-like write anywhere
    results  {"p", "what", "base"}                   an attribute or call of something that may be an AsyncResult, in a handler
    late     {"p", "kind", "attr", "value", "recv", "key", "send", "scope"}    such a write behind a send in the same block

A handler is told by its decorator's spelling; what a receiver is, the rule asks the types.
"""

from __future__ import annotations

import ast
import re

from preaudit.core.contexts import VERBS
from preaudit.core.exprs import storable
from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, body_of, def_of, dotted, function_of, inside, qualified_scope, statement_of

KIND = "statuses"
WORDS = ("AsyncResult", ".delay(", "apply_async", "send_task", "edis", ".status", ".state", ".get(", ".set(", ".hget", ".hset",
         ".setex(", ".exists(")  # fmt: skip
READS = frozenset({"get", "hget", "hgetall", "hmget", "exists", "lrange", "smembers", "json", "hexists", "mget"})
WRITES = frozenset({
    "set", "setex", "psetex", "setnx", "hset", "hmset", "hsetnx", "getset", "mset", "rpush", "lpush", "sadd", "zadd", "incr",
    "incrby", "hincrby", "append", "xadd", "rename", "copy", "restore",
})  # fmt: skip
_ALONE = frozenset({"incr", "mset"})  # take a key, or a mapping, alone; `items.append(x)` is no write of Redis
_MADE_HERE = frozenset({"map", "seq", "const", "fstr", "bin"})  # forms of expressions that are no client
_RESULTS = frozenset({"state", "status", "result", "info", "ready", "successful", "failed", "get", "traceback"})
_ATTRIBUTES = ("status", "state")
STARTED = frozenset({
    "processing", "pending", "queued", "in_progress", "in-progress", "running", "started", "submitted", "enqueued", "scheduled",
    "active", "waiting", "sent_to_queue",
})  # fmt: skip
_SPEAKS = lazy(r"job|task|status|state|progress|result", re.I)
_KEYS = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call, ast.Name, ast.Attribute)


def collect(ctx):
    """Answer the facts of a Python file, None if it has none."""
    return _Collector(ctx).record or None


def _is_open(call) -> bool:
    """Answer whether a call may be given more arguments than stand in it."""
    return any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords)


class _Collector:
    def __init__(self, ctx):
        self.ctx = ctx
        self.record: dict = {}
        self.handlers: dict = {}
        for call in ctx.nodes(ast.Call):
            if isinstance(call.func, ast.Attribute):
                self._call(call, call.func.attr)
        if "AsyncResult" in ctx.text:
            for node in ctx.nodes(ast.Attribute):
                if node.attr in _RESULTS and isinstance(node.ctx, ast.Load) and self._in_handler(node):
                    base = self._expr(node.value)
                    if base is not None:
                        self._note("results", node, what=node.attr, base=base)
        sends = any(word in ctx.text for word in (".delay(", ".apply_async(", ".send_task("))
        for function in ctx.nodes(*FUNCTIONS) if sends else ():
            self._late(function)

    def _note(self, section, node, **fields):
        self.record.setdefault(section, []).append({"p": list(self.ctx.place(node)), **fields})

    def _expr(self, node):
        return storable(self.ctx.exprs.of(node), 200) if node is not None else None

    def _in_handler(self, node) -> bool:
        function = def_of(node)
        if function is None:
            return False
        if function not in self.handlers:
            self.handlers[function] = is_handler(function)
        return self.handlers[function]

    def _call(self, call, attr):
        if not call.args or not isinstance(call.args[0], _KEYS):
            return
        if attr in WRITES:
            if attr not in _ALONE and len(call.args) + len(call.keywords) < 2 and not _is_open(call):
                return
            receiver = self._expr(call.func.value)
            if receiver is not None and receiver[0] not in _MADE_HERE:
                self._note(
                    "writes", call, op=attr, recv=receiver, key=self._expr(call.args[0]), scope=qualified_scope(call)
                )
        elif attr in READS and self._in_handler(call):
            if isinstance(call.args[0], ast.Constant) and not _SPEAKS.search(str(call.args[0].value)):
                return
            receiver = self._expr(call.func.value)
            if receiver is not None and receiver[0] not in _MADE_HERE:
                self._note("reads", call, op=attr, recv=receiver, key=self._expr(call.args[0]))

    # a status that is written behind the send

    def _late(self, function):
        sends = [
            node for node in body_of(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("delay", "apply_async", "send_task") and function_of(node) is function
        ]  # fmt: skip
        for send in sends:
            for statement in _following(send, function):
                for node in inside(statement):
                    self._overwrites(node, send)

    def _overwrites(self, node, send):
        fields = {"send": list(self.ctx.place(send)), "base": self._expr(send.func.value), "how": send.func.attr,
                  "scope": qualified_scope(node)}  # fmt: skip
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in _ATTRIBUTES:
                    value = started(node.value)
                    if value:
                        self._note(
                            "late",
                            target,
                            kind="attribute",
                            attr=target.attr,
                            value=value,
                            recv=None,
                            key=None,
                            **fields,
                        )
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            and node.args
        ):
            values = [
                *node.args[1:],
                *(keyword.value for keyword in node.keywords if keyword.arg in ("value", "mapping")),
            ]
            found = next((value for value in map(started, values) if value), "")
            receiver = self._expr(node.func.value)
            if found and receiver is not None:
                self._note(
                    "late",
                    node,
                    kind="redis",
                    attr="",
                    value=found,
                    recv=receiver,
                    key=self._expr(node.args[0]),
                    **fields,
                )


def _following(send, function):
    """Give the statements that certainly come after a send's own: behind it in its block and in the blocks around."""
    statement = statement_of(send)
    while statement is not None and statement is not function:
        parent = statement.parent_
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and statement in block:
                if isinstance(parent, ast.Try) and field == "body":
                    yield from parent.orelse
                yield from block[block.index(statement) + 1 :]
                break
        if isinstance(statement, (ast.Return, ast.Raise)):
            return
        statement = parent if isinstance(parent, (ast.stmt, ast.ExceptHandler)) else None
        if isinstance(statement, FUNCTIONS):
            return


def started(node) -> str:
    """Answer the word by which a value says that work has begun or waits, '' if it says nothing of the kind."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value.lower() in STARTED else ""
    if isinstance(node, ast.Attribute):
        name = node.value.attr if node.attr == "value" and isinstance(node.value, ast.Attribute) else node.attr
        return name if name.lower() in STARTED else ""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and key.value in _ATTRIBUTES:
                return started(value)
    if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("dumps", "str") and node.args:
        return started(node.args[0])
    return ""


def is_handler(function) -> bool:
    """Answer whether a function's decorator reads like a route: `@x.get("/...")`."""
    for decorator in function.decorator_list if isinstance(function, FUNCTIONS) else ():
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (
            isinstance(target, ast.Attribute)
            and target.attr in VERBS
            and isinstance(decorator, ast.Call)
            and decorator.args
        ):
            first = decorator.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value[:1] in ("/", ""):
                return True
    return False


def is_task(function) -> bool:
    """Answer whether a function's decorator reads like one of a task queue."""
    for decorator in function.decorator_list:
        name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name.rpartition(".")[2] in ("task", "shared_task", "actor", "job", "periodic_task"):
            return True
    return False
