"""How long a connection pool, engine or client lives: made anew on every call, kept, closed, or a listener's own.

For Redis clients (core/redis_clients.py finds their constructions) and database engines (core/engines.py) alike.
"""

from __future__ import annotations

import ast

from preaudit.core.redis_clients import Construction, given
from preaudit.core.tree import (
    FUNCTIONS,
    LOOPS,
    body_of,
    def_of,
    dotted,
    enclosing,
    function_of,
    inside,
    parents,
    statement_of,
)

_CACHES = frozenset({
    "cache", "lru_cache", "cached", "cachedmethod", "cached_property", "memoize", "memoized", "singleton", "alru_cache",
    "cache_resource", "once", "run_once", "locked_cached_property", "timed_lru_cache", "ttl_cache", "async_cached",
})  # fmt: skip
_ONE_SHOT = frozenset({
    "command", "group", "callback", "validate", "validator", "field_validator", "model_validator", "root_validator",
    "on_event", "before_first_request", "before_serving", "before_server_start", "main_process_start", "on_startup",
    "listener", "connect", "connect_via", "receiver", "task_group", "flow", "observe", "default", "cli",
})  # fmt: skip
_ONCE_NAMES = frozenset({
    "main", "startup", "lifespan", "run", "cli", "start", "setup", "configure", "bootstrap", "on_startup", "init_app",
    "create_app", "make_app", "get_app", "app_factory", "handle", "includeme", "ready", "on_start", "initialize", "init",
})  # fmt: skip
_FACTORY_PREFIXES = (
    "create_", "make_", "build_", "init_", "new_", "setup_", "start_", "connect_", "configure_", "open_", "_create_",
    "_make_", "_build_", "_init_", "_new_", "_setup_", "_start_", "_connect_", "_configure_", "_open_", "run_", "register_",
    "initialize_", "_initialize_", "__init", "wait_for_", "load_",
)  # fmt: skip
_SCRIPTS = frozenset({"scripts", "script", "bin", "commands", "tools"})
_CLOSERS = frozenset({"close", "aclose", "disconnect", "quit", "shutdown"})
_APPS = frozenset({"FastAPI", "Flask", "Celery", "Starlette", "Quart", "Sanic"})
# What a loop that goes on for ever waits with before its next turn.
_WAITS = frozenset({
    "sleep", "wait", "get_message", "listen", "blpop", "brpop", "blmove", "brpoplpush", "bzpopmin", "bzpopmax", "xread",
    "xreadgroup", "recv", "receive", "accept", "poll", "select", "wait_for",
})  # fmt: skip


def closed(ctx, made: Construction) -> bool:
    """Answer whether the function that makes a client closes it, or hands it to something that does."""
    call = made.call
    holder = call.parent_
    if isinstance(holder, ast.Await):
        holder = holder.parent_
    if isinstance(holder, ast.withitem):
        return True
    if isinstance(holder, ast.Call) and dotted(holder.func).rpartition(".")[2] in (
        "closing", "aclosing", "enter_context", "enter_async_context", "push_async_callback", "callback"):  # fmt: skip
        return True
    function = function_of(call)
    if function is None or isinstance(function, ast.Lambda):
        return False
    for name in local_names(call):
        for node in body_of(function):
            if isinstance(node, ast.Attribute) and node.attr in _CLOSERS and dotted(node.value).split(".")[0] == name:
                return True
            if isinstance(node, ast.withitem) and name in _names_in(node.context_expr):
                return True
            if isinstance(node, ast.Call) and name in {dotted(arg) for arg in node.args}:
                if dotted(node.func).rpartition(".")[2].startswith(("close", "aclose", "_close", "enter_", "shutdown")):
                    return True
    return False


def local_names(call: ast.Call) -> list:
    """Answer the local names that a call's value is assigned to."""
    statement = statement_of(call)
    found = []
    if isinstance(statement, ast.Assign) and _is_value(call, statement.value):
        found = [target.id for target in statement.targets if isinstance(target, ast.Name)]
    elif isinstance(statement, ast.AnnAssign) and _is_value(call, statement.value):
        found = [statement.target.id] if isinstance(statement.target, ast.Name) else []
    for parent in parents(call):
        if isinstance(parent, ast.NamedExpr) and _is_value(call, parent.value):
            found.append(parent.target.id)
        if parent is statement:
            break
    return found


def _is_value(call, value) -> bool:
    """Answer whether the value of an expression is the call's: itself, awaited, or one side of `or` and `if else`."""
    if value is call:
        return True
    if isinstance(value, ast.Await):
        return _is_value(call, value.value)
    if isinstance(value, ast.NamedExpr):
        return _is_value(call, value.value)
    if isinstance(value, ast.BoolOp):
        return any(_is_value(call, part) for part in value.values)
    if isinstance(value, ast.IfExp):
        return _is_value(call, value.body) or _is_value(call, value.orelse)
    return False


def _names_in(node) -> set:
    return {part.id for part in inside(node) if isinstance(part, ast.Name)}


def kept(ctx, call: ast.Call) -> bool:
    """Answer whether something that outlives the function keeps the value: an object, a global, a cache, `g`."""
    function = def_of(call)
    if function is None:
        return True
    names = set(local_names(call))
    statement = statement_of(call)
    if _stores(statement, call, names, function):
        return True
    for node in body_of(function):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and _names_in(node.value) & names:
            if _stores(node, None, names, function):
                return True
        if isinstance(node, ast.Call) and names & {
            dotted(arg) for arg in (*node.args, *(k.value for k in node.keywords))
        }:
            last = dotted(node.func).rpartition(".")[2]
            if last in (
                "setattr",
                "set",
                "setdefault",
                "put",
                "put_nowait",
                "append",
                "register",
                "set_client",
                "provide",
            ):
                return True
        if isinstance(node, ast.Call) and last_is_setattr(node) and any(_is_value(call, arg) for arg in node.args):
            return True
    return False


def last_is_setattr(node: ast.Call) -> bool:
    """Answer whether a call stores its last argument by name: setattr, setdefault, a context variable's set."""
    return dotted(node.func).rpartition(".")[2] in ("setattr", "setdefault", "set")


def _stores(statement, call, names, function) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return False
    for target in targets:
        for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            if isinstance(part, (ast.Attribute, ast.Subscript)):
                return True
            if isinstance(part, ast.Name) and part.id in _outer_names(function):
                return True
    return False


def _outer_names(function) -> set:
    return {
        name for node in body_of(function) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names
    }  # fmt: skip


def is_cached(function) -> bool:
    """Answer whether a decorator keeps what a function, or one around it, returns."""
    while function is not None:
        for decorator in getattr(function, "decorator_list", ()):
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            last = dotted(target).rpartition(".")[2]
            if last in _CACHES or last.endswith(("_cache", "cached")):
                return True
        function = function_of(function)
    return False


def runs_once(ctx, function) -> bool:
    """Answer whether a function is start-up, a command or a validator rather than called again and again."""
    while function is not None:
        name = getattr(function, "name", "")
        if (
            name in _ONCE_NAMES
            or name.startswith(_FACTORY_PREFIXES)
            or name.endswith(("_factory", "_lifespan", "_startup"))
        ):
            return True
        for decorator in getattr(function, "decorator_list", ()):
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if dotted(target).rpartition(".")[2] in _ONE_SHOT:
                return True
        arguments = getattr(function, "args", None)
        first = [a.arg for a in (*arguments.posonlyargs, *arguments.args)] if arguments is not None else []
        if first[:1] == ["app"] and not isinstance(function, ast.Lambda):
            return True  # a lifespan, an extension's init_app or a start-up hook of the application
        function = function_of(function)
    return False


def in_one_shot_script(ctx, node: ast.AST) -> bool:
    """Answer whether a file runs and ends: a main guard, a command or a migration, and nothing that serves."""
    from preaudit.core import contexts

    if contexts.in_main(node) or "/management/commands/" in f"/{ctx.path}" or ctx.is_migration:
        return True
    if not ctx.is_script and not ctx.once("command", lambda: contexts.is_command_line(ctx)):
        return False
    return not ctx.once("redis.serves", lambda: _serves(ctx))


def _serves(ctx) -> bool:
    """Answer whether a file with a main guard is a service: it has handlers or tasks, makes an app, or never ends.

    An app that a function makes and keeps to itself is no service: a script that runs a few requests through it.
    """
    for node in ctx.nodes(*FUNCTIONS):
        if ctx.is_handler(node) or ctx.is_task(node):
            return True
    if any(map(_never_ends, ctx.nodes(ast.While))):
        return True
    for node in ctx.nodes(ast.Call):
        if dotted(node.func).rpartition(".")[2] in _APPS:
            if function_of(node) is None or is_returned(ctx, node) or kept(ctx, node):
                return True
            names = {*local_names(node), "uvicorn", "hypercorn"}
            if any(_starts(call, names) for call in ctx.nodes(ast.Call)):
                return True
    return False


def _starts(call: ast.Call, names) -> bool:
    """Answer whether a call starts the server or worker of an app with one of these names: app.run(), uvicorn.run(app)."""
    receiver, _, last = dotted(call.func).rpartition(".")
    return receiver in names if last == "run" else last in ("serve_forever", "run_app", "run_simple", "worker_main")


def _never_ends(loop: ast.While) -> bool:
    """Answer whether a loop goes on for ever: `while True:` that nothing leaves, or that waits for its next turn.

    One that is left and waits for nothing is a loop over what there is, such as the pages of a SCAN.
    """
    if not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return False
    leaves = False
    for node in inside(loop):
        if isinstance(node, (ast.Break, ast.Return)):
            leaves = leaves or _leaves(node, loop)
        elif isinstance(node, ast.Call):
            last = dotted(node.func).rpartition(".")[2]
            if last in _WAITS or last == "get" and not node.args:  # a queue's; a dictionary's has a key
                return True
    return not leaves


def _leaves(node, loop) -> bool:
    """Answer whether a return, or a break of no inner loop, leaves this loop."""
    if isinstance(node, ast.Return):
        return True
    return next((parent for parent in parents(node) if isinstance(parent, LOOPS)), None) is loop


def loops_for_ever(call: ast.Call) -> bool:
    """Answer whether the function that makes a client goes on for ever after it: a worker's or listener's own client."""
    function = function_of(call)
    if function is None:
        return False
    around = enclosing(call, ast.While, ast.For, ast.AsyncFor)
    if around is not None:
        # a listener that connects again when its connection drops
        return isinstance(around, ast.While) and any(map(_listens, inside(around)))
    for node in body_of(function):
        if isinstance(node, ast.While) and _never_ends(node):
            return node.lineno > call.lineno
        if _listens(node):
            return True
    return False


def subscribes(call: ast.Call) -> bool:
    """Answer whether a client is a subscriber's own: its function listens for ever, on one connection."""
    if not loops_for_ever(call):
        return False
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pubsub"
        for node in body_of(function_of(call))
    )


def _listens(node) -> bool:
    """Answer whether a loop runs over what a subscription hears."""
    return (
        isinstance(node, (ast.For, ast.AsyncFor)) and getattr(getattr(node.iter, "func", None), "attr", "") == "listen"
    )


# who calls a helper that makes one


def made_once(ctx, function) -> bool:
    """Answer whether a helper that returns a fresh client is called once: its callers keep what they get.

    Callers in this file decide; without any, one module of the project that keeps the result at module
    level or on an object is enough.
    """
    once = per_call = False
    for node in ctx.nodes(ast.Name, ast.Attribute):
        if (node.id if isinstance(node, ast.Name) else node.attr) != function.name or not isinstance(
            node.ctx, ast.Load
        ):
            continue
        caller = function_of(node)
        if caller is function:
            continue
        call = node.parent_ if isinstance(node.parent_, ast.Call) and node.parent_.func is node else None
        if call is None:
            if isinstance(node.parent_, (ast.Call, ast.keyword)):
                per_call = True  # handed over as a function: a dependency, a factory
        elif caller is None or kept(ctx, call) or is_cached(caller) or runs_once(ctx, caller):
            once = True
        else:
            per_call = True
    if once or per_call:
        return not per_call
    return _kept_elsewhere(ctx, function)


def _kept_elsewhere(ctx, function) -> bool:
    """Answer whether another module keeps what the helper returns, and none calls it in a function that is no start-up."""
    full = f"{ctx.exprs.module}.{ctx.scope_name(function)}"
    kept_somewhere = False
    for path in sorted(ctx.project.python):
        if path == ctx.path or ctx.settings.is_test(path):
            continue
        summary = ctx.project.summary(path)
        for name, record in summary["functions"].items():
            last = name.rpartition(".")[2]
            if last == "__init__" or last in _ONCE_NAMES or last.startswith(_FACTORY_PREFIXES):
                continue
            for _, _, kind, expr, *_ in record.get("calls", ()):
                if (
                    kind == "call"
                    and _mentions(expr, function.name)
                    and full in ctx.types_engine.callee_names(expr, path)
                ):
                    return False
        values = [*summary["names"].values(), *(v for c in summary["classes"].values() for v in c["attrs"].values())]
        values += [value for _, name, value in summary["outside"] if name.isidentifier()]
        for value in values:
            for part in _calls(value):
                if _mentions(part[1], function.name) and full in ctx.types_engine.callee_names(part[1], path):
                    kept_somewhere = True
    return kept_somewhere


def _mentions(expr, name: str) -> bool:
    """Answer whether an expression ends in this name, so that it is worth resolving."""
    return bool(expr) and (expr[0] == "ref" and expr[1].endswith(name) or expr[0] == "attr" and expr[2] == name)


def _calls(expr):
    """Give the calls in a symbolic expression that is one, awaits one, or holds one as an argument."""
    if not expr:
        return
    if expr[0] == "call":
        yield expr
        for part in (*expr[2], *expr[3].values()):
            yield from _calls(part)
    elif expr[0] == "await":
        yield from _calls(expr[1])
    elif expr[0] == "ann":
        yield from _calls(expr[2])
    elif expr[0] == "or":
        for part in expr[1]:
            yield from _calls(part)


def is_returned(ctx, call: ast.Call) -> bool:
    """Answer whether a function gives its caller the value, alone or inside something made of it."""
    names = set(local_names(call))
    statement = statement_of(call)
    if isinstance(statement, ast.Return):
        return True
    function = function_of(call)
    if function is None or isinstance(function, ast.Lambda):
        return False
    return any(
        isinstance(node, ast.Return) and node.value is not None and _returns(node.value, names)
        for node in body_of(function)
    )


def _returns(value, names) -> bool:
    """Answer whether a returned expression is one of these names, or hands one to a constructor or a collection."""
    if isinstance(value, ast.Name):
        return value.id in names
    if isinstance(value, (ast.Tuple, ast.List)):
        return any(_returns(item, names) for item in value.elts)
    if isinstance(value, ast.Call):
        given_ = (*value.args, *(k.value for k in value.keywords))
        constructs = dotted(value.func).rpartition(".")[2].lstrip("_")[:1].isupper() or value.func.__class__ is ast.Name
        return constructs and any(_returns(arg, names) for arg in given_)
    if isinstance(value, (ast.IfExp, ast.BoolOp)):
        parts = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse]
        return any(_returns(part, names) for part in parts)
    return False


def lifetime(ctx, made: Construction) -> str:
    """Answer what makes a client or pool anew each time and leaves it open: "request", "task", "call"; '' if nothing does."""
    return ctx.once(("redis.lifetime", made.call), lambda: _lifetime(ctx, made))


def _lifetime(ctx, made):
    call = made.call
    often = ctx.per_call(call)
    function = def_of(call)
    if not often or function is None or (made.kind != "pool" and given(ctx, made, "connection_pool") is not None):
        return ""
    if (
        closed(ctx, made)
        or kept(ctx, call)
        or is_cached(function)
        or in_one_shot_script(ctx, call)
        or loops_for_ever(call)
    ):
        return ""
    if often != "call":
        return often
    if runs_once(ctx, function):
        return ""
    if is_returned(ctx, call) or function in {function_of(node) for node in ctx.nodes(ast.Yield)}:
        return "" if made_once(ctx, function) else often
    return "" if called_once(ctx, function) else often


def called_once(ctx, function) -> bool:
    """Answer whether a function that uses its client itself is called at the level of modules only: this one's, or others'."""
    callers = [
        function_of(node)
        for node in ctx.nodes(ast.Name)
        if node.id == function.name and isinstance(node.ctx, ast.Load) and function_of(node) is not function
    ]
    if not callers:
        return _kept_elsewhere(ctx, function) or only_scripts_call(ctx, function)
    return all(caller is None or runs_once(ctx, caller) for caller in callers)


def only_scripts_call(ctx, function) -> bool:
    """Answer whether all functions of the project that call this one stand in folders of scripts and commands."""
    full = f"{ctx.exprs.module}.{ctx.scope_name(function)}"
    found = False
    for path in sorted(ctx.project.python):
        if path == ctx.path or ctx.settings.is_test(path):
            continue
        is_script = not _SCRIPTS.isdisjoint(path.split("/")[:-1])
        for record in ctx.project.summary(path)["functions"].values():
            for _, _, kind, expr, *_ in record.get("calls", ()):
                if kind == "call" and _mentions(expr, function.name):
                    if full in ctx.types_engine.callee_names(expr, path):
                        if not is_script:
                            return False
                        found = True
    return found


def outlives(ctx, made: Construction) -> bool:
    """Answer whether a client lives on when the function that made it is done, or that function never is."""
    call = made.call
    function = function_of(call)
    if function is None or isinstance(function, ast.Lambda):
        return True
    if kept(ctx, call) or is_cached(function) or is_returned(ctx, call) or loops_for_ever(call):
        return True
    names = set(local_names(call))
    handed = {node for node in body_of(function) if isinstance(node, ast.Call)}
    for node in handed:
        arguments = (*node.args, *(k.value for k in node.keywords))
        if call in arguments or any(isinstance(arg, ast.Name) and arg.id in names for arg in arguments):
            return True
    return any(isinstance(node, (ast.Yield, ast.Await)) and _names_in(node) & names for node in body_of(function))
