"""What a file contributes to the web applications of a project, and the commands that serve them.

For a Python file, without what is empty; expressions are symbolic (core/exprs.py), a place is
[line, column, end line, end column], and "b" tells the app or router that something is done to:
["here", line, column] for one made in this file, an expression for another's, None for an unknown one.

    {"made":   [{"p", "cls", "name", "fn", "main", "prefix", "deps"}]  calls that may make an app or a router
     "routes": [{"p", "b", "m": [methods], "u": [path], "h": qualified name, "hp": place of its def, "deep": word,
                 "he": expression of a handler of another file}]
     "mounts": [{"b", "w": what is mounted, "prefix", "deps"}]         "deps": what FastAPI's dependencies= is given
     "middleware": [[b, expression]], "handlers": [[b, expression]]    exception handlers
     "hooks":  [[b, name of the hook, expression of the function]]     before_request and its kind, @app.middleware("http")
     "views":  {name: [place, deep]}                                   functions of Django that may be probes, by name
     "returns": {function: [[line, column]]}                what was made there and is returned
     "probes": [text]                                       strings that look like the path of a probe
     "signs":  [word]                                       words that tell of request identifiers, versions or measuring
     "runs":   [expression]}                                uvicorn.run(...) and app.run(...)

"deep" tells what the handler of a probe does: "shallow" (answers without asking anything), "ignored" (what it
asked has no effect on the answer), "" otherwise. The routes of a class are those of its methods: one row each.
For other files: {"serves": [[program, [modules], service, [wrappers], [workers, gunicorn's configuration file]]]}.
"""

from __future__ import annotations

import ast
import re

from preaudit.core.contexts import in_main
from preaudit.core.exprs import storable
from preaudit.core.masking import kept
from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, dotted, function_of, parents, qualified_scope, statement_of

from preaudit_hooks.facts import _urlconf
from preaudit_hooks.web.names import DECORATORS, VERBS
from preaudit_hooks.web.probes import depth_of

KIND = "web"
DOCUMENTS = ("compose", "app-spec", "procfile", "shell", "dockerfile", "systemd")
WORDS = (
    "fastapi", "starlette", "flask", "quart", "aiohttp", "FastAPI", "Flask", "Router", "router", "Blueprint", "equest_id",
    "django.urls", "django.conf.urls", "django.http", "rest_framework.resp", "ROOT_URLCONF", "get_wsgi_app", "get_asgi_app",
    "equest-id", "equest-ID", "equest-Id", "orrelation", "race_id", "REQUEST_ID", "CORRELATION", "EQUEST-ID", "raceparent",
    "metrics", "traces_sample_rate", "enable_tracing",
    "requestid", "RequestId", "RequestID", "App(", ".route(", "API(", ".get(\"", ".post(\"", "ockerflow", "Healthz(",
)  # fmt: skip
_ADDERS = frozenset({"add_url_rule", "add_api_route", "add_route", "add_resource", "add_websocket_route", "add_view",
                     "add_api_websocket_route", *(f"add_{verb}" for verb in VERBS)})  # fmt: skip
_ROUTE_CALLS = frozenset({"Route", "APIRoute", "WebSocketRoute"})
_MOUNTS = {"include_router": ("router", "prefix"), "register_blueprint": ("blueprint", "url_prefix"),
           "mount": ("app", "path"), "add_namespace": ("ns", "path"), "add_subapp": ("subapp", "prefix"),
           "add_routes": ("routes", "")}  # fmt: skip
_MADE = (
    "Flask",
    "Quart",
    "Starlette",
    "Router",
    "Blueprint",
    "Application",
    "API",
    "Api",
    "Namespace",
    "RouteTableDef",
    "App",
)
_HOOKS = frozenset({"before_request", "before_app_request", "middleware", "before_websocket", "url_value_preprocessor"})
METHODS = ("get", "post", "put", "patch", "delete")
_PREFIXES = ("prefix", "url_prefix", "root_path", "path")
PROBE = lazy(
    r"(?i)(?:^|[/_-])(?:health\w*|live|livez|liveness|alive|ping|heartbeat|ready|readyz|readiness|status|up|metrics)(?:$|[/_-])"
)
SIGNS = {
    "request id": lazy(r"(?i)request[_-]?id\b|correlation[_-]?id|\btrace[_-]?id\b|traceparent|correlationid"),
    "version": lazy(r"(?i)fastapi_versioning|\b(?:accept|api)[-_]version\b|application/vnd\\?\."),
    "metrics": lazy(
        r"(?i)/metrics\b|\b(?:traces_sample_rate|enable_tracing)\b|\bstatsd\b|\bprometheus\b"
        r"|metrics?_?middleware|\bmetrics?_(?:provider|registry|collector)\b"
    ),
}
# One of these stands in every text that the pattern can match: looking for words is much quicker than for patterns.
# Libraries that answer probes by themselves, and what those are in our words: Dockerflow's __lbheartbeat__ and __heartbeat__,
# which asks what the service needs, and /healthz/live and /healthz/ready of flask-healthz.
_PROBING = dict.fromkeys(("DockerflowMiddleware", "Dockerflow(", "dockerflow.fastapi", "Healthz("), ("/live", "/ready"))
_SIGN_WORDS = {
    "request id": (
        "request_id",
        "request-id",
        "requestid",
        "correlation",
        "trace_id",
        "trace-id",
        "traceid",
        "traceparent",
    ),
    "version": (
        "fastapi_versioning",
        "accept-version",
        "accept_version",
        "api-version",
        "api_version",
        "application/vnd",
    ),
    "metrics": ("/metrics", "traces_sample_rate", "enable_tracing", "statsd", "prometheus", "metric"),
}
_SERVERS = frozenset({"gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "flask", "fastapi", "quart",
                      "uwsgi"})  # fmt: skip


def collect(ctx):
    """Answer the web facts of a Python file, None if it has none."""
    return collector(ctx).record or None


def collector(ctx):
    """Answer what was read of a Python file, once: its `record`, and `handled`, the (row, function) of its routes."""
    return ctx.once("web facts", lambda: _Collector(ctx))


def is_route_decorator(node) -> bool:
    """Answer whether a decorator makes a route of what it decorates: `@app.get("/orders")`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in DECORATORS:
        return False
    path = _argument(node, 0, "path", "rule")
    return path is not None and (not isinstance(path, ast.Constant) or isinstance(path.value, str))


def _viewed(node):
    """Answer the class of `View.as_view("name")`, any other expression as it is."""
    is_view = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "as_view"
    return node.func.value if is_view else node


def _last(node) -> str:
    """Answer the last name of a chain of names, '' for anything else."""
    if node.__class__ is not ast.Attribute:
        return node.id if node.__class__ is ast.Name else ""
    root = node.value
    while root.__class__ is ast.Attribute:
        root = root.value
    return node.attr if root.__class__ is ast.Name else ""


def _argument(call, index, *names):
    """Answer the node of an argument by position or by one of its names, None if it is not given."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    given = call.args[index] if 0 <= index < len(call.args) else None
    return None if isinstance(given, ast.Starred) else given


class _Collector:
    def __init__(self, ctx):
        self.ctx = ctx
        self.record: dict = {}
        self.handled: list = []
        self.made: dict = {}
        self.targets: dict = {}
        calls = ctx.nodes(ast.Call)
        for call in calls:
            if _last(call.func).endswith(_MADE):
                self.make(call)
        for function in ctx.nodes(*FUNCTIONS, ast.ClassDef):
            for decorator in function.decorator_list:
                if is_route_decorator(decorator):
                    self._decorated(function, decorator)
                self._hook(decorator, function)
        for call in calls:
            self._call(call)
        for node in ctx.nodes(ast.Return):
            self._returned(node)
        if any(word in ctx.text for word in ("django", "rest_framework", "ROOT_URLCONF")):
            _urlconf.take(self)
        # a middleware may answer a probe, and has no route
        if self.record or "request.path" in ctx.text or "url.path" in ctx.text or "request.rel_url" in ctx.text:
            self._probes()
        for word, probes in _PROBING.items():
            if word in ctx.text:
                self.record["probes"] = sorted({*self.record.get("probes", ()), *probes})
        signs = [
            name for name, pattern in SIGNS.items()
            if any(word in ctx.lower for word in _SIGN_WORDS[name]) and pattern.search(ctx.lower)
        ]  # fmt: skip
        if signs:
            self.record["signs"] = signs

    def note(self, section, row):
        """Add a row to a part of the record."""
        self.record.setdefault(section, []).append(row)

    def expr(self, node):
        """Answer the symbolic expression of a node, None if it is unknown or large."""
        return storable(self.ctx.exprs.of(node), 120) if node is not None else None

    def make(self, call):
        """Take a call that may make an app or a router."""
        cls = self.expr(call.func)
        if cls is None:
            return
        statement = statement_of(call)
        name = ""
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is call:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            name = dotted(target)
        place = list(self.ctx.place(call))
        function = function_of(call)
        self.made[call] = ["here", *place[:2]]
        if name.startswith("self."):
            self.targets[name] = self.made[call]
        row = {"p": place, "cls": cls, "name": name, "fn": qualified_scope(function) if function is not None else ""}
        if in_main(call):
            row["main"] = True
        for keyword in call.keywords:
            if keyword.arg in _PREFIXES:
                row.setdefault("prefix", {})[keyword.arg] = self.expr(keyword.value)
        self.note("made", row)
        for argument in call.args[:1]:
            # flask_restful.Api(app), APIRouter(route_class) and the like
            if isinstance(argument, (ast.Name, ast.Attribute)) and dotted(argument) != "__name__":
                self.note("mounts", {"b": self._base(argument), "w": self.made[call], "prefix": None})
        for keyword in call.keywords:
            if keyword.arg == "dependencies":
                row["deps"] = self.expr(keyword.value)
            if keyword.arg in ("app", "blueprint"):
                self.note("mounts", {"b": self._base(keyword.value), "w": self.made[call], "prefix": None})
            elif keyword.arg in ("middleware", "middlewares") and isinstance(keyword.value, (ast.List, ast.Tuple)):
                for item in keyword.value.elts:
                    target = item.args[0] if isinstance(item, ast.Call) and item.args else item
                    self.note("middleware", [self.made[call], self.expr(target)])

    def _base(self, node):
        """Answer which app or router a node denotes."""
        while isinstance(node, ast.Attribute) and node.attr == "router" and not self._is_module(node.value):
            node = node.value
        if node in self.made:
            return self.made[node]
        if isinstance(node, ast.Name):
            scope, bindings = self.ctx.names.lookup(node, node.id)
            for binding in bindings if scope is not None else ():
                value = binding.value.value if binding.kind == "annotated" else binding.value
                if binding.kind in ("assign", "annotated") and value in self.made:
                    return self.made[value]
                if binding.kind == "unpack" and isinstance(value[0], ast.Tuple) and len(value[1]) == 1:
                    part = value[0].elts[value[1][0]] if value[1][0] in range(len(value[0].elts)) else None
                    if part in self.made:  # `orders, guests = APIRouter(), APIRouter()`
                        return self.made[part]
        spelled = dotted(node)
        return self.targets.get(spelled) or self.expr(node)

    def _is_module(self, node) -> bool:
        if not isinstance(node, ast.Name):
            return False
        scope, bindings = self.ctx.names.lookup(node, node.id)
        return scope is not None and any(binding.kind == "import" for binding in bindings)

    # routes

    def _decorated(self, function, call):
        verb = call.func.attr
        path = _argument(call, 0, "path", "rule")
        methods = [verb.upper()] if verb in VERBS and verb != "view" else self._methods(call)
        paths = [path, *call.args[1:]] if verb == "route" else [path]
        self.route(function, self._base(call.func.value), methods, paths, function)

    def _hook(self, decorator, function):
        """Take a function that runs before the routes of an app or router."""
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute) and target.attr in _HOOKS and isinstance(function, FUNCTIONS):
            name = ["ref", f"{self.ctx.names.module or '__file__'}.{qualified_scope(function)}"]
            self.note("hooks", [self._base(target.value), target.attr, name])

    @staticmethod
    def _may_be_path(node):
        return not isinstance(node, ast.Constant) or isinstance(node.value, str)

    def _methods(self, call):
        found = _argument(call, -1, "methods", "method")
        items = found.elts if isinstance(found, (ast.List, ast.Tuple, ast.Set)) else [found]
        return [item.value.upper() for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]

    def route(self, node, base, methods, paths, handler):
        """Take a route; `handler`: the function or class, or the expression that a registering call is given."""
        given, handler = handler, self._function(handler)
        inner = [part for part in handler.body if isinstance(part, FUNCTIONS) and part.name in METHODS] if isinstance(
            handler, ast.ClassDef) else ()  # fmt: skip
        for method in inner:
            self.route(node, base, [method.name.upper()], paths, method)
        if inner:
            return
        urls = [p if isinstance(p, list) or p is None else self.expr(p) for p in paths]
        row = {"p": list(self.ctx.place(node)), "b": base, "m": methods or ["GET"], "u": urls}
        if handler is None and given is not None:
            row["he"] = self.expr(_viewed(given))
        if isinstance(handler, (*FUNCTIONS, ast.ClassDef)):
            row["h"] = qualified_scope(handler)
            row["hp"] = list(self.ctx.place(handler))
            texts = [p.value for p in paths if isinstance(p, ast.Constant) and isinstance(p.value, str)]
            if isinstance(handler, FUNCTIONS) and any(PROBE.search(text) or text in ("", "/") for text in texts):
                row["deep"] = depth_of(handler, self.ctx)
            self.handled.append((row, handler))
        self.note("routes", row)

    def _call(self, call):
        last = _last(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        if last in _MOUNTS and isinstance(call.func, ast.Attribute):
            self._mount(call, last)
        elif last in _ADDERS and isinstance(call.func, ast.Attribute):
            self._added(call, last)
        elif last in _ROUTE_CALLS or last in VERBS and self.ctx.names.qualname(call.func).startswith("aiohttp.web."):
            path = _argument(call, 0, "path")
            if path is not None:
                handler = _argument(call, 1, "endpoint", "handler")
                methods = [last.upper()] if last in VERBS else self._methods(call)
                owner = next((self.made[p] for p in parents(call) if p in self.made), None)
                self.route(call, owner or self._list_base(call), methods, [path], handler)
        elif last in ("Mount", "Include"):
            owner = next((self.made[p] for p in parents(call) if p in self.made), None)
            inner = _argument(call, 1, "app")
            if inner is not None:
                prefix = self.expr(_argument(call, 0, "path"))
                self.note("mounts", {"b": owner, "w": self._base(inner), "prefix": prefix})
        elif last in ("add_middleware", "add_exception_handler", "middleware", "exception_handler") and isinstance(
            call.func, ast.Attribute
        ):
            section = "middleware" if "middleware" in last else "handlers"
            what = _argument(call, 0, "middleware_class", "exc_class_or_status_code")
            self.note(section, [self._base(call.func.value), self.expr(what)])
        elif last in _HOOKS and isinstance(call.func, ast.Attribute) and len(call.args) == 1:
            self.note("hooks", [self._base(call.func.value), last, self.expr(call.args[0])])
        elif last == "run" and isinstance(call.func, ast.Attribute):
            if self.ctx.names.qualname(call.func).partition(".")[0] in ("uvicorn", "hypercorn", "granian"):
                self.note("runs", self._base(call.args[0]) if call.args else None)
        elif last in ("init_app", "instrument_app", "instrument") and isinstance(call.func, ast.Attribute):
            if call.args and call.func.value in self.made:
                self.note("mounts", {"b": self._base(call.args[0]), "w": self.made[call.func.value], "prefix": None})
            elif call.args and last == "init_app":
                self.note("mounts", {"b": self._base(call.args[0]), "w": self._base(call.func.value), "prefix": None})

    def _list_base(self, call):
        """Answer the app that an `add_routes([...])` around a route gives it to."""
        for parent in parents(call):
            if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr in _MOUNTS:
                return self._base(parent.func.value)
            if isinstance(parent, ast.stmt):
                return None
        return None

    def _added(self, call, last):
        if last == "add_resource":
            paths = [arg for arg in call.args[1:] if not isinstance(arg, ast.Starred)]
            handler = _argument(call, 0, "resource")
        else:
            start = 0
            first = _argument(call, 0, "path", "rule")
            if (
                isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and re.fullmatch(r"[A-Z*]+", first.value)
            ):
                start = 1
                first = _argument(call, 1, "path")
            paths = [first] if first is not None and self._may_be_path(first) else []
            at = start + (2 if last == "add_url_rule" else 1)
            handler = _argument(call, at, "view_func", "endpoint", "handler")
        if paths:
            verb = last.removeprefix("add_")
            methods = [verb.upper()] if verb in VERBS else self._methods(call)
            self.route(call, self._base(call.func.value), methods, paths, handler)

    def _function(self, node):
        """Answer the function or class of this file that a route is given, also as `View.as_view("name")`."""
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return node
        node = _viewed(node)
        if not isinstance(node, ast.Name):
            return None
        scope, bindings = self.ctx.names.lookup(node, node.id)
        found = [b.node for b in bindings if b.kind in ("def", "class")] if scope is not None else []
        return found[0] if len(found) == 1 else None

    # composition

    def _mount(self, call, last):
        name, prefix_name = _MOUNTS[last]
        if last == "mount" or last == "add_subapp":
            prefix, what = _argument(call, 0, prefix_name), _argument(call, 1, name)
        else:
            what, prefix = _argument(call, 0, name), _argument(call, -1, prefix_name) if prefix_name else None
        if what is None or isinstance(what, (ast.List, ast.Tuple)):
            return
        if isinstance(prefix, ast.Constant) and "://" in str(prefix.value):
            return  # an adapter of requests.Session
        row = {"b": self._base(call.func.value), "w": self._base(what), "prefix": self.expr(prefix), "how": last}
        given = _argument(call, -1, "dependencies")
        if given is not None:
            row["deps"] = self.expr(given)
        self.note("mounts", row)

    def _returned(self, node):
        function = function_of(node)
        if function is None or node.value is None or isinstance(function, ast.Lambda):
            return
        base = self._base(node.value) if isinstance(node.value, (ast.Name, ast.Call)) else None
        if base and base[0] == "here":
            self.record.setdefault("returns", {}).setdefault(qualified_scope(function), []).append(base[1:])

    def _probes(self):
        found = set(self.record.get("probes", ()))
        for node in self.ctx.nodes(ast.Constant):
            text = node.value
            if isinstance(text, str) and len(text) < 60 and PROBE.search(text) and " " not in text:
                if not self._is_client(node) and kept(node) == text:
                    found.add(text)
        if found:
            self.record["probes"] = sorted(found)

    @staticmethod
    def _is_client(node) -> bool:
        """Answer whether a string is what another service is asked for: part of an f-string, a sum, or a client's call."""
        parent = node.parent_
        if isinstance(parent, (ast.JoinedStr, ast.BinOp, ast.Expr)):
            return True
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr in VERBS:
            return parent not in getattr(parent.parent_, "decorator_list", ())
        return False


def collect_document(document):
    """Answer the commands of a deployment file that serve an application, None if it has none."""
    from preaudit_hooks.documents.secrets import redact_words
    from preaudit_hooks.facts.workers import commands_of

    found = []
    for service, commands, _ in commands_of(document):
        for command in commands:
            program = command.program
            # no other word is kept: it may be a secret
            said = redact_words([word.text for word in command.words])[1:]
            words = [text for text in said if _APP.fullmatch(text) or text == "run"]
            if program in _SERVERS or program.endswith(".py") or any(":" in word for word in words):
                found.append([program, words, service, list(command.through), _workers(command)])
    return {"serves": found} if found else None


def _workers(command) -> list:
    """Answer the number of workers a command gives a server, as it is written, and gunicorn's configuration file."""
    from preaudit_hooks.documents.commandline import web_server

    server = web_server(command)
    if server is None:
        return ["", ""]
    number = server.workers.text if server.workers is not None else ""
    config = server.config.text if server.config is not None and server.kind == "gunicorn" else ""
    return [number if number.isdigit() else "", config]


_APP = lazy(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:\(\))?|(?!.*\.py$)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
