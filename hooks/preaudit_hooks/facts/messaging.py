"""What a Python file contributes to the project's messaging: apps, settings, queues, tasks, sends, workers.

Only what stands in the file; which app a setting belongs to, what a name means in another module and
what is delivered where is the business of preaudit_hooks.messaging. Lists of plain records:

    apps       {"p", "target", "scope", "call"}          a Celery(...) call
    conf       {"p", "base", "spelled", "scope", "key", "value", "how"}    one setting of an app; key None: unknown keys
    from       {"p", "base", "spelled", "scope", "call"}        config_from_object(...) and the like
    discover   {"p", "base", "call"}                     autodiscover_tasks(...)
    tasks      {"p", "name", "deco", "call", "kind"}     a decorated function or task class
    sends      {"p", "how", "base", "name", "call", "scope", "task"}
    uses       {"p", "kind", "value"}                    worker argv, consumers added at run time, other libraries' queues
    arq        {"p", "name", "attrs"}                    a class with `functions`, as arq's WorkerSettings
    vars       {name: [place, value]}                    module and class level assignments, for configuration modules
"""

from __future__ import annotations

import ast

from preaudit.core.exprs import storable
from preaudit.core.patterns import lazy
from preaudit.core.taskmakers import is_candidate
from preaudit.core.tree import FUNCTIONS, dotted, last_name, parents, qualified_scope, statement_of

from preaudit_hooks.facts._positioned import Positioned

KIND = "messaging"
WORDS = (
    "elery", "CELERY", "kombu", "send_task", "apply_async", ".delay(", "shared_task", "dramatiq", "import rq", "from rq",
    "django_rq", "arq", ".task", "task_routes", "task_queues", "beat_schedule", "Queue(", "enqueue", "signature(",
    "broker_url", "result_backend", '"queue"', "'queue'", "routing_key", "_task\n", "_task(name=", "_task(bind=",
)  # fmt: skip
_SENDS = frozenset({"delay", "apply_async", "send_task", "s", "si", "signature", "subtask", "apply", "Signature", "map",
                    "starmap", "chunks", "enqueue", "enqueue_in", "enqueue_at", "enqueue_job", "send", "send_with_options",
                    "message_with_options"})  # fmt: skip
_OWN_NAME = frozenset({"send_task", "signature", "subtask", "Signature", "enqueue_job", "enqueue"})
_LATER = frozenset({"enqueue_in", "enqueue_at"})  # RQ: the function comes second
_ARQ = frozenset({"functions", "queue_name", "cron_jobs"})
_CONFIG = lazy(
    r"elery|CELERY|\b(?:broker|task|result|worker|beat)_[a-z]+\s*[:=]|\bQueue\(|BROKER_|RQ_QUEUES|[\"']queue[\"']|routing_key"
)
MAX_VARS = 500


def collect(ctx):
    """Answer the messaging facts of a Python file, None if it has none."""
    return _Collector(ctx).record or None


class _Collector:
    def __init__(self, ctx):
        self.ctx = ctx
        self.value = Positioned(ctx)
        self.record: dict = {}
        self.celery = "celery" in ctx.names.imports()
        for call in ctx.nodes(ast.Call):
            last = last_name(call.func)
            handler = _CALLS.get(last)
            if handler is not None:
                handler(self, call, last)
            elif last.endswith("Celery"):
                self._app(call, last)
        for node in ctx.nodes(ast.Assign, ast.AnnAssign, ast.AugAssign):
            self._assignment(node)
        for node in ctx.nodes(*FUNCTIONS, ast.ClassDef):
            self._task(node)
        for node in ctx.nodes(ast.List, ast.Tuple):
            self._argv(node)
        if "backend_cleanup" in ctx.text:
            self.record.setdefault("uses", []).append(_bare("cleanup", (1, 1, 1, 1)))
        if "CELERY_CONFIG_MODULE" in ctx.text:
            self.record.setdefault("uses", []).append(_bare("config-module", (1, 1, 1, 1)))
        if _CONFIG.search(ctx.text):
            self._variables()

    def _note(self, section, node, **fields):
        self.record.setdefault(section, []).append({"p": list(self.ctx.place(node)), **fields})

    def _expr(self, node):
        return storable(self.ctx.exprs.of(node), 200) if node is not None else None

    def _scope(self, node) -> str:
        return qualified_scope(node)

    # apps and their settings

    def _app(self, call, last):
        origin = self.ctx.names.qualname(call.func)
        if not origin or (not origin.startswith("celery.") and not last.endswith("Celery")):
            return
        statement = statement_of(call)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        target = dotted(targets[0]) if targets and targets[0] is not None and not isinstance(statement, ast.For) else ""
        returned = isinstance(statement, ast.Return)
        self._note("apps", call, target=target, scope=self._scope(call), call=self.value.call(call), returned=returned,
                   cls=self._expr(call.func), main=self._in_main(call),
                   fallback=isinstance(call.parent_, ast.BoolOp))  # fmt: skip

    def _in_main(self, node) -> bool:
        from preaudit.core.contexts import in_main

        return in_main(node)

    def _conf_base(self, node):
        """Answer the app expression of `app.conf`, the node itself for other settings objects; None if it is none."""
        if isinstance(node, ast.Attribute) and node.attr == "conf":
            return node.value
        return None

    def _setting(self, place, base, key, value, how):
        self._note("conf", place, base=self._expr(base), spelled=dotted(base), scope=self._scope(place), key=key,
                   value=value, how=how)  # fmt: skip

    def _update(self, call, last):
        function = call.func
        if not isinstance(function, ast.Attribute):
            return
        target = function.value
        base = self._conf_base(target)
        if base is not None or last in ("add_defaults",):
            base = base if base is not None else target
            for keyword in call.keywords:
                if keyword.arg:
                    # the name of a keyword has no node: its place ends where its value begins
                    self._keyed(keyword, base, keyword.arg, self.value.of(keyword.value), "update")
                else:
                    self._spread(keyword.value, base)
            for arg in call.args:
                self._spread(arg, base)
            return
        # app.conf.beat_schedule.update({...}), app.conf.task_routes.setdefault(...)
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            base, key = self._key_of(target)
            if base is not None and key:
                value = self.value.of(call.args[0]) if call.args else self.value.call(call)
                self._setting(target, base, key, value, "extend" if last in ("update", "append", "extend") else "touch")

    def _keyed(self, node, base, key, value, how):
        line, column = self.ctx.line(node.lineno), node.col_offset + 1
        place = [line, column, line, column + len(key)]
        self.record.setdefault("conf", []).append(
            {"p": place, "base": self._expr(base), "spelled": dotted(base), "scope": self._scope(node), "key": key,
             "value": value, "how": how}
        )  # fmt: skip

    def _spread(self, node, base):
        value = self.value.of(node)
        if value[0] == "map":
            for key, place, item in value[2]:
                name = key[1] if key and key[0] == "const" and isinstance(key[1], str) else None
                self.record.setdefault("conf", []).append(
                    {"p": place, "base": self._expr(base), "spelled": dotted(base), "scope": self._scope(node), "key": name,
                     "value": item, "how": "update"}
                )  # fmt: skip
            for spread in value[3]:
                self._setting(node, base, None, spread, "update")
        else:
            self._setting(node, base, None, value, "update")

    def _key_of(self, target):
        """Answer (app node, setting) of `app.conf.x` and `app.conf["x"]`, (None, '') if it is none."""
        if isinstance(target, ast.Attribute):
            base = self._conf_base(target.value)
            return (base, target.attr) if base is not None else (None, "")
        if isinstance(target, ast.Subscript):
            base = self._conf_base(target.value)
            if base is not None and isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
                return base, target.slice.value
            if base is not None:
                return base, None
        return None, ""

    def _assignment(self, node):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not isinstance(target, (ast.Attribute, ast.Subscript)) or node.value is None:
                continue
            how = "extend" if isinstance(node, ast.AugAssign) else "set"
            base, key = self._key_of(target)
            if base is not None:
                self._setting(target, base, key, self.value.of(node.value), how)
                continue
            if isinstance(target, ast.Subscript):
                base, key = self._key_of(target.value)
                if base is not None and key:
                    pair = [[self._expr(target.slice), list(self.ctx.place(target.slice)), self.value.of(node.value)]]
                    value = ["map", list(self.ctx.place(node)), pair, []]
                    self._setting(target, base, key, value, "extend")
            elif isinstance(target, ast.Attribute) and target.attr == "conf":
                self._setting(target, target.value, None, self.value.of(node.value), "update")

    def _from(self, call, last):
        if isinstance(call.func, ast.Attribute):
            self._note("from", call, base=self._expr(call.func.value), spelled=dotted(call.func.value), how=last,
                       scope=self._scope(call), call=self.value.call(call))  # fmt: skip

    def _discover(self, call, last):
        if isinstance(call.func, ast.Attribute):
            self._note("discover", call, base=self._expr(call.func.value), call=self.value.call(call))

    # tasks and sends

    def _task(self, node):
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            last = last_name(target)
            origin = self.ctx.names.qualname(target)
            kind = ""
            if last in ("task", "periodic_task") or origin == "celery.shared_task" or last == "shared_task":
                kind = "celery"
            elif last == "actor":
                kind = "dramatiq"
            elif last == "job" and origin.startswith(("rq.", "django_rq.")):
                kind = "rq"
            elif "task" in last and is_candidate(origin):
                kind = "celery"  # if the project made it around Celery's own
                self._named(decorator)
            if not kind or isinstance(node, ast.ClassDef):
                self._named(decorator)
                continue
            call = self.value.call(decorator) if isinstance(decorator, ast.Call) else None
            others = [dotted(one.func if isinstance(one, ast.Call) else one).lower() for one in node.decorator_list]
            timed = any("timeout" in name or "time_limit" in name for name in others)
            self._note("tasks", node, name=qualified_scope(node), deco=self._expr(target), spelled=dotted(target), call=call,
                       kind=kind, fn=node.name, timed=timed, dp=list(self.ctx.place(decorator)),
                       bare=isinstance(node.parent_, ast.Module))  # fmt: skip
            spreads = [self.value.of(k.value) for k in decorator.keywords if k.arg is None] if call and call[5] else ()
            if spreads and not any(isinstance(arg, ast.Starred) for arg in decorator.args):
                self.record["tasks"][-1]["spreads"] = spreads
            return
        if isinstance(node, ast.ClassDef) and "arq" in self.ctx.text:
            self._arq(node)
        if isinstance(node, ast.ClassDef) and node.bases:
            bases = [self._expr(base) for base in node.bases]
            if any(dotted(base).rpartition(".")[2].endswith("Task") for base in node.bases):
                attrs = {}
                for statement in node.body:
                    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                        attrs[statement.targets[0].id] = self.value.of(statement.value)
                    elif (
                        isinstance(statement, ast.AnnAssign)
                        and isinstance(statement.target, ast.Name)
                        and statement.value
                    ):
                        attrs[statement.target.id] = self.value.of(statement.value)
                self._note("classes", node, name=qualified_scope(node), bases=bases, attrs=attrs)

    def _arq(self, node):
        """Take a class that says which functions a worker of arq runs."""
        attrs = {}
        for statement in node.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
            if isinstance(target, ast.Name) and target.id in _ARQ and getattr(statement, "value", None) is not None:
                attrs[target.id] = self.value.of(statement.value)
        if "functions" in attrs or "cron_jobs" in attrs:
            self._note("arq", node, name=qualified_scope(node), attrs=attrs)

    def _named(self, decorator):
        """Take the name that any other decorator gives what it decorates: it may register a task."""
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "name":
                self._note("named", decorator, value=self.value.of(keyword.value))

    def _send(self, call, last):
        function = call.func
        if isinstance(function, ast.Name):
            if last not in ("signature", "subtask", "Signature"):
                return
            if not self.ctx.names.qualname(function).startswith("celery"):
                return
            base = None
        elif not isinstance(function, ast.Attribute):
            return  # what a call gives is called: `delay(x)(y)`
        else:
            base = function.value
            if last in ("map", "send", "apply", "s", "signature") and not isinstance(base, (ast.Name, ast.Attribute)):
                return
            if last in ("signature", "subtask", "Signature") and not self.ctx.names.qualname(function).startswith(
                "celery"
            ):
                if call.args and isinstance(call.args[0], ast.Constant) is False and last != "signature":
                    return
        expr = self._expr(base) if base is not None else None
        if last in ("map", "send", "apply", "s", "si", "starmap", "chunks") and expr is None:
            return
        name = None
        if last in _OWN_NAME and call.args and not isinstance(call.args[0], ast.Starred):
            name = self.value.of(call.args[0])
        elif last in _OWN_NAME:
            found = [k.value for k in call.keywords if k.arg in ("name", "varies", "task", "function", "f")]
            name = self.value.of(found[0]) if found else None
        elif last in _LATER and len(call.args) > 1 and not any(isinstance(arg, ast.Starred) for arg in call.args[:2]):
            name = self.value.of(call.args[1])
        slim = self.value.call(_slim(call))
        chained = None
        if isinstance(base, ast.Call) and last_name(base.func) in (
            "s",
            "si",
            "signature",
            "subtask",
            "set",
            "Signature",
        ):
            chained = True
        self._note("sends", call, how=last, base=expr, spelled=dotted(base) if base is not None else "", name=name, call=slim,
                   scope=self._scope(call), chained=chained)  # fmt: skip

    def _redirect(self, call, last):
        """Take `.set(queue=...)` of a signature and `.retry(queue=...)` of a task."""
        if isinstance(call.func, ast.Attribute) and any(k.arg in _WHERE for k in call.keywords):
            self._note("sends", call, how=last, base=None, spelled="", name=None, call=self.value.call(_slim(call)),
                       scope=self._scope(call), chained=None)  # fmt: skip

    # workers in Python, and queues of other libraries

    def _argv(self, node):
        words = [
            item.value if isinstance(item, ast.Constant) and isinstance(item.value, str) else None for item in node.elts
        ]
        if len(words) > 60:
            return
        if isinstance(node.ctx, ast.Load) and ("beat" in words[:12] or {"-B", "--beat"} & set(words)):
            self.record.setdefault("uses", []).append(_bare("beat", self.ctx.place(node)))
        if "worker" not in words[:12]:
            return
        if len(words) < 2 and not isinstance(node.parent_, (ast.Call, ast.keyword)):
            return
        if isinstance(node.ctx, ast.Load):
            places = [list(self.ctx.place(item)) for item in node.elts]
            self._note("argv", node, words=words, places=places, exprs=[self._expr(item) for item in node.elts])

    def _use(self, call, last, worker=False):
        if last == "select" and not dotted(call.func).endswith(".queues.select"):
            return
        if call in getattr(call.parent_, "decorator_list", ()):
            return
        if last == "Consumer" and not self.ctx.names.qualname(call.func).startswith("kombu"):
            return
        self._note("uses", call, how=last, origin=self.ctx.names.qualname(call.func), call=self.value.call(call),
                   worker=worker, base=self._expr(call.func.value) if isinstance(call.func, ast.Attribute) else None)  # fmt: skip

    def _queue(self, call, last):
        origin = self.ctx.names.qualname(call.func)
        if origin.startswith(("kombu", "celery")):
            self._note("queues", call, how=last, value=self.value.call(call), scope=self._scope(call))
        elif origin.startswith(("rq.", "django_rq.", "arq.", "dramatiq.")):
            inside = any(
                isinstance(parent, ast.Call) and last_name(parent.func) == "Worker" for parent in parents(call)
            )
            self._use(call, last, worker=inside)

    def _clean(self, call, last):
        """Note that a backend is cleaned by the project itself."""
        if "backend" in dotted(call.func):
            self.record.setdefault("uses", []).append(_bare("cleanup", self.ctx.place(call)))

    # configuration modules

    def _variables(self):
        ctx = self.ctx
        found = self.record.setdefault("vars", {})
        for node in ctx.nodes(ast.Assign, ast.AnnAssign):
            if not isinstance(node.parent_, (ast.Module, ast.ClassDef, ast.If, ast.Try)) or node.value is None:
                continue
            scope = qualified_scope(node)
            if len(found) > MAX_VARS:
                break
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    owner = ctx.function_of(node)
                    if owner is not None:
                        continue
                    name = f"{scope}.{target.id}" if scope else target.id
                    found.setdefault(name, []).append([list(ctx.place(target)), self.value.of(node.value)])
        if not found:
            del self.record["vars"]


def _bare(how, place) -> dict:
    """Answer a use that is no call of interest."""
    return {"p": list(place), "how": how, "origin": "", "call": None, "worker": False, "base": None}


def _slim(call: ast.Call) -> ast.Call:
    """Answer a call without its arguments: only keywords that say where a message goes are kept."""
    slim = ast.Call(func=call.func, args=[], keywords=[k for k in call.keywords if k.arg is None or k.arg in _OPTIONS])
    ast.copy_location(slim, call)
    slim.parent_ = call.parent_
    return slim


_WHERE = ("queue", "exchange", "routing_key")
_OPTIONS = frozenset({
    "queue", "exchange", "routing_key", "exchange_type", "options", "expires", "time_limit", "soft_time_limit", "immutable",
    "queue_name", "_queue_name", "app", "route_name", "router", "producer", "connection", "ignore_result",
})  # fmt: skip
_CALLS = {
    "Celery": _Collector._app, "update": _Collector._update, "add_defaults": _Collector._update,
    "setdefault": _Collector._update, "append": _Collector._update, "extend": _Collector._update,
    "config_from_object": _Collector._from, "config_from_envvar": _Collector._from, "config_from_cmdline": _Collector._from,
    "autodiscover_tasks": _Collector._discover, "Queue": _Collector._queue, "Broadcast": _Collector._queue,
    "SimpleQueue": _Collector._queue, "add_consumer": _Collector._use, "select_add": _Collector._use,
    "worker_main": _Collector._use, "run_worker": _Collector._use, "create_worker": _Collector._use,
    "create_pool": _Collector._use, "declare_queue": _Collector._use,
    "get_queue": _Collector._use, "select": _Collector._use, "Consumer": _Collector._use,
    "Worker": _Collector._queue, "register_task": _Collector._use, "task": _Collector._use, "set": _Collector._redirect,
    "retry": _Collector._redirect, "cleanup": _Collector._clean,
    **dict.fromkeys(_SENDS, _Collector._send),
}  # fmt: skip
