"""Who closes what a call opens: files, sockets, archives.

One question, `fate`: what becomes of the opened thing on all ways out of the function that opened it. Works on the
function alone: whatever is handed to others is theirs to close.
"""

from __future__ import annotations

import ast
import re
from collections import namedtuple

from preaudit.core.flow import TRIES, block_of
from preaudit.core.tree import FUNCTION_LIKE, dotted, function_of, inside, parents, statement_of

Fate = namedtuple("Fate", "kind node")
Fate.__doc__ = """What becomes of an opened thing.

`kind`: "closed"; "handed" to somebody else, or not known; "never" closed; "unless" the statement `node`, which comes
before the close, fails or returns; "held" by an object that never closes it (`node` is the attribute).
"""
CLOSED, HANDED = Fate("closed", None), Fate("handed", None)

_CLOSES = frozenset({"close", "detach", "aclose", "__exit__", "terminate", "cleanup"})
_HARMLESS = frozenset({"settimeout", "setblocking", "setsockopt"})  # they do not fail
_TELLS = frozenset({"name", "mode", "encoding", "closed"})
# These use an open file and leave it open; `lazily` ones keep using it as long as what they answered is used.
_USERS = frozenset({
    "json.load", "json.dump", "pickle.load", "pickle.dump", "yaml.load", "yaml.safe_load", "yaml.dump", "yaml.safe_dump",
    "yaml.full_load", "yaml.load_all", "yaml.safe_load_all", "toml.load", "toml.dump", "tomllib.load", "tomli.load",
    "shutil.copyfileobj", "marshal.load", "plistlib.load", "ast.parse", "builtins.list", "builtins.tuple", "builtins.set",
    "builtins.sorted", "builtins.len", "builtins.print", "builtins.str", "builtins.repr", "builtins.isinstance",
    "builtins.next", "builtins.sum", "builtins.any", "builtins.all", "builtins.hasattr", "builtins.id", "fcntl.flock",
    "fcntl.lockf", "os.fsync", "requests.post", "requests.put", "requests.patch", "requests.request", "httpx.post",
    "httpx.put", "hashlib.file_digest", "select.select", "simplejson.load", "ujson.load", "orjson.loads",
})  # fmt: skip
_LAZY = frozenset({
    "csv.reader", "csv.writer", "csv.DictReader", "csv.DictWriter", "builtins.enumerate", "builtins.map", "builtins.filter",
    "builtins.zip", "builtins.iter", "builtins.reversed", "itertools.islice", "itertools.chain",
})  # fmt: skip


def fate(ctx, call: ast.Call) -> Fate:
    """Answer what becomes of the thing that a call opens."""
    node, parent = call, call.parent_
    while _passes_on(node, parent):
        node, parent = parent, parent.parent_
    if isinstance(parent, ast.Call) and node is not parent.func:
        return Fate("never", call) if _is_user(ctx, parent) else HANDED
    if node is not call and not isinstance(node, ast.IfExp):
        return _of_container(ctx, call, node, parent)
    if isinstance(parent, ast.Attribute):
        outer = parent.parent_
        if parent.attr in _CLOSES:
            return CLOSED
        if parent.attr in _TELLS and not (isinstance(outer, ast.Call) and outer.func is parent):
            return Fate("never", call)  # NamedTemporaryFile(delete=False).name
        # open(p).read() reads and drops it; anything else that is not called is a part of it
        return Fate("never", call) if isinstance(outer, ast.Call) and outer.func is parent and _drops(outer) else HANDED
    if isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node:
        return Fate("never", call)
    if isinstance(parent, ast.Expr):
        return Fate("never", call)
    if isinstance(parent, (ast.Assign, ast.AnnAssign)) and parent.value is node:
        targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
        if len(targets) != 1:
            return HANDED
        if isinstance(targets[0], ast.Name):
            return _of_local(ctx, call, parent, targets[0].id)
        if isinstance(targets[0], ast.Attribute) and isinstance(targets[0].value, ast.Name):
            return _of_attribute(ctx, parent, targets[0])
    return HANDED


def _passes_on(node, parent) -> bool:
    """Answer whether an expression answers one of its parts, or holds it: its user is the next outer one's."""
    if isinstance(parent, ast.IfExp):
        return node is not parent.test
    if isinstance(parent, ast.BoolOp):
        return node is parent.values[-1]
    return isinstance(parent, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.keyword))


def _drops(outer: ast.Call) -> bool:
    """Answer whether the method that is called on the opened thing does not answer the thing itself."""
    return outer.func.attr not in ("__enter__", "makefile", "accept", "open", "fileno", "setdefault")


def _is_user(ctx, call: ast.Call) -> bool:
    """Answer whether a call uses an open file without ever closing it, and nothing lazy leaves the function."""
    name = ctx.qualname(call.func)
    if not name and isinstance(call.func, ast.Name):
        name = f"builtins.{call.func.id}"
    if name in _USERS:
        return True
    if name in _LAZY:
        node, parent = call, call.parent_
        if isinstance(parent, ast.Call) and node is not parent.func:
            return _is_user(ctx, parent)
        return isinstance(parent, (ast.For, ast.comprehension, ast.Expr, ast.Assign))
    return False


def _of_local(ctx, call, assign, name) -> Fate:
    """Answer the fate of what is kept in a variable: how the variable is used in its function."""
    function = function_of(call)
    if function is None or isinstance(function, ast.Lambda):
        return HANDED
    closes = []
    for node in inside(function, into_functions=True):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return HANDED
        if not (isinstance(node, ast.Name) and node.id == name):
            continue
        if function_of(node) is not function:
            return HANDED
        if isinstance(node.ctx, ast.Del):
            return CLOSED
        if not isinstance(node.ctx, ast.Load):
            if (
                node.parent_ is not assign
                and not _is_none(node.parent_)
                and not _in_another_branch(assign, node.parent_)
            ):
                return HANDED
            continue
        use = _use(ctx, node)
        if use in ("with", "handed"):
            return CLOSED if use == "with" else HANDED
        if use == "close":
            closes.append(node)
    if not closes:
        return Fate("never", call)
    return _closed_on_all_ways(assign, closes)


def _of_container(ctx, call, container, assign) -> Fate:
    """Answer the fate of what a local collection holds: `files = {"file": open(path, "rb")}`, then requests.post()."""
    if not (isinstance(assign, ast.Assign) and isinstance(assign.targets[0], ast.Name) and len(assign.targets) == 1):
        return HANDED
    function = function_of(call)
    if not isinstance(container, (ast.Dict, ast.List, ast.Tuple)) or function is None:
        return HANDED
    uses = [one for one in inside(function, into_functions=True)
            if isinstance(one, ast.Name) and one.id == assign.targets[0].id and one is not assign.targets[0]]  # fmt: skip
    for use in uses:
        user = use.parent_.parent_ if isinstance(use.parent_, ast.keyword) else use.parent_
        # anything else may close them one by one
        if not (isinstance(user, ast.Call) and use is not user.func and _is_user(ctx, user)):
            return HANDED
    return Fate("never", call) if uses else HANDED


def _in_another_branch(assign, other) -> bool:
    """Answer whether another branch of the same `if` assigns what a call answers, in place of this one."""
    if not (isinstance(other, ast.Assign) and isinstance(other.value, ast.Call)):
        return False
    child = assign
    for parent in parents(assign):
        if isinstance(parent, ast.If):
            rest = parent.orelse if child in parent.body else parent.body
            if any(other is one for statement in rest for one in ast.walk(statement)):
                return True
        if isinstance(parent, FUNCTION_LIKE):
            return False
        child = parent
    return False


def _is_none(assign) -> bool:
    return (
        isinstance(assign, (ast.Assign, ast.AnnAssign))
        and isinstance(assign.value, ast.Constant)
        and assign.value.value is None
    )


def _use(ctx, name: ast.Name) -> str:
    """Answer what a use of the variable does: "close", "with", "handed" or "" for one that changes nothing."""
    parent = name.parent_
    if isinstance(parent, ast.Attribute):
        if parent.attr in _CLOSES:
            return "close"
        called = isinstance(parent.parent_, ast.Call) and parent.parent_.func is parent
        return "" if called or parent.attr in _TELLS else "handed"
    if isinstance(parent, ast.withitem):
        return "with"
    if isinstance(parent, ast.keyword):
        parent = parent.parent_
    if isinstance(parent, ast.Call):
        return "" if _is_user(ctx, parent) else "handed"
    if isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is name:
        return ""
    if isinstance(parent, (ast.If, ast.While, ast.Compare, ast.UnaryOp, ast.FormattedValue, ast.Assert)):
        return ""
    return "handed"


def _closed_on_all_ways(assign, closes) -> Fate:
    """Answer whether one of the closes runs whatever happens after the assignment."""
    in_handler = False
    plain = []
    around = set(parents(assign))
    for close in closes:
        child = close
        for parent in parents(close):
            if isinstance(parent, TRIES) and isinstance(child, ast.stmt) and child in parent.finalbody:
                return CLOSED
            if isinstance(parent, ast.ExceptHandler) and parent not in around:
                in_handler = True
                break
            if isinstance(parent, FUNCTION_LIKE):
                plain.append(close)
                break
            child = parent
    if in_handler:
        return CLOSED
    for close in plain:
        statement, opened, before = statement_of(close), assign, []
        while opened is not None:
            block = block_of(opened)
            before += block[block.index(opened) + 1 :]
            host, within = statement, []
            while host not in before and isinstance(host.parent_, ast.With):
                # the close stands in a later `with`: what that opens comes before it, too
                block = host.parent_.body
                within = [*host.parent_.items, *block[: block.index(host)], *within]
                host = host.parent_
            if host in before:
                for between in [*before[: before.index(host)], *within]:
                    if _may_leave(between):
                        return Fate("unless", between)
                return CLOSED
            # the close may follow the `if` in one of whose branches the thing is opened
            opened = opened.parent_ if isinstance(opened.parent_, (ast.If, ast.With, *TRIES)) else None
    return HANDED


def _may_leave(statement) -> bool:
    """Answer whether a statement may raise or return before the close: it calls something, or says so."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        if getattr(statement.value.func, "attr", "") in _HARMLESS:
            return False
    return any(
        isinstance(node, (ast.Call, ast.Return, ast.Raise, ast.Await, ast.Yield, ast.For))
        for node in ast.walk(statement)
    )


def _of_attribute(ctx, assign, target) -> Fate:
    """Answer the fate of what an object keeps: "held" if nothing in the file closes, hands on or shares the attribute."""
    owner = next((one for one in parents(assign) if isinstance(one, ast.ClassDef)), None)
    if owner is None or target.value.id not in ("self", "cls") or owner.bases or owner.decorator_list:
        return HANDED
    for node in ctx.nodes(ast.Attribute):
        if node.attr != target.attr or not isinstance(node.ctx, ast.Load):
            continue
        parent = node.parent_
        if not (
            isinstance(parent, ast.Attribute) and parent.attr not in _CLOSES and isinstance(parent.parent_, ast.Call)
        ):
            return HANDED
    if re.search(rf"[\"']{re.escape(target.attr)}[\"']", ctx.text) or not target.attr.startswith("_"):
        return HANDED
    return Fate("held", target)


def shown(node) -> str:
    """Answer how a message names the first call of a statement."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            return f"{dotted(one.func) or getattr(one.func, 'attr', 'a call')}()"
    return {ast.Return: "return", ast.Raise: "raise"}.get(type(node), "the code in between")


__all__ = ["CLOSED", "HANDED", "Fate", "fate", "shown"]
