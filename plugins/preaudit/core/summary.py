"""What one module tells the others: a small record that JSON can hold.

It depends on the text of that file and its module name alone, so it is cached by content. Positions
are lines from 1. Expressions are those of core/exprs.py.

    {"module": dotted, "package": bool,
     "names": {name: expr},                       module-level variables and imports
     "stars": [module],  "all": [name] or None, "getattr": bool
     "functions": {qualified name: function},     nested ones and methods included
     "classes": {qualified name: class},
     "outside": [[base, attribute, value]]}       `service.client = ...` made here for others; and what
                                                  start-up code awaits, who runs coroutines, the errors that an app
                                                  answers and what a revision of Alembic does, under the names of
                                                  core/startup.py, ownloops.py, errorhandlers.py and ddl.py

    function: {"line", "async", "gen", "decos": [expr], "ann": expr, "ret": [expr], "yields": [expr],
               "params": [[name, expr]], "calls": [[line, column, kind, expr, guards]],    calls: sync functions only
               "logs": whether it logs,
               "shape": {...}}              what it does to transactions: core/shapes.py
    class: {"line", "bases": [expr], "attrs": {name: expr}, "decos": [expr],
            "given": [[place of a base, [expr of an argument in its brackets]]]}

Guards, where there are some, tell what the parameters must say for the call to run: core/guards.py. `kind` of a
call: "call", "buffer" (a call that is given a file in memory), "tick" (a sleep that nobody notices), "enter" (a with
statement), "iter" (a loop), "get" (an attribute that may be a property).
"""

from __future__ import annotations

import ast

from preaudit.core import ddl, errorhandlers, logs, ownloops, shapes, startup
from preaudit.core.exprs import storable
from preaudit.core.guards import guarded_by, keep_all, runs_once, waits_briefly, waits_not
from preaudit.core.tree import COMPREHENSIONS, FUNCTIONS, dotted, function_of, never_runs, qualified_scope
from preaudit.core.typenames import MEMORY

MAX_RETURNS = 12
_SILENT = frozenset({"str", "int", "bool", "float", "None", "bytes"})


def summarise(by_type: dict, exprs, is_package: bool = False) -> dict:
    """Answer the summary of a module from its walk and its expressions."""
    return _Summary(by_type, exprs, is_package).record


class _Summary:
    def __init__(self, by_type, exprs, is_package):
        self.get = by_type.get
        self.exprs = exprs
        self.names = exprs.names
        self.module = exprs.module
        self.record = {
            "module": self.module, "package": is_package, "names": {}, "stars": [], "all": None,
            "getattr": False, "functions": {}, "classes": {}, "outside": [],
        }  # fmt: skip
        self._module_names()
        self._functions()
        self._classes()
        self._attributes()
        self._startup()
        self._error_handlers()
        self._revision()
        self._calls()
        shapes.add(self.record, by_type, exprs)

    def _module_names(self):
        scope = self.names.scope(self.names.root)
        record = self.record
        for name, bindings in scope.names.items():
            if name == "*":
                record["stars"] = [binding.value for binding in bindings if binding.value]
                continue
            parts = []
            for binding in bindings[:8]:
                if binding.kind in ("def", "class"):
                    if len(bindings) > 1:
                        parts.append(["own", binding.node.name])
                    continue
                alias = self._alias(binding)
                expr = alias if alias is not None else storable(self.exprs.binding(binding), 600)
                if expr is not None:
                    parts.append(expr)
            if len(parts) == 1:
                record["names"][name] = parts[0]
            elif parts:
                record["names"][name] = ["or", parts]
            elif all(b.kind not in ("def", "class") for b in bindings):
                record["names"][name] = None
            if name == "__all__":
                record["all"] = self._all(bindings)
        record["getattr"] = "__getattr__" in scope.names

    @staticmethod
    def _all(bindings):
        found = []
        for binding in bindings:
            value = binding.value.value if isinstance(binding.value, (ast.AugAssign, ast.AnnAssign)) else binding.value
            if not isinstance(value, (ast.List, ast.Tuple)):
                return None
            for item in value.elts:
                if not (isinstance(item, ast.Constant) and isinstance(item.value, str)):
                    return None
                found.append(item.value)
        return found

    def _alias(self, binding):
        """Answer ["alias", ...] for a module-level name that stands for an annotation."""
        if binding.kind == "annotated" and dotted(binding.value.annotation).endswith("TypeAlias"):
            return ["alias", storable(self.exprs.annotation(binding.value.value))]
        value = binding.value if binding.kind == "assign" else None
        if isinstance(value, ast.Subscript) and dotted(value.value).rpartition(".")[2] in (
            "Annotated", "Optional", "Union", "Type", "type", "list", "dict", "List", "Dict", "Callable"):  # fmt: skip
            return ["alias", storable(self.exprs.annotation(value))]
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
            return ["alias", storable(self.exprs.annotation(value))]
        return None

    def _functions(self):
        exprs = self.exprs
        returns: dict = {}
        for node in self.get(ast.Return, ()):
            if node.value is not None:
                returns.setdefault(function_of(node), []).append(node.value)
        yields: dict = {}
        for kind in (ast.Yield, ast.YieldFrom):
            for node in self.get(kind, ()):
                yields.setdefault(function_of(node), []).append(node)
        overloads: dict = {}
        logging = {
            function_of(call)
            for call in self.get(ast.Call, ())
            if isinstance(call.func, ast.Attribute) and call.func.attr in logs.LOG_METHODS
            and logs.is_logger_call(call, self.names)
        }  # fmt: skip
        for node in (*self.get(ast.FunctionDef, ()), *self.get(ast.AsyncFunctionDef, ())):
            annotation = exprs.annotation(node.returns)
            made = []
            # of a session the annotation tells the type, and what is returned tells who closes it
            told = annotation is not None and not dotted(node.returns).endswith("Session")
            if not told and not (isinstance(node.returns, ast.Name) and node.returns.id in _SILENT):
                for value in returns.get(node, ())[:MAX_RETURNS]:
                    if not (isinstance(value, ast.Constant) and value.value is not None):
                        made.append(storable(exprs.of(value)))
            given = yields.get(node, ())
            name = qualified_scope(node)
            arguments = node.args
            parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            entry = {"line": node.lineno}
            if isinstance(node, ast.AsyncFunctionDef):
                entry["async"] = True
            if given:
                entry["gen"] = True
                entry["yields"] = [
                    storable(exprs.of(y.value) if isinstance(y, ast.Yield) else _elements(exprs.of(y.value)))
                    for y in given[:4]
                ]
            decorators = [storable(exprs.of(d)) or ["name", _spelled(d)] for d in node.decorator_list]
            if decorators:
                entry["decos"] = decorators
            if any(dotted(d).rpartition(".")[2] == "overload" for d in node.decorator_list):
                overloads.setdefault(name, []).append(storable(annotation))
            elif annotation is None and name in overloads:
                entry["ann"] = ["or", [one for one in overloads[name][:8] if one is not None]]
            if annotation is not None:
                entry["ann"] = storable(annotation)
            if made:
                entry["ret"] = made
            if parameters:
                entry["params"] = [[p.arg, storable(exprs.parameter(p), 60)] for p in parameters]
            if node in logging:
                entry["logs"] = True
            known = self.record["functions"].get(name)
            if known is not None and any(d and d[0] == "attr" and d[2] in ("setter", "deleter") for d in decorators):
                continue
            self.record["functions"][name] = entry

    def _classes(self):
        exprs = self.exprs
        for node in self.get(ast.ClassDef, ()):
            attrs: dict = {}
            scope = self.names.scope(node)
            for name, bindings in scope.names.items():
                parts = [
                    storable(exprs.binding(binding), 300)
                    for binding in bindings[:6] if binding.kind not in ("def", "class")
                ]  # fmt: skip
                parts = [part for part in parts if part is not None]
                if parts:
                    attrs[name] = parts[0] if len(parts) == 1 else ["or", parts]
                elif all(b.kind not in ("def", "class") for b in bindings):
                    attrs[name] = None
            entry = {
                "line": node.lineno,
                "bases": [storable(exprs.of(_plain(base))) for base in node.bases],
                "attrs": attrs,
            }
            given = [
                [place, self._arguments(base)] for place, base in enumerate(node.bases) if _plain(base) is not base
            ]
            if given:
                entry["given"] = given
            if node.decorator_list:
                entry["decos"] = [storable(exprs.of(d)) or ["name", _spelled(d)] for d in node.decorator_list]
            self.record["classes"][qualified_scope(node)] = entry

    def _arguments(self, base):
        """Answer the annotations in the brackets of a base class."""
        parts = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
        return [storable(self.exprs.annotation(part)) for part in parts]

    def _attributes(self):
        """Take `self.x = ...` of all methods into the class, and `other.x = ...` into "outside"."""
        exprs = self.exprs
        for node in self.get(ast.Attribute, ()):
            if not isinstance(node.ctx, ast.Store):
                continue
            method, owner = self._self_of(node)
            value = self._stored(node)
            if owner is not None:
                self._keep(owner, node.attr, storable(value))
            elif value is not None and value[0] not in ("const", "fstr", "bin", "seq", "map"):
                base = storable(exprs.of(node.value), 40)
                value = storable(value)
                if base is not None and value is not None:
                    self.record["outside"].append([base, node.attr, value])
        for call in self.get(ast.Call, ()):
            if isinstance(call.func, ast.Name) and call.func.id == "setattr" and len(call.args) == 3:
                target, name, value = call.args
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    _, owner = self._owner_of(call, target)
                    if owner is not None:
                        self._keep(owner, name.value, storable(exprs.of(value)))

    def _startup(self):
        """Take what start-up code awaits, which then runs before anything is served, and who runs others' coroutines."""

        def nodes(*kinds):
            return [node for kind in kinds for node in self.get(kind, ())]

        for call in startup.awaited(nodes):
            expr = storable(self.exprs.of(call.func), 40)
            if expr is not None:
                self.record["outside"].append([expr, startup.MARK, None])
        for name, needed in ownloops.told(nodes, self.names):
            self.record["outside"].append([["ref", name], ownloops.MARK, needed])

    def _error_handlers(self):
        """Take the errors that the module has an app answer: in another module raising one is then no 500."""
        for error in errorhandlers.registered(self.get(ast.Call, ())):
            expr = storable(self.exprs.of(error), 10)
            if expr is not None and expr[0] == "ref":
                self.record["outside"].append([expr, errorhandlers.MARK, None])

    def _revision(self):
        """Take what an Alembic revision does: of an earlier one it tells what became of its tables."""
        facts = ddl.revision(self.names.scope(self.names.root).names, self.get(ast.FunctionDef, ()))
        if facts is not None:
            self.record["outside"].append([None, ddl.MARK, facts])

    def _keep(self, owner, name, value):
        """Add what one assignment gives an attribute of a class to what others give it."""
        attrs = self.record["classes"][qualified_scope(owner)]["attrs"]
        if value is None:
            attrs.setdefault(name, None)
        elif attrs.get(name) is None:
            attrs[name] = value
        elif attrs[name] != value:
            known = attrs[name]
            parts = known[1] if known[0] == "or" else [known]
            if len(parts) < 8 and value not in parts:
                attrs[name] = ["or", [*parts, value]]

    def _self_of(self, node):
        """Answer (method, class) if the attribute is one of the method's own first parameter."""
        return self._owner_of(node, node.value)

    @staticmethod
    def _owner_of(node, receiver):
        if not isinstance(receiver, ast.Name):
            return None, None
        method = function_of(node)
        while method is not None and not isinstance(method.parent_, ast.ClassDef):
            method = function_of(method)
        if method is None or not isinstance(method, FUNCTIONS):
            return None, None
        first = [*method.args.posonlyargs, *method.args.args][:1]
        if not first or first[0].arg != receiver.id:
            return None, None
        return method, method.parent_

    def _stored(self, node):
        """Answer the expression of what is assigned to an attribute."""
        exprs = self.exprs
        path: list = []
        child, parent = node, node.parent_
        while isinstance(parent, (ast.Tuple, ast.List)):
            path.insert(0, parent.elts.index(child))
            child, parent = parent, parent.parent_
        if isinstance(parent, ast.Assign):
            return exprs._unpacked(exprs.of(parent.value), path)
        if isinstance(parent, ast.AnnAssign):
            return ["ann", exprs.annotation(parent.annotation), exprs.of(parent.value)]
        if isinstance(parent, ast.withitem):
            manager = exprs.of(parent.context_expr)
            kind = "aenter" if isinstance(parent.parent_, ast.AsyncWith) else "enter"
            return manager and exprs._unpacked([kind, manager], path)
        return None

    def _calls(self):
        """Take what each sync function calls: other modules' rules follow it (a helper that blocks)."""
        functions = self.record["functions"]
        lists: dict = {}
        keep_all(
            self.get(ast.Attribute, ()), self.get(ast.Global, ()),
            (*self.get(ast.FunctionDef, ()), *self.get(ast.AsyncFunctionDef, ())),
        )  # fmt: skip

        def note(node, kind, value):
            function = function_of(node)
            if function.__class__ is not ast.FunctionDef:
                return
            expr = storable(self.exprs.of(value), 80)
            if expr is None or (expr[0] == "ref" and expr[1].startswith("builtins.") and expr[1] != "builtins.open"):
                return
            if runs_once(node, function) or never_runs(node):
                return
            entry = lists.get(function)
            if entry is None:
                entry = lists[function] = functions[qualified_scope(function)].setdefault("calls", [])
            if len(entry) < 400:
                guards = guarded_by(node, function)
                if kind == "call" and expr[1] == "time.sleep" and waits_briefly(node, function):
                    kind = "tick"
                entry.append([node.lineno, node.col_offset + 1, kind, expr, *([guards] if guards else [])])

        buffers = not self.names.imports().keys().isdisjoint(name.partition(".")[0] for name in MEMORY)
        free = self.names.builtins - {"open"}
        for node in self.get(ast.Call, ()):
            if node.func.__class__ is ast.Name and node.func.id in free:
                continue
            if not waits_not(node):
                note(node, "buffer" if buffers and self._takes_buffer(node) else "call", node.func)
        for node in self.get(ast.With, ()):
            for item in node.items:
                note(item.context_expr, "enter", item.context_expr)
        for node in self.get(ast.For, ()):
            if isinstance(node.iter, (ast.Name, ast.Attribute, ast.Call)):
                note(node.iter, "iter", node.iter)
        properties = self._properties()
        if properties:
            for node in self.get(ast.Attribute, ()):
                if node.attr in properties and isinstance(node.ctx, ast.Load):
                    note(node, "get", node)
        for kind in COMPREHENSIONS:
            for node in self.get(kind, ()):
                iterable = node.generators[0].iter
                if isinstance(iterable, (ast.Name, ast.Attribute, ast.Call)):
                    note(iterable, "iter", iterable)

    def _takes_buffer(self, call) -> bool:
        """Answer whether a call is given a file in memory: `Image.open(BytesIO(data))`."""
        for given in (*call.args[:1], *(k.value for k in call.keywords if k.arg in ("fileobj", "file", "fp"))):
            if not isinstance(given, (ast.Name, ast.Call)):
                continue
            expr = self.exprs.of(given)
            if expr and expr[0] == "call" and expr[1][0] == "ref" and expr[1][1] in MEMORY:
                return True
        return False

    def _properties(self) -> set:
        """Answer the names of the file's own properties."""
        return {
            node.name for node in self.get(ast.FunctionDef, ())
            if any(dotted(d).rpartition(".")[2] in ("property", "cached_property") for d in node.decorator_list)
        }  # fmt: skip


def _elements(expr):
    return expr and ["elem", expr]


def _plain(base):
    """Answer `Base` for `Base[T]`."""
    return base.value if isinstance(base, ast.Subscript) else base


def _spelled(node) -> str:
    return dotted(node.func if isinstance(node, ast.Call) else node)
