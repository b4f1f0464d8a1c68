"""What an expression can be: symbolic expressions evaluated over the project and the knowledge tables.

A value is a tuple:

    ("i", class, args)     an instance; class is a dotted name, args a tuple of sets of values
    ("c", class)           the class itself
    ("f", function)        a function of the project, "module.qualified.name"
    ("k", function)        a function of a knowledge table
    ("m", receiver, owner, name)    a method bound to a receiver value; owner is the class that has it
    ("mod", dotted) ("x", dotted)   a module of the project; a name of a library that no table knows
    ("v", constant) ("lambda", id) ("alias", id) ("super", class, receiver) ("partial", value)

An empty set means unknown. Everything is bounded: unions, depth, and cycles (which give nothing).
"""

from __future__ import annotations

from preaudit import knowledge
from preaudit.core.evaluation import EMPTY, MAX_DEPTH, MAX_STEPS, MAX_VALUES, Evaluation
from preaudit.core.names import BUILTINS
from preaudit.core.typeargs import argument, handed_through
from preaudit.core.typecalls import special
from preaudit.core.typenames import AWAITABLE, MEMORY, instance, parse_type

_PROPERTIES = frozenset({
    "builtins.property", "functools.cached_property", "django.utils.functional.cached_property", "abc.abstractproperty",
    "werkzeug.utils.cached_property", "sqlalchemy.ext.hybrid.hybrid_property", "cached_property.cached_property",
    "property", "cached_property", "pydantic.computed_field",
})  # fmt: skip
_TASKS = ("celery.shared_task", "celery.Celery.task", "celery.app.shared_task", "shared_task")


class Types(Evaluation):
    """Evaluates symbolic expressions over one project.

    A file's check takes one of its own: what the file depended on is recorded as it is asked, and an
    answer remembered from another file would hide a dependency.
    """

    def __init__(self, project):
        """`project` finds modules and gives their summaries."""
        self.project = project
        self._memo: dict = {}
        self._open: set = set()
        self._cycles: set = set()
        self._kept: dict = {}
        self._homes: dict = {}
        self._decorators: dict = {}
        self._mro: dict = {}
        self._generic: dict = {}
        self._depth = self._steps = 0

    # names

    def resolve(self, dotted: str, near: str = "") -> frozenset:
        """Answer the values of a global dotted name, seen from the file `near`."""
        key = (dotted, near.rpartition("/")[0])
        found = self._memo.get(key)
        if found is not None:
            return found
        if key in self._open or self._depth > MAX_DEPTH or self._steps > MAX_STEPS:
            self._cycles.add(key)
            return EMPTY
        self._open.add(key)
        self._depth += 1
        self._steps += 1
        try:
            found = frozenset(self._resolve(dotted, near))
        finally:
            self._depth -= 1
            self._open.discard(key)
        if len(found) > MAX_VALUES:
            found = EMPTY
        self._cycles.discard(key)
        if not self._depth:
            self._steps = 0
        if not self._cycles or not self._depth:
            self._cycles.clear()
            self._memo[key] = found
        return found

    def _resolve(self, dotted, near):
        top, _, rest = dotted.partition(".")
        if top == "builtins" and rest in BUILTINS and not knowledge.function(dotted) and not knowledge.is_class(dotted):
            return (("c", dotted),) if rest[:1].isupper() or rest in _BUILTIN_CLASSES else (("x", dotted),)
        if top == "__file__":
            path, rest = near, rest.split(".") if rest else []
        else:
            found = self.project.find(dotted, near)
            if found is None:
                return self._external(dotted, near)
            path, rest = found
        if not rest:
            return (("mod", dotted),)
        values = self._symbol(path, rest)
        if (
            not values
            and top != "__file__"
            and knowledge.table(top) is not None
            and path.rpartition("/")[2] != "__init__.py"
        ):
            return EMPTY
        return values

    def _symbol(self, path, rest):
        summary = self.project.summary(path)
        module = summary["module"]
        name = rest[0]
        for count in range(len(rest), 0, -1):
            qualified = ".".join(rest[:count])
            if qualified in summary["functions"] and (count > 1 or name not in summary["names"]):
                values = self._function(f"{module}.{qualified}", path, qualified)
                return self._attributes(values, rest[count:], path)
            if qualified in summary["classes"] and (count > 1 or name not in summary["names"]):
                self._homes[f"{module}.{qualified}"] = (path, qualified)
                return self._attributes({("c", f"{module}.{qualified}")}, rest[count:], path)
        values: set = set()
        if name in summary["names"]:
            expr = summary["names"][name]
            if expr is not None and expr[0] == "or":
                for part in expr[1]:
                    values |= self._own_or(part, path)
            else:
                values |= self._own_or(expr, path)
        known = {v for v in values if v != ("v", None)}
        if not known:
            for home, base, value in self.project.outside(name):
                if ("mod", module) in self.values(base, home):
                    values |= self.values(value, home)
        if name not in summary["names"]:
            for star in summary["stars"]:
                values |= self.resolve(f"{star}.{name}", path)
        return self._attributes(values, rest[1:], path)

    def _own_or(self, expr, path):
        if expr is not None and expr[0] == "own":
            summary = self.project.summary(path)
            full = f"{summary['module']}.{expr[1]}"
            if expr[1] in summary["classes"]:
                self._homes[full] = (path, expr[1])
                return {("c", full)}
            return set(self._function(full, path, expr[1])) if expr[1] in summary["functions"] else set()
        return set(self.values(expr, path))

    def _attributes(self, values, names, near):
        for name in names:
            found: set = set()
            for value in values:
                found |= self.attribute(value, name, near)
            values = found
        return set(values)

    def _function(self, full, path, qualified):
        self._homes[full] = (path, qualified)
        for name in self.decorators(full):
            if name.endswith(_TASKS) or name in _TASKS:
                return {("i", knowledge.canonical("celery.Task"), (frozenset({("f", full)}),))}
        return {("f", full)}

    def _external(self, dotted, near):
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            name = knowledge.canonical(".".join(parts[:count]))
            if knowledge.is_class(name):
                return self._attributes({("c", name)}, parts[count:], near)
            if knowledge.function(name) is not None:
                return {("k", name)} if count == len(parts) else set()
            text = knowledge.value(name)
            if text:
                return self._attributes(parse_type(text, None), parts[count:], near)
        for count in range(len(parts) - 1, 0, -1):
            # a class that no table knows: its attributes are unknown, its class methods too
            if parts[count - 1][:1].isupper() and not parts[count - 1].isupper():
                return set()
        return {("x", dotted)}

    # members

    def _home(self, class_name, near):
        home = self._homes.get(class_name)
        if home is None:
            if class_name.startswith("__file__."):
                home = (near, class_name.partition(".")[2])
            else:
                found = self.project.find(class_name, near)
                home = (found[0], ".".join(found[1])) if found is not None and found[1] else ("", "")
            if home[0] and home[1] not in self.project.summary(home[0])["classes"]:
                if home[1] not in self.project.summary(home[0])["functions"]:
                    home = ("", "")
            self._homes[class_name] = home
        return home

    def _is_project_class(self, class_name, near):
        return bool(self._home(class_name, near)[0])

    def class_record(self, class_name: str, near: str = ""):
        """Answer (path, qualified name, record) of a project class, None if it is not the project's."""
        path, qualified = self._home(class_name, near)
        record = self.project.summary(path)["classes"].get(qualified) if path else None
        return (path, qualified, record) if record is not None else None

    def function_record(self, full: str, near: str = ""):
        """Answer (path, qualified name, record) of a project function or method, None if it is not the project's."""
        path, qualified = self._home(full, near)
        record = self.project.summary(path)["functions"].get(qualified) if path else None
        return (path, qualified, record) if record is not None else None

    def mro(self, class_name: str, near: str = "") -> list:
        """Answer a class and its bases as far as known, nearest first: project classes, then those of the tables."""
        found = self._mro.get(class_name)
        if found is None:
            self._mro[class_name] = [class_name]
            found, queue = [], [class_name]
            while queue and len(found) < 40:
                name = queue.pop(0)
                if name in found:
                    continue
                found.append(name)
                record = self.class_record(name, near)
                if record is None:
                    queue.extend(base for base in knowledge.ancestors(knowledge.canonical(name))[1:])
                else:
                    for base in record[2]["bases"]:
                        queue.extend(v[1] for v in sorted(self.values(base, record[0]), key=repr) if v[0] in "cx")
            self._mro[class_name] = found
        return found

    def type_argument(self, receiver, variable: str, near: str) -> frozenset:
        """Answer what a type variable stands for in an instance, empty if it is none of its class or unknown."""
        generic = self._generic.get(receiver[1])
        if generic is None:
            records = (self.class_record(name, near) for name in self.mro(receiver[1], near))
            generic = self._generic[receiver[1]] = any(one is not None and "given" in one[2] for one in records)
        return argument(self, receiver, variable, near) if generic else EMPTY

    def _knowledge_base(self, class_name, near):
        return next((n for n in self.mro(class_name, near) if knowledge.is_class(n)), class_name)

    def entry(self, value, section: str, near: str = "") -> str:
        """Answer what the tables say in this section of an instance's class or its nearest base, '' if nothing."""
        for name in self.mro(value[1], near):
            text = knowledge.class_entry(name).get(section)
            if text:
                return text
        return ""

    def attribute(self, value, name: str, near: str = "") -> set:
        """Answer the values of an attribute of a value."""
        kind = value[0]
        if kind in ("mod", "x"):
            return set(self.resolve(f"{value[1]}.{name}", near))
        if kind in ("i", "c"):
            return self._member(value, self.mro(value[1], near), name, near)
        if kind == "super":
            receiver = value[2] or ("i", value[1], ())
            return self._member(receiver, self.mro(value[1], near)[1:], name, near)
        if (
            kind == "f"
            and name in ("delay", "enqueue")
            and any(d.startswith("rq.") for d in self.decorators(value[1], near))
        ):
            # rq.decorators.job gives the function a method that enqueues it
            return {("m", ("i", "rq.Queue", ()), "rq.Queue", "enqueue")}
        if kind == "tup":
            return self._member(("i", "builtins.tuple", ()), ["builtins.tuple"], name, near)
        if kind == "v" and isinstance(value[1], str):
            return self._member(("i", "builtins.str", ()), ["builtins.str"], name, near)
        return set()

    def _member(self, receiver, classes, name, near):
        for owner in classes:
            record = self.class_record(owner, near)
            if record is None:
                found = knowledge.member(owner, name)
                if found is not None:
                    return self._known_member(receiver, found, name)
                continue
            path, qualified, entry = record
            method = f"{qualified}.{name}"
            summary = self.project.summary(path)
            if method in summary["functions"]:
                full = f"{owner}.{name}"
                self._homes.setdefault(full, (path, method))
                bound = ("m", receiver, owner, name)
                if any(d in _PROPERTIES for d in self.decorators(full, near)) and receiver[0] == "i":
                    return self.call(bound, None, path, receiver)
                return {bound}
            if method in summary["classes"]:
                self._homes.setdefault(f"{owner}.{name}", (path, method))
                return {("c", f"{owner}.{name}")}
            if name in entry["attrs"]:
                found = (
                    set(self.values(entry["attrs"][name], path, receiver))
                    if entry["attrs"][name] is not None
                    else set()
                )
                if any(v != ("v", None) for v in found):
                    return found
        return self._set_outside(receiver, name, near)

    def _set_outside(self, receiver, name, near):
        found: set = set()
        for path, base, value in self.project.outside(name):
            for target in self.values(base, path):
                if target[0] in ("c", receiver[0]) and (
                    target[1] == receiver[1] or target[1] in self.mro(receiver[1], near)
                ):
                    found |= self.values(value, path)
        return found

    @staticmethod
    def _known_member(receiver, found, name):
        kind, spec, owner = found
        if kind == "method":
            return {("m", receiver, owner, name)}
        return set(parse_type(spec.returns, receiver)) if spec.returns else set()

    # calls

    def decorators(self, full: str, near: str = "") -> tuple:
        """Answer the dotted names of a project function's decorators (as spelled where unknown)."""
        found = self._decorators.get(full)
        if found is None:
            self._decorators[full] = ()
            record = self.function_record(full, near)
            names: list = []
            for expr in record[2].get("decos", ()) if record else ():
                target = expr[1] if expr[0] == "call" else expr
                names.extend(self.callee_names(target, record[0]) or [_spelled(target)])
            found = self._decorators[full] = tuple(names)
        return found

    def is_property(self, full: str, near: str = "") -> bool:
        """Answer whether a project method is a property (cached ones too)."""
        return any(name in _PROPERTIES for name in self.decorators(full, near))

    def callee_names(self, expr, near: str = "", env=None) -> list:
        """Answer the dotted names of what an expression denotes when called, sorted; [] if unknown."""
        return sorted({name for value in self.values(expr, near, env) if (name := self.value_name(value))})

    @staticmethod
    def value_name(value) -> str:
        """Answer the dotted name of a callable value: function, class, or `Class.method`; '' for others."""
        kind = value[0]
        if kind in ("f", "k", "c", "x", "mod"):
            return value[1]
        if kind == "m":
            return f"{value[2]}.{value[3]}"
        if kind == "i":
            return f"{value[1]}.__call__"
        return ""

    def call(self, value, expr, near: str = "", env=None) -> set:
        """Answer the values that calling a value gives; `expr` is the ["call", ...] expression or None."""
        kind = value[0]
        if kind == "c":
            return self._construct(value, expr, near, env)
        if kind == "f":
            return self._call_project(value[1], None, near, expr, env)
        if kind == "k":
            found = special(self, value[1], expr, near, env)
            return found or self._of_spec(knowledge.function(value[1]), None, expr, near, env)
        if kind == "m":
            return self._call_bound(value, expr, near, env)
        if kind == "x":
            found = special(self, value[1], expr, near, env)
            return found or ({("i", value[1], ())} if value[1].rpartition(".")[2][:1].isupper() else set())
        if kind == "lambda":
            kept = self._kept[value[1]]
            return set(self.values(kept[1], value[2], value[3]))
        if kind == "partial":
            return self.call(value[1], None, near, env)
        if kind == "i":
            return self._call_instance(value, expr, near, env)
        return set()

    def _construct(self, value, expr, near, env):
        found = special(self, value[1], expr, near, env)
        if found:
            return found
        args: tuple = ()
        if expr is not None and isinstance(expr[3], dict):
            # sessionmaker(class_=AsyncSession) and the like: what the maker makes is its argument
            made = expr[3].get("class_")
            if made is not None:
                classes = frozenset(("i", v[1], ()) for v in self.values(made, near, env) if v[0] == "c")
                if classes:
                    args = (classes,)
        if not args and expr is not None and knowledge.class_entry(value[1]).get("init") == "file":
            # `ZipFile(BytesIO())` remembers that it works in memory
            first = expr[2][0] if expr[2] else expr[3].get("fileobj") if isinstance(expr[3], dict) else None
            buffers = frozenset(v for v in self.values(first, near, env) if v[0] == "i" and v[1] in MEMORY)
            args = (buffers,) if buffers else ()
        return {("i", value[1], args)}

    def _call_instance(self, value, expr, near, env):
        if value[1] == knowledge.canonical("celery.Task") and value[2]:
            return {v for f in value[2][0] for v in self.call(f, expr, near, env)}
        if value[1] in ("typing.Callable", "collections.abc.Callable") and len(value[2]) == 2:
            return set(value[2][1])
        if self._is_project_class(value[1], near):
            return set(self._call_method(value, "__call__", near))
        text = self.entry(value, "call", near)
        if not text:
            return set()
        if value[2] and value[2][0]:
            return set(value[2][0])
        return self._of_spec(knowledge.parse_spec(text), value, expr, near, env)

    def _call_method(self, value, name, near):
        found: set = set()
        for member in self.attribute(value, name, near):
            found |= self.call(member, None, near, value)
        return found

    def _call_bound(self, value, expr, near, env):
        _, receiver, owner, name = value
        if self._is_project_class(owner, near):
            return self._call_project(f"{owner}.{name}", receiver, near, expr, env)
        found = special(self, f"{owner}.{name}", expr, near, env)
        if found:
            return found
        found = knowledge.member(owner, name)
        if found is None:
            return set()
        target = ("i", receiver[1], receiver[2] if receiver[0] == "i" else ()) if receiver[0] in "ic" else receiver
        return self._of_spec(found[1], target, expr, near, env)

    def _of_spec(self, spec, receiver, expr, near, env):
        if spec is None:
            return set()
        found: set = set()
        if spec.returns.startswith("@0"):
            arg = expr[2][0] if expr is not None and expr[2] else None
            found = {("i", v[1], ()) for v in self.values(arg, near, env) if v[0] in "cx"}
        elif "@0" in spec.returns:
            # `Query[@0]`: the argument's class is the element of what the call gives
            arg = expr[2][0] if expr is not None and expr[2] else None
            given = frozenset(("i", v[1], ()) for v in self.values(arg, near, env) if v[0] in "cx")
            found = parse_type(spec.returns.replace("@0", "elem"), ("i", "", (given,)))
        elif spec.returns == "elem":
            found = set(receiver[2][0]) if receiver is not None and receiver[0] == "i" and receiver[2] else set()
        elif spec.returns:
            found = parse_type(spec.returns, receiver)
        return {("i", AWAITABLE, (frozenset(found),))} if spec.is_async else set(found)

    def _call_project(self, full, receiver, near, call=None, env=None):
        record = self.function_record(full, near)
        if record is None:
            return set()
        path, _, entry = record
        decorators = self.decorators(full, near)
        if entry.get("gen"):
            given = self._yielded(entry, path, receiver)
            names = {name.rpartition(".")[2] for name in decorators}
            if "contextmanager" in names or "asynccontextmanager" in names:
                return {("i", instance("async" if "asynccontextmanager" in names else ""), (frozenset(given),))}
            kind = "collections.abc.AsyncGenerator" if entry.get("async") else "collections.abc.Generator"
            return {("i", kind, (frozenset(given),))}
        found = set(self.values(entry.get("ann"), path, receiver))
        if not any(v != ("v", None) for v in found):
            for expr in entry.get("ret", ()):
                found |= self.values(expr, path, receiver)
            if call is not None and not any(v != ("v", None) for v in found):
                kinds = {name.rpartition(".")[2] for name in decorators}
                bound = receiver is not None and (receiver[0] == "i" or "classmethod" in kinds)
                bound = bound and "staticmethod" not in kinds
                found |= handed_through(self, entry, full, path, call, near, env, bound)
        if len(found) > MAX_VALUES:
            found = set()
        return {("i", AWAITABLE, (frozenset(found),))} if entry.get("async") else found

    def _yielded(self, entry, path, receiver):
        found: set = set()
        for value in self.values(entry.get("ann"), path, receiver):
            if value[0] == "i" and value[2]:
                found |= set(value[2][0])
        if not any(v != ("v", None) for v in found):
            for expr in entry.get("yields", ()):
                found |= self.values(expr, path, receiver)
        return found if len(found) <= MAX_VALUES else set()


_BUILTIN_CLASSES = frozenset({
    "str", "int", "float", "bool", "bytes", "bytearray", "list", "dict", "set", "frozenset", "tuple", "object", "type",
    "complex", "memoryview", "range", "property", "staticmethod", "classmethod",
})  # fmt: skip


def _spelled(expr) -> str:
    if not expr:
        return ""
    if expr[0] in ("ref", "name"):
        return expr[1]
    return f"{_spelled(expr[1])}.{expr[2]}" if expr[0] == "attr" else ""
