"""Loops that serve nobody else: a script's, a command's, a job's.

A coroutine is alone where plain code runs it on a loop of its own, or only such coroutines await it, and nothing
that would wait has been started meanwhile. One file tells who runs and awaits its own coroutines; who does it in other
modules is told by their summaries, under a name that no attribute has (as in core/startup.py).
"""

from __future__ import annotations

import ast
import sys

from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, dotted, function_of, is_main_guard, last_name, parents

MARK = "<awaits>"
_GROUPS = frozenset({"TaskGroup", "create_task_group", "open_nursery"})
_IN_GROUP = frozenset({"create_task", "start_soon", "start"})
# What starts something that goes on while others run, unless the start itself is waited for.
CONCURRENT = frozenset({
    "create_task", "ensure_future", "gather", "start_soon", "as_completed", "start_server", "create_server", "serve", "run_forever",
    "start_unix_server", "create_unix_server", "create_datagram_endpoint", "TCPSite", "UnixSite", "wait_for_termination",
    "start_polling", "run_polling", "call_later", "call_soon", "add_reader", *_GROUPS,
})  # fmt: skip
# Libraries whose clients answer the other side from a task of their own (what blocks lets the connection die), and
# those that serve many with what looks like one coroutine.
_LIVING = frozenset({"aiokafka", "aio_pika", "aiormq", "aiomqtt", "gmqtt", "asyncio_mqtt", "nats", "socketio", "discord",
                     "nextcord", "disnake", "telegram", "aiogram", "telethon", "pyrogram", "slack_bolt", "uvicorn", "hypercorn",
                     "faststream", "apscheduler", "textual", "zeroconf"})  # fmt: skip
_COMMANDS = frozenset({"cli", "__main__"})
# Files that show or measure code and are no part of what runs.
_ASIDE = lazy(
    r"(?:^|/)(?:examples?|samples?|demos?|docs?|docs_src|tutorials?|notebooks?|benchmarks?|tests?|e2e|evals?)/"
)
_PASSED = (ast.Call, ast.keyword, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Starred, ast.Return, ast.Lambda, ast.Assign,
           ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.FunctionDef, ast.AsyncFunctionDef)  # fmt: skip
_COLLECTED = (ast.Await, ast.List, ast.Tuple, ast.Set, ast.Starred, ast.Return, ast.Lambda, ast.ListComp, ast.SetComp,
              ast.GeneratorExp)  # fmt: skip


def is_run(call) -> bool:
    """Answer whether a node is `f()` in `asyncio.run(f())`, or in another call that runs a loop for it alone."""
    if isinstance(call, ast.Call) and dotted(call.func) in ("anyio.run", "trio.run"):
        return True
    outer = call.parent_ if isinstance(call, ast.Call) else None
    if not isinstance(outer, ast.Call) or call not in outer.args:
        return False
    name = last_name(outer.func)
    # a project's own run_sync(coroutine) and the like; run_coroutine_threadsafe() hands it to another loop
    return name == "run" or (name.startswith("run_") and "thread" not in name and "executor" not in name)


def is_enqueued(use) -> bool:
    """Answer whether a node is `f` in `queue.enqueue(f, ...)` of RQ, which takes functions and not names."""
    call = use.parent_
    return (
        isinstance(call, ast.Call)
        and use in call.args[:2]
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("enqueue", "enqueue_at", "enqueue_in", "enqueue_call")
    )


def in_group(node: ast.AST) -> bool:
    """Answer whether a node stands in the block of a task group: the tasks of the group run meanwhile."""
    child = node
    for parent in parents(node):
        if isinstance(parent, FUNCTIONS):
            return False
        if isinstance(parent, ast.AsyncWith) and child in parent.body and any(map(_is_group, parent.items)):
            return True
        child = parent
    return False


def _is_group(item) -> bool:
    return isinstance(item.context_expr, ast.Call) and last_name(item.context_expr.func) in _GROUPS


def _waits_for(value):
    """Give the names that an awaited expression waits for: `task`, `gather(one, two)`, `wait((one, two))`."""
    if isinstance(value, ast.Name):
        yield value
    elif isinstance(value, ast.Call) and last_name(value.func) in ("gather", "wait"):
        for argument in value.args:
            parts = argument.elts if isinstance(argument, (ast.Tuple, ast.List, ast.Set)) else [argument]
            yield from (part for part in parts if isinstance(part, ast.Name))


def _place(node) -> tuple:
    return node.lineno, node.col_offset


class Coroutines:
    """The coroutines of one module, who uses each, and what must hold elsewhere for one to be alone."""

    def __init__(self, nodes, names, *, is_script=False, is_job=None, is_aside=None):
        """`nodes` gives the nodes of some types; `is_job(function)` and `is_aside(node)` know more of the file."""
        self.names = names
        self.is_script = is_script or any(
            is_main_guard(node) for node in nodes(ast.If) if isinstance(node.parent_, ast.Module)
        )
        self.is_job = is_job or (lambda function: False)
        self.named: dict = {}
        for node in nodes(ast.AsyncFunctionDef):
            self.named.setdefault(node.name, []).append(node)
        self.uses: dict = {}
        self.is_loose = not _LIVING.isdisjoint(names.imports())
        self.starters: list = []  # the nodes that start something beside something else
        self.awaited: dict = {}  # {(function, name): the last place where what has the name is waited for}
        self.busy: list = []  # [(function, first place, last place)] between which a task runs that is then waited for
        for node in nodes(ast.Await):
            for part in _waits_for(node.value):
                key = (function_of(node), part.id)
                self.awaited[key] = max(self.awaited.get(key, (0, 0)), _place(node))
        for node in (*nodes(ast.Name), *nodes(ast.Attribute)):
            name = node.id if node.__class__ is ast.Name else node.attr
            if node.ctx.__class__ is not ast.Load:
                continue
            if name in CONCURRENT:
                self.starters.append(node)
                self.is_loose = self.is_loose or not self._is_waited_for(node)
            if name in self.named and not (is_aside is not None and is_aside(node)) and not self._is_other(node):
                self.uses.setdefault(name, []).append(node)

    def _is_other(self, node) -> bool:
        """Answer whether an attribute is one of an imported module: `subprocess.run`."""
        if node.__class__ is not ast.Attribute:
            return False
        origin = self.names.qualname(node.value)
        return (
            bool(origin)
            and not origin.startswith(self.names.module or "?")
            and origin.partition(".")[0] in self.names.imports()
        )

    def _is_waited_for(self, node) -> bool:
        """Answer whether what starts tasks waits for all of them: `await gather(...)`, `async with TaskGroup()`.

        Or whether the function waits for the one task that it starts: `task = create_task(...)`, later `await task`.
        """
        call = node.parent_
        if not isinstance(call, ast.Call) or call.func is not node:
            return False
        name = last_name(node)
        if name == "gather":
            return isinstance(call.parent_, ast.Await)
        if name in _GROUPS:
            return isinstance(call.parent_, ast.withitem) and isinstance(call.parent_.parent_, ast.AsyncWith)
        if name in ("create_task", "ensure_future"):
            targets = getattr(call.parent_, "targets", None) or [getattr(call.parent_, "target", None)]
            key = (function_of(node), getattr(targets[0], "id", ""))
            if len(targets) == 1 and self.awaited.get(key, (0, 0)) > _place(node):
                self.busy.append((key[0], _place(node), self.awaited[key]))
                return True
        if name not in _IN_GROUP or not isinstance(node, ast.Attribute):
            return False
        return any(
            isinstance(parent, ast.AsyncWith)
            and any(
                _is_group(i) and dotted(i.optional_vars) == dotted(node.value) for i in parent.items if i.optional_vars
            )
            for parent in parents(node)
        )

    def is_beside(self, node) -> bool:
        """Answer whether a node runs while a task goes on that its own function has started and will wait for."""
        function, place = function_of(node), _place(node)
        return in_group(node) or any(one is function and first < place < last for one, first, last in self.busy)

    def starts(self, function=None) -> bool:
        """Answer whether something is started that goes on while others run: in a function (None: at the top)."""
        return any(function_of(node) is function for node in self.starters)

    def needs(self, function) -> set | None:
        """Answer the full names that no other module may use but alone, None if the function is not alone in its file.

        A name after "!" must be used by another module, since its own does not.
        """
        if self.is_loose:
            return None
        found: set = set()
        waiting, seen = [function], {function}
        while waiting:
            one = waiting.pop()
            callers = self._callers(one)
            if callers is None:
                return None
            waiting.extend(caller for caller in callers if caller is not None and caller not in seen)
            seen.update(callers)
            if isinstance(one.parent_, ast.Module):
                found.add(f"{'' if callers else '!'}{self.names.module}.{one.name}")
        return found

    def _callers(self, function) -> list | None:
        """Answer the coroutines that await a function, None among them for plain code; None if others use it too."""
        if self.is_job(function):
            return [None]
        uses = [use for use in self.uses.get(function.name, ()) if function_of(use) is not function]
        if len(self.named[function.name]) > 1:
            return None
        if function.decorator_list and not (self.is_script and uses and all(is_run(use.parent_) for use in uses)):
            # a decorator may register the function elsewhere; a script's main is at most traced by it
            return None
        at_top = isinstance(function.parent_, ast.Module)
        if not uses and not at_top:
            return None
        if isinstance(function.parent_, ast.ClassDef) and not self.is_script and not function.name.startswith("_"):
            # who else calls a method cannot be told by its name
            return None
        found = []
        for use in uses:
            if not self.add_caller(use, found):
                return None
        return found

    def add_caller(self, use, found: list) -> bool:
        """Add the coroutine that awaits a used one, None for plain code that runs it; False if others run meanwhile."""
        call, inside = use.parent_, function_of(use)
        if is_enqueued(use):
            found.append(None)
            return True
        if isinstance(call, ast.Call) and use in call.args[:1] and dotted(call.func) in ("anyio.run", "trio.run"):
            found.append(None)
            return not isinstance(inside, ast.AsyncFunctionDef)
        if not (isinstance(call, ast.Call) and call.func is use):
            return False
        if is_run(call):
            found.append(None)
            return not isinstance(inside, ast.AsyncFunctionDef)
        found.append(inside)
        return (
            isinstance(call.parent_, ast.Await)
            and isinstance(inside, ast.AsyncFunctionDef)
            and not self.is_beside(call)
        )


def told(nodes, names) -> list:
    """Answer [(dotted name, list or None)] of the coroutines of other modules that a module may use.

    The list holds what must be alone for the use to be: see Coroutines.needs; None where others run meanwhile.
    """
    imported = set()
    for node in nodes(ast.ImportFrom):
        if node.level or (node.module or "").partition(".")[0] not in sys.stdlib_module_names:
            imported.update(alias.asname or alias.name for alias in node.names)
    for node in nodes(ast.Import):
        for alias in node.names:
            if alias.name.partition(".")[0] not in sys.stdlib_module_names:
                imported.add(alias.asname or alias.name.partition(".")[0])
    imported = {name for name in imported if name.islower()}
    if not imported:
        return []
    found: dict = {}
    local = None
    for node in nodes(ast.Name):
        if node.id not in imported or node.ctx.__class__ is not ast.Load:
            continue
        top = node
        while top.parent_.__class__ is ast.Attribute:
            top = top.parent_
        name = last_name(top)
        if not name.islower():
            continue
        parent = top.parent_
        is_called = parent.__class__ is ast.Call and parent.func is top
        if not (_may_run(parent) if is_called else isinstance(parent, _PASSED)):
            continue
        if isinstance(parent, ast.Return) and getattr(function_of(node), "name", "") == "__getattr__":
            continue  # the module only has the name as well
        origin = names.qualname(top)
        if not origin or found.get(origin, ()) is None:
            continue
        if local is None:
            local = Coroutines(nodes, names)
        value = _needed(top, local, names.module)
        found[origin] = None if value is None else sorted({*found.get(origin, ()), *value})
    return list(found.items())


def _may_run(call) -> bool:
    """Answer whether a call may run or hand over a coroutine: it is awaited, run, collected or given to what starts it."""
    outer = call.parent_
    if isinstance(outer, _COLLECTED):
        return True
    if isinstance(outer, ast.Call) and outer.func is not call:
        name = last_name(outer.func)
        return name in CONCURRENT or name.startswith("run") or name in ("wait_for", "shield", "spawn", "add_task")
    return False


def _needed(use, local, module) -> set | None:
    callers: list = []
    if not local.add_caller(use, callers):
        return None
    (caller,) = callers
    if caller is None:
        return None if local.starts(function_of(use)) else set()
    if local.is_loose:
        return None
    parts = module.split(".")
    if parts[-1] in _COMMANDS or "cli" in parts or parts[-3:-1] == ["management", "commands"]:
        return set()
    return local.needs(caller)


class Elsewhere:
    """Asks what the summaries of other modules tell: whether only loops of their own use a coroutine."""

    def __init__(self, ctx):
        """`ctx` is the context of the file that asks."""
        self.ctx = ctx
        self.uses: dict = {}
        self.memo: dict = {}
        for path, base, value in ctx.project.outside(MARK):
            if not _ASIDE.search(path) and not ctx.settings.is_test(path):
                self.uses.setdefault(base[1].rpartition(".")[2], []).append((path, base, value))

    def allows(self, needed) -> bool:
        """Answer whether what a coroutine needs (Coroutines.needs) holds."""
        return needed is not None and all(self._holds(name) for name in needed)

    def _holds(self, name) -> bool:
        full = name.removeprefix("!")
        if full not in self.memo:
            self.memo[full] = (True, True)  # one that awaits itself in a circle is used by what else uses it
            names = self.ctx.types_engine.callee_names
            values = [v for path, base, v in self.uses.get(full.rpartition(".")[2], ()) if full in names(base, path)]
            self.memo[full] = bool(values), all(self.allows(value) for value in values)
        is_used, is_alone = self.memo[full]
        return is_alone and (is_used or full == name)
