"""Where a Python file keeps the state of jobs in dictionaries of its process and in attributes of records.

    dicts    {"p", "ref", "act", "role", "scope", "says"}    a use of what may be a module's dictionary
    made     {"p", "cls", "attr", "scope", "says"}           a record that is made in a function that sends a task
    asks     {"p", "base", "attr", "scope"}                  a status that a request handler reads of a record
    touches  {"p", "base", "attr", "role", "scope", "says"}  a place that sets a status: attribute, keyword, key, setattr, SQL
    threads  {"p", "target", "scope"}                        work that is started in this process: a thread, an executor

`act` is "read", "write" or "escape"; `role` is "task", "handler", "module" or "other"; `says` is the word that a
write puts there if it means that work has begun or waits, "*" for anything else.
"""

from __future__ import annotations

import ast

from preaudit.core.exprs import storable
from preaudit.core.patterns import lazy, remembered
from preaudit.core.tree import FUNCTIONS, body_of, def_of, dotted, function_of, inside, last_name, qualified_scope

from preaudit_hooks.facts import statuses

KIND = "jobstates"
WORDS = ("status", "state", "progress", "jobs", "tasks", "results")
_is_store = remembered(lazy(r"(?i)job|task|status|state|progress|result"))
_READS = frozenset({"get", "values", "items", "keys", "copy"})
_WRITES = frozenset({"update", "setdefault", "__setitem__"})
_DROPS = frozenset({"pop", "clear", "popitem"})
_HARMLESS = frozenset(
    {"len", "list", "sorted", "str", "repr", "print", "bool", "dict", "any", "all", "jsonify", "enumerate"}
)
_SENDS = frozenset({"delay", "apply_async", "send_task", "send", "send_with_options", "enqueue", "enqueue_job"})
_UPDATES = frozenset({"update", "values", "update_one", "update_many", "find_one_and_update", "bulk_update", "save", "setattr",
                      "execute", "update_or_create", "merge", "set", "upsert", "patch", "model_copy", "replace"})  # fmt: skip
_ATTRIBUTES = ("status", "state")
_SQL = lazy(r"(?i)\bset\b[^;]*\b(status|state)\b")


def collect(ctx):
    """Answer the facts of a Python file, None if it has none."""
    return _Collector(ctx).record or None


class _Collector:
    def __init__(self, ctx):
        self.ctx = ctx
        self.record: dict = {}
        self.roles: dict = {}
        self.aliases: dict = {}
        self.can_send = any(f".{word}(" in ctx.text for word in _SENDS)
        speaks = {name for name in ctx.spelled if _is_store(name)}
        stores = [node for node in ctx.nodes(ast.Name) if node.id in speaks]
        stores += [node for node in ctx.nodes(ast.Attribute) if node.attr in speaks]
        for node in stores:
            if node.ctx.__class__ is ast.Load:
                self._store(node)
        for node in ctx.nodes(ast.Attribute):
            if node.attr in _ATTRIBUTES:
                self._status(node)
        for call in ctx.nodes(ast.Call):
            self._call(call)
        for node in ctx.nodes(ast.Constant):
            if isinstance(node.value, str) and len(node.value) < 5_000 and _SQL.search(node.value):
                self._touch(node, None, _SQL.search(node.value)[1].lower(), "*")

    def _note(self, section, node, **fields):
        self.record.setdefault(section, []).append({"p": list(self.ctx.place(node)), **fields})

    def _expr(self, node):
        return storable(self.ctx.exprs.of(node), 200) if node is not None else None

    def _role(self, node) -> tuple:
        """Answer (role, qualified name) of the function around a node."""
        function = def_of(node)
        if function is None:
            return "module", ""
        if function not in self.roles:
            role = "task" if statuses.is_task(function) else "handler" if statuses.is_handler(function) else "other"
            self.roles[function] = (role, qualified_scope(function.body[0]))
        return self.roles[function]

    # dictionaries

    def _store(self, node):
        parent = node.parent_
        if isinstance(parent, ast.Subscript) and parent.value is node:
            act, says = self._subscript(parent)
        elif (
            isinstance(parent, ast.Attribute) and isinstance(parent.parent_, ast.Call) and parent.parent_.func is parent
        ):
            act, says = self._method(parent)
        elif (
            isinstance(parent, ast.Compare)
            or isinstance(parent, ast.Call)
            and node in parent.args
            and last_name(parent) in _HARMLESS
        ):
            act, says = "read", ""
        elif isinstance(parent, (ast.Attribute, ast.Call)) and not (
            isinstance(parent, ast.Call) and node in parent.args
        ):
            return  # a name of something else: a module, a function
        elif isinstance(parent, (ast.Return, ast.For, ast.comprehension, ast.FormattedValue)):
            act, says = "read", ""
        else:
            act, says = "escape", ""
        expr = self.ctx.exprs.of(node)
        if act and expr is not None and expr[0] == "ref":
            role, scope = self._role(node)
            self._note("dicts", node, ref=expr[1], act=act, role=role, scope=scope, says=says)

    def _subscript(self, node) -> tuple:
        outer, value = node, node.parent_
        while isinstance(value, (ast.Subscript, ast.Attribute)) and value.value is outer:
            outer, value = value, value.parent_
        if isinstance(outer.ctx, ast.Store):
            return "write", self._says(value)
        if isinstance(outer.ctx, ast.Del):
            return "", ""
        if isinstance(value, ast.Call) and value.func is outer:
            if not isinstance(outer, ast.Attribute):
                return "escape", ""
            if outer.attr in _WRITES or outer.attr in ("append", "extend", "add", "put"):
                return "write", self._says(value)
            return ("read", "") if outer.attr in (*_READS, "isoformat", "upper", "lower") else ("escape", "")
        if isinstance(value, ast.Assign) and value.value is outer and self._mutated(value, node):
            return "write", "*"
        if isinstance(value, ast.Call) and last_name(value) not in _HARMLESS and outer in value.args:
            return "escape", ""
        return "read", ""

    def _method(self, attribute) -> tuple:
        call, name = attribute.parent_, attribute.attr
        if name in _WRITES:
            return "write", self._says(call)
        if name in _DROPS:
            return "", ""
        if name in _READS:
            statement = call.parent_
            if isinstance(statement, ast.Assign) and self._mutated(statement, call):
                return "write", "*"
            if name in ("values", "items", "copy") and not isinstance(
                statement, (ast.Call, ast.For, ast.comprehension, ast.Return)
            ):
                return "escape", ""
            return "read", ""
        return "escape", ""

    def _mutated(self, statement, node) -> bool:
        """Answer whether the name that an entry is bound to is written to, or handed on, in its function."""
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            return True
        name, function = statement.targets[0].id, function_of(statement)
        if function is None:
            return True
        for one in body_of(function):
            if isinstance(one, (ast.Subscript, ast.Attribute)) and dotted(one.value) == name:
                if not isinstance(one.ctx, ast.Load):
                    return True
                if isinstance(one, ast.Attribute) and isinstance(one.parent_, ast.Call) and one.attr not in _READS:
                    if one.parent_.func is one:
                        return True
            elif isinstance(one, ast.Call) and any(dotted(arg) == name for arg in one.args):
                called = last_name(one)
                if called not in _HARMLESS and not called[:1].isupper():
                    return True
        return False

    def _says(self, node) -> str:
        """Answer the word of a write: what it assigns, or hands to `update`."""
        if isinstance(node, ast.Call):
            values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in (*_ATTRIBUTES, None))]
            return next((word for word in map(_word, values) if word), "*")
        return _word(getattr(node, "value", None)) or "*"

    # records

    def _status(self, node):
        if isinstance(node.ctx, ast.Store):
            statement = node.parent_
            says = _word(getattr(statement, "value", None)) if isinstance(statement, ast.Assign) else ""
            self._touch(node, node.value, node.attr, says or "*")
        elif isinstance(node.ctx, ast.Load) and self._role(node)[0] == "handler":
            if not (isinstance(node.parent_, ast.Attribute) and node.parent_.value is node and isinstance(node.value, ast.Name)
                    and node.value.id == "status"):  # fmt: skip
                base = self._expr(node.value)
                if base is not None:
                    self._note("asks", node, base=base, attr=node.attr, scope=self._role(node)[1])

    def _touch(self, node, base, attr, says):
        role, scope = self._role(node)
        self._note("touches", node, base=self._expr(base), attr=attr, role=role, scope=scope, says=says)

    def _call(self, call):
        last = last_name(call)
        if last in ("Thread", "Process", "submit", "run_in_executor"):
            targets = [keyword.value for keyword in call.keywords if keyword.arg == "target"] or call.args[:2]
            for target in targets:
                if isinstance(target, (ast.Name, ast.Attribute)):
                    self._note("threads", call, target=self._expr(target), scope=self._role(call)[1])
        if last == "setattr" and len(call.args) == 3:
            name = call.args[1]
            if not isinstance(name, ast.Constant) or name.value in _ATTRIBUTES:
                for attr in _ATTRIBUTES if not isinstance(name, ast.Constant) else (name.value,):
                    self._touch(call, call.args[0], attr, "*")
            return
        if last in _UPDATES:
            for attr, value in _given(call):
                self._touch(call, None, attr, _word(value) or "*")
        elif self.can_send and last[:1].isupper():
            function = function_of(call)
            if isinstance(function, FUNCTIONS) and self._sends(function):
                given = dict(_given(call))
                for attr in _ATTRIBUTES:
                    says = _word(given.get(attr)) or ("*" if attr in given else "")
                    self._note("made", call, cls=self._expr(call.func), attr=attr, scope=self._role(call)[1], says=says)

    def _sends(self, function) -> bool:
        if function not in self.aliases:
            self.aliases[function] = any(
                isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _SENDS
                for one in body_of(function)
            )
        return self.aliases[function]


def _given(call):
    """Give (attribute, value) of the status that a call is given: a keyword, or a key of a dictionary anywhere in it."""
    for keyword in call.keywords:
        if keyword.arg in _ATTRIBUTES:
            yield keyword.arg, keyword.value
    for part in [*call.args, *(keyword.value for keyword in call.keywords)]:
        for one in inside(part):
            if isinstance(one, ast.Dict):
                for key, value in zip(one.keys, one.values):
                    if isinstance(key, ast.Constant) and key.value in _ATTRIBUTES:
                        yield key.value, value
                    elif isinstance(key, ast.Attribute) and key.attr in _ATTRIBUTES:
                        yield key.attr, value


def _word(node) -> str:
    """Answer the word by which a value says that work has begun or waits, '' if it says nothing of the kind."""
    found = statuses.started(node) if node is not None else ""
    if not found and isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in _ATTRIBUTES:
                return statuses.started(keyword.value)
    return found
