"""What a call does on the event loop: whether it blocks, by what, and what to write instead.

All rules of the async family read one list, `sites(ctx)`, so that a place has one answer and one code. A
place is a call, an attribute (a property), or what a `with` or `for` statement takes.
"""

from __future__ import annotations

import ast
from collections import namedtuple
from functools import cache

from preaudit import knowledge
from preaudit.core import contexts, specs
from preaudit.core.atonce import KEEPS_ROWS, first_reading, is_harmless
from preaudit.core.guards import truth_of, waits_not
from preaudit.core.startup import WAITS
from preaudit.core.tree import COMPREHENSIONS, LOOPS, function_of, never_runs
from preaudit.core.typenames import MEMORY

Site = namedtuple("Site", "node family name instead chain")
Site.__doc__ = """A place on the loop that blocks.

`family` is the effect (see preaudit.knowledge), `name` the dotted name of what blocks, `instead` what to
write, `chain` the way from this place to it through the project's functions: (path, line, column, caller, callee) each,
empty where the place itself is what blocks.
"""
Block = namedtuple("Block", "family name chain")
Block.__doc__ = (
    "What a function of the project does when it is called: `chain` leads from its body to the blocking call."
)

MAX_HOPS = 3
# Where what a call can be does not agree on one family, the one that hurts most is told.
_ORDER = ("subprocess", "redis", "network", "database", "wait", "file", "cpu", "metadata", "tick")
# A helper that only asks for metadata is not reported: AUD312 is off, and rightly so.
_HELPER = frozenset(_ORDER) - {"metadata"}
# These raise on a running loop instead of blocking it: AUD311 tells them.
RUNS_LOOP = frozenset({
    "asyncio.run", "asyncio.Runner.run", "asyncio.AbstractEventLoop.run_until_complete",
    "asyncio.AbstractEventLoop.run_forever",
})  # fmt: skip
# Decorators of libraries whose wrapper calls the function in the same thread.
_TRANSPARENT = (
    "functools.", "tenacity.", "backoff.", "retry.", "retrying.", "cachetools.", "contextlib.", "abc.", "typing.",
    "typing_extensions.", "builtins.", "fastapi.", "starlette.", "flask.", "pydantic.",
    "warnings.", "deprecated.", "sentry_sdk.", "werkzeug.utils.",
)  # fmt: skip
_TRANSPARENT_NAMES = frozenset({
    "staticmethod", "classmethod", "property", "cached_property", "hybrid_property", "abstractmethod", "overload",
    "override", "contextmanager", "setter", "computed_field", "validates",
})  # fmt: skip
_HANDS_OVER = frozenset({"to_thread", "run_in_executor", "run_in_threadpool", "submit", "run_sync", "sync_to_async",
                         "start", "create_task", "run_coroutine_threadsafe"})  # fmt: skip


def sites(ctx) -> tuple:
    """Answer every place of the file that blocks the event loop, in source order, each once."""
    return ctx.once("blocking.sites", lambda: _sites(ctx))


def of_family(ctx, *families: str) -> list:
    """Answer the places that block by themselves with one of these effects."""
    return [site for site in sites(ctx) if site.family in families and not site.chain]


def _sites(ctx) -> tuple:
    if ctx.is_migration or not contexts.has_loop(ctx):
        return ()
    found: dict = {}
    for node, kind, value in _events(ctx):
        if node in found or not ctx.on_loop(node):
            continue
        site = _site(ctx, node, kind, value)
        if site is not None and not contexts.alone(ctx, node) and not never_runs(node):
            found[node] = site
    for node in contexts.callback_arguments(ctx):
        # one of this file is judged inside; of another module, where it is given to the loop
        values = ctx.values(node)
        if node not in found and not any(_is_own(ctx, value) for value in values):
            site = _site(ctx, node, "call", node)
            if site is not None and not contexts.alone(ctx, node):
                found[node] = site
    for node, site in [*found.items()]:
        if site.name in KEEPS_ROWS and not site.chain:
            first = first_reading(node)
            if first is not node:
                del found[node]
                if first is not None:
                    name = site.name.replace("__iter__", "__len__")
                    found.setdefault(first, site._replace(node=first, name=name))
    return tuple(sorted(found.values(), key=lambda s: (s.node.lineno, s.node.col_offset)))


def _is_own(ctx, value) -> bool:
    while value[0] == "partial":
        value = value[1]
    return ctx.types_engine.value_name(value).startswith(ctx.exprs.module + ".")


@cache
def _never_waits(builtin: str) -> bool:
    """Answer whether a builtin function or class never waits by the tables: `len`, `str`; `open` and `input` do."""
    spec = knowledge.function(f"builtins.{builtin}")
    made = knowledge.class_entry(f"builtins.{builtin}").get("init", "free")
    return made == "free" and (spec is None or spec.effect == "free")


def _events(ctx):
    """Give (place, kind, expression to ask for) of everything that can block: see core/summary.py for the kinds."""
    for node in ctx.nodes(ast.Call):
        plain = node.func.__class__ is ast.Name and node.func.id in ctx.names.builtins and _never_waits(node.func.id)
        if not plain and not isinstance(node.parent_, ast.Await):
            yield node, "call", node.func
    for node in ctx.nodes(ast.With):
        for item in node.items:
            yield item.context_expr, "enter", item.context_expr
    for node in ctx.nodes(ast.For):
        yield node.iter, "iter", node.iter
    for node in ctx.nodes(*COMPREHENSIONS):
        if not node.generators[0].is_async:
            yield node.generators[0].iter, "iter", node.generators[0].iter
    for node in ctx.nodes(ast.Attribute):
        if isinstance(node.ctx, ast.Load) and not (isinstance(node.parent_, ast.Call) and node.parent_.func is node):
            yield node, "get", node


def _site(ctx, node, kind, value):
    if isinstance(node, ast.Call) and waits_not(node):
        return None
    blocks = ctx.once("blocking.blocks", lambda: _Blocks(ctx.types_engine))
    block = blocks.of_event(
        kind, ctx.exprs.of(value), ctx.path, None, MAX_HOPS, node if isinstance(node, ast.Call) else None
    )
    if block is None and kind == "call":
        block = _inferred(ctx, value, blocks)
    if block is None:
        return None
    if not block.chain and is_harmless(ctx, node, block.name):
        return None
    if block.family == "wait" and _is_done(ctx, node):
        return None
    if block.family == "file" and not block.chain and _in_memory(ctx, node):
        return None
    if block.chain and block.family not in _HELPER or block.family == "tick" and not _repeats(node):
        return None
    return Site(node, block.family, block.name, instead(block), block.chain)


def _inferred(ctx, value, blocks):
    """Answer the Block of a method of what a project function makes of its own arguments, which astroid can follow."""
    if not isinstance(value, ast.Attribute) or ctx.values(value.value):
        return None
    if not _passes_on(ctx, ctx.exprs.of(value.value)):
        return None
    return blocks.of_classes(ctx.types(value.value, deep=True), value.attr, ctx.path)


def _passes_on(ctx, expr) -> bool:
    """Answer whether an expression is the result of a project function that returns one of its parameters."""
    if expr and expr[0] == "ref":
        found = ctx.project.find(expr[1], ctx.path)
        summary = ctx.project.summary(found[0]) if found is not None and len(found[1]) == 1 else {"names": {}}
        expr = summary["names"].get(found[1][0]) if found is not None and found[1] else None
    if not expr or expr[0] != "call" or not expr[1] or expr[1][0] != "ref":
        return False
    record = ctx.types_engine.function_record(expr[1][1], ctx.path)
    parts = [part for made in (record[2].get("ret", ()) if record else ()) if made for part in _alternatives(made)]
    return any(part and part[0] == "param" for part in parts)


def _alternatives(expr) -> list:
    return expr[1] if expr[0] == "or" else [expr]


def _in_memory(ctx, node) -> bool:
    """Answer whether a call reads or writes a buffer in memory: `pandas.read_csv(BytesIO(data))`."""
    if not isinstance(node, ast.Call):
        return False
    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("fileobj", "file", "fp"))]
    return any(found and found <= MEMORY for found in (ctx.types(argument) for argument in given))


def _is_done(ctx, node) -> bool:
    """Answer whether a wait cannot last: `.result()` under a test of `.done()`, `.get()` under one of `.empty()`."""
    call = node
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    if call.func.attr == "acquire":
        made = ctx.exprs.of(call.func.value)
        if made and made[0] == "call" and any(v[0] == "c" for v in ctx.types_engine.values(made[1], ctx.path)):
            # a lock of one's own, made here: nobody else holds it yet
            return True
    receiver = ast.dump(call.func.value)
    child, parent = call, call.parent_
    while parent is not None and parent is not function_of(call):
        if isinstance(parent, (ast.If, ast.While, ast.IfExp)) and child is not parent.test:
            for test in ast.walk(parent.test):
                if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute):
                    if test.func.attr in ("done", "empty", "qsize", "is_set") and ast.dump(test.func.value) == receiver:
                        return True
        child, parent = parent, parent.parent_
    return False


def _repeats(node) -> bool:
    """Answer whether a place stands in a loop that never waits: a moment of sleep is then one for every item."""
    function = function_of(node)
    parent = node.parent_
    while parent is not None and parent is not function:
        if isinstance(parent, (*LOOPS, *COMPREHENSIONS)):
            return not any(isinstance(inner, (*WAITS, ast.comprehension)) and getattr(inner, "is_async", 1)
                           for inner in ast.walk(parent))  # fmt: skip
        parent = parent.parent_
    return False


def instead(block) -> str:
    """Answer what to write in place of what blocks."""
    if block.chain:
        return "await asyncio.to_thread(...)"
    return knowledge.instead(block.name) or "asyncio.to_thread"


class _Blocks:
    """Asks the type engine what functions do, through the project's summaries."""

    def __init__(self, engine):
        self.engine = engine
        self.memo: dict = {}

    def of_event(self, kind, expr, near, env, hops, node=None):
        """Answer the Block of a call, with, loop or attribute, None if it does not block or nothing is known."""
        if expr is None:
            return None
        if kind == "tick":
            return Block("tick", expr[1], ())
        if kind in ("call", "buffer"):
            values = self.engine.values(expr, near, env)
            block = self._agreed(values, lambda value: self._called(value, near, hops, node))
            return None if kind == "buffer" and block is not None and block.family == "file" else block
        if kind == "get":
            if expr[0] == "attr":
                values, name = self.engine.values(expr[1], near, env), expr[2]
            elif expr[0] == "ref" and "." in expr[1]:
                base, _, name = expr[1].rpartition(".")
                values = self.engine.resolve(base, near)
            else:
                return None
            return self._agreed(values, lambda value: self._got(value, name, near, hops))
        if expr[0] == "call":
            block = self._agreed(
                self.engine.values(expr[1], near, env), lambda value: self._generated(value, kind, near, hops, node)
            )
            if block is not None:
                return block
        return self._agreed(self.engine.values(expr, near, env), lambda value: self._used(value, kind, near, hops))

    def of_classes(self, classes, name, near):
        """Answer the Block of calling a method of an instance of one of these classes, None if not all block."""
        values = {value for one in classes for value in self.engine.attribute(("i", one, ()), name, near)}
        return self._agreed(values, lambda value: self._called(value, near, 0))

    @staticmethod
    def _agreed(values, ask):
        """Answer the worst Block if all values block, else None; None itself is no value."""
        blocks = []
        for value in sorted(values, key=repr):
            if value == ("v", None):
                continue
            block = ask(value)
            if block is None:
                return None
            blocks.append(block)
        if not blocks:
            return None
        return min(blocks, key=lambda block: (_ORDER.index(block.family), len(block.chain)))

    def _called(self, value, near, hops, node=None):
        if value[0] == "partial":
            return self._called(value[1], near, hops)
        spec = specs.of_value(self.engine, value, near)
        if spec is not None:
            if spec.effect == "file" and value[0] == "m" and _buffered(value[1]):
                return None
            if spec.is_async or spec.effect not in knowledge.BLOCKING or self.engine.value_name(value) in RUNS_LOOP:
                return None
            return Block(spec.effect, self.engine.value_name(value), ())
        if not hops:
            return None
        if value[0] == "f":
            return self._function(value[1], None, near, hops, "call", node)
        if value[0] == "m":
            return self._function(f"{value[2]}.{value[3]}", value[1], near, hops, "call", node)
        if value[0] == "c":
            return self._constructed(value[1], near, hops, node)
        if value[0] == "i":
            return self._method(value, "__call__", near, hops)
        return None

    def _constructed(self, class_name, near, hops, node):
        for name in ("__init__", "__post_init__"):
            block = self._method(("i", class_name, ()), name, near, hops, node)
            if block is not None:
                return block
        return None

    def _got(self, value, name, near, hops):
        """Answer the Block of reading an attribute: a property of the project, or one of a table."""
        if value[0] != "i":
            return None
        for owner in self.engine.mro(value[1], near):
            if self.engine.class_record(owner, near) is not None:
                full = f"{owner}.{name}"
                if self.engine.is_property(full, near):
                    return self._function(full, value, near, hops, "get") if hops else None
                continue
            member = knowledge.member(owner, name)
            if member is not None:
                kind, spec, _ = member
                if kind == "attr" and spec.effect in knowledge.BLOCKING and not spec.is_async:
                    return Block(spec.effect, f"{owner}.{name}", ())
                return None
        return None

    def _generated(self, value, kind, near, hops, node):
        """Answer the Block of entering or iterating over what a generator function gives."""
        if not hops:
            return None
        if value[0] == "f":
            return self._function(value[1], None, near, hops, kind, node)
        if value[0] == "m":
            return self._function(f"{value[2]}.{value[3]}", value[1], near, hops, kind, node)
        return None

    def _used(self, value, kind, near, hops):
        """Answer the Block of entering or iterating over a value."""
        if value[0] != "i":
            return None
        block = self._method(value, "__enter__" if kind == "enter" else "__iter__", near, hops) if hops else None
        if block is None and kind == "enter" and hops:
            block = self._method(value, "__exit__", near, hops)
        if block is not None:
            return block
        text = self.engine.entry(value, f"{kind}_effect", near)
        spec = knowledge.parse_spec(text) if text else None
        if spec is not None and spec.effect in knowledge.BLOCKING and not spec.is_async:
            return Block(spec.effect, f"{value[1]}.__{kind}__", ())
        if kind == "enter":
            member = knowledge.member(value[1], "acquire") if knowledge.is_class(value[1]) else None
            if member is not None and member[0] == "method" and member[1].effect == "redis" and not member[1].is_async:
                return Block("redis", f"{value[1]}.acquire", ())
        return None

    def _method(self, receiver, name, near, hops, node=None):
        for value in sorted(self.engine.attribute(receiver, name, near), key=repr):
            if value[0] == "m" and self.engine.class_record(value[2], near) is not None and hops:
                return self._function(f"{value[2]}.{name}", receiver, near, hops, "call", node)
        return None

    def _function(self, full, receiver, near, hops, kind, node=None):
        """Answer the Block of a project function, None for coroutines, generators that only start, and unknown ones."""
        if node is not None:
            # what the call's own arguments switch off is not remembered for other calls
            record = self.engine.function_record(full, near)
            return self._body(full, record, receiver, hops, kind, node) if record is not None else None
        key = (full, receiver, hops, kind)
        if key not in self.memo:
            # a function that calls itself blocks by what else it does
            self.memo[key] = None
            record = self.engine.function_record(full, near)
            self.memo[key] = self._body(full, record, receiver, hops, kind) if record is not None else None
        return self.memo[key]

    def _body(self, full, record, receiver, hops, kind, node=None):
        path, _, entry = record
        names = self.engine.decorators(full, path)
        manager = any(name.rpartition(".")[2] == "contextmanager" for name in names)
        if entry.get("async") or (kind in ("enter", "iter")) != bool(entry.get("gen")) or (kind == "enter") != manager:
            return None
        wrappers = self._wrappers(names, path, entry)
        if wrappers is None or _asks_for_loop(entry):
            return None
        best = self._calls(full, entry, path, receiver, hops, node)
        for name, home, wrapper in wrappers:
            if best is None:
                best = self._calls(name, wrapper, home, None, hops)
        if best is not None and best.family == "file" and any(name.endswith("cached_property") for name in names):
            return None
        return best

    def _calls(self, full, entry, path, receiver, hops, node=None):
        """Answer the first Block in the body of a function, one that waits before one that reads a file or computes."""
        best = None
        for line, column, kind, expr, *guards in entry.get("calls", ()):
            if guards and any(_is_switched_off(guard, node, receiver is not None) for guard in guards[0]):
                continue
            block = self.of_event(kind, expr, path, receiver, hops - 1)
            if (
                block is None
                or block.family not in _HELPER
                or block.name.endswith(".acquire")
                and block.family == "wait"
            ):
                # a helper that takes a lock holds it for a moment, as a rule
                continue
            if best is None or _rank(best) > _rank(block):
                callee = block.chain[0][3] if block.chain else block.name
                best = Block(block.family, block.name, ((path, line, column, full, callee), *block.chain))
                if not _rank(best):
                    break
        return best

    def _wrappers(self, names, path, entry):
        """Answer [(name, path, record)] of the plain wrappers that decorators of the project put around a function.

        None where a decorator makes a coroutine of it, hands it to a thread, runs it only once, or is unknown.
        """
        found: list = []
        for name in names:
            last = name.rpartition(".")[2]
            if last in ("lru_cache", "cache") and not entry.get("params"):
                return None
            if name.startswith(_TRANSPARENT) or last in _TRANSPARENT_NAMES:
                continue
            record = self.engine.function_record(name, path)
            if record is None:
                return None
            home, qualified, _ = record
            functions = self.engine.project.summary(home)["functions"]
            inner = [(q, record) for q, record in functions.items() if q.startswith(qualified + ".")]
            for inner_name, wrapper in inner:
                if wrapper.get("async") or self._hands_over(wrapper, home):
                    return None
                found.append((f"{name}{inner_name[len(qualified) :]}", home, wrapper))
        return found

    def _hands_over(self, entry, path) -> bool:
        for _, _, kind, expr, *_ in entry.get("calls", ()):
            if kind == "call" and any(
                name.rpartition(".")[2] in _HANDS_OVER for name in self.engine.callee_names(expr, path)
            ):
                return True
        return False


def _is_switched_off(guard, call, is_bound) -> bool:
    """Answer whether a call's arguments, or the default, make the parameter that guards an inner call say no."""
    name, position, truth, value, kind = guard
    if call is None:
        # deeper in the chain the arguments are not told: most callers leave a flag alone
        return value is not None and value != truth
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(k.arg is None for k in call.keywords):
        return False
    given = None
    if position is not None and 0 <= position - is_bound < len(call.args):
        given = call.args[position - is_bound]
    for keyword in call.keywords:
        if keyword.arg == name:
            given = keyword.value
    if given is not None:
        value = truth_of(given, kind)
    return value is not None and value != truth


def _buffered(receiver) -> bool:
    """Answer whether an instance was made over a buffer in memory: `ZipFile(BytesIO())`."""
    kinds = {value[1] for value in receiver[2][0]} if receiver[0] == "i" and receiver[2] else set()
    return bool(kinds) and kinds <= MEMORY


def _asks_for_loop(entry) -> bool:
    """Answer whether a function asks whether a loop runs: it then does something else on the loop than elsewhere."""
    for _, _, kind, expr, *_ in entry.get("calls", ()):
        if kind == "call" and expr[0] in ("ref", "attr"):
            name = expr[1] if expr[0] == "ref" else expr[2]
            if name.rpartition(".")[2] in ("get_running_loop", "_get_running_loop", "current_async_library"):
                return True
    return False


def _rank(block) -> int:
    """Answer how little a Block hurts: 0 waits for others, 1 reads files or computes, 2 is over in a moment."""
    return {"file": 1, "cpu": 1, "tick": 2}.get(block.family, 0)
