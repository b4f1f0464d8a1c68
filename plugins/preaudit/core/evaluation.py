"""The evaluation of each form of symbolic expression (core/exprs.py); core/types.py knows names, members and calls."""

from __future__ import annotations

from preaudit import knowledge
from preaudit.core.typenames import AWAITABLES, MANAGERS, parse_type

MAX_VALUES = 12
MAX_DEPTH = 70
# What one question may take. Functions that return each other's results can be followed in exponentially many ways.
MAX_STEPS = 20_000
EMPTY: frozenset = frozenset()
_TUPLES = ("builtins.tuple", "typing.Tuple")
_GENERATORS = frozenset({"Generator", "Iterator", "Iterable", "AsyncGenerator", "AsyncIterator", "AsyncIterable"})
_handlers: dict = {}  # form of expression -> its method, None if none knows it


class Evaluation:
    """One method for each form of expression; bounded in unions and depth, and cycles give nothing."""

    def values(self, expr, near: str = "", env=None) -> frozenset:
        """Answer the set of values of an expression of the file `near`; `env` is the receiver `self` stands for."""
        if expr is None:
            return EMPTY
        key = (id(expr), env)
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
            kind = expr[0]
            handler = _handlers.get(kind, EMPTY)
            if handler is EMPTY:
                handler = _handlers[kind] = getattr(Evaluation, f"_do_{kind}", None)
            found = frozenset(handler(self, expr, near, env)) if handler else EMPTY
        finally:
            self._depth -= 1
            self._open.discard(key)
        if len(found) > MAX_VALUES:
            found = EMPTY
        self._cycles.discard(key)
        if not self._depth:
            self._steps = 0
        if not self._cycles or not self._depth:
            # an answer made while a cycle was open is incomplete, and must not be kept
            self._cycles.clear()
            self._memo[key] = found
            self._kept[id(expr)] = expr
        return found

    def _do_ref(self, expr, near, env):
        return self.resolve(expr[1], near)

    def _do_own(self, expr, near, env):
        summary = self.project.summary(near)
        return self.resolve(f"{summary['module']}.{expr[1]}", near)

    def _do_attr(self, expr, near, env):
        found: set = set()
        for value in self.values(expr[1], near, env):
            found |= self.attribute(value, expr[2], near)
        return found

    def _do_call(self, expr, near, env):
        found: set = set()
        for value in self.values(expr[1], near, env):
            found |= self.call(value, expr, near, env)
        return found

    def _do_or(self, expr, near, env):
        found: set = set()
        for part in expr[1]:
            found |= self.values(part, near, env)
        return found

    def _do_ann(self, expr, near, env):
        annotated = self.values(expr[1], near, env)
        known = [v for v in annotated if v != ("v", None)]
        return annotated if known else self.values(expr[2], near, env) | annotated

    def _do_inst(self, expr, near, env):
        if env is not None and env[0] == "i" and expr[1] is not None and expr[1][0] == "ref":
            given = self.type_argument(env, expr[1][1], near)
            if given:
                return given
        found: set = set()
        for value in self.values(expr[1], near, env):
            if value[0] == "c" or value[0] == "x":
                args = tuple(self.values(arg, near, env) for arg in expr[2]) if len(expr) > 2 else ()
                found.add(("i", value[1], args))
            elif value[0] == "alias":
                found |= self.values(self._kept[value[1]], value[2], env)
            elif value == ("v", None):
                found.add(value)
        return found

    def _do_alias(self, expr, near, env):
        if expr[1] is None:
            return ()
        self._kept[id(expr[1])] = expr[1]
        return (("alias", id(expr[1]), near),)

    def _do_self(self, expr, near, env):
        if env is not None and env[0] == "i" and (env[1] == expr[1] or expr[1] in self.mro(env[1], near)):
            return (env,)
        self._home(expr[1], near)
        return (("i", expr[1], ()),)

    def _do_cls(self, expr, near, env):
        if env is not None and env[0] == "c" and (env[1] == expr[1] or expr[1] in self.mro(env[1], near)):
            return (env,)
        self._home(expr[1], near)
        return (("c", expr[1]),)

    def _do_super(self, expr, near, env):
        self._home(expr[1], near)
        return (("super", expr[1], env),)

    def _do_dep(self, expr, near, env):
        found: set = set()
        for value in self.values(expr[1], near, env):
            if value[0] == "c":
                found.add(("i", value[1], ()))
                continue
            for given in self.call(value, None, near, env):
                found |= self._injected(given)
        return found

    def _injected(self, value):
        if value[0] == "i" and value[1] in AWAITABLES and value[2]:
            return {inner for part in value[2][:1] for inner in part}
        if value[0] == "i" and value[1].rpartition(".")[2] in _GENERATORS and value[2]:
            return set(value[2][0])
        if value[0] == "i" and value[1] in MANAGERS and value[2]:
            return set(value[2][0])
        return {value}

    def _do_await(self, expr, near, env):
        found: set = set()
        for value in self.values(expr[1], near, env):
            if value[0] != "i":
                continue
            if value[1] in AWAITABLES:
                found |= set(value[2][-1] if value[2] else ())
            else:
                awaited = self.entry(value, "await", near)
                if awaited:
                    found |= parse_type(awaited, value)
        return found

    def _do_elem(self, expr, near, env):
        return self.elements(expr[1], near, env)

    def _do_aelem(self, expr, near, env):
        return self.elements(expr[1], near, env, "aiter", "__aiter__")

    def elements(self, expr, near: str, env, section: str = "iter", method: str = "__iter__") -> set:
        """Answer the values that iterating an expression gives."""
        found: set = set()
        for value in self.values(expr, near, env):
            if value[0] == "tup":
                for part in value[1]:
                    found |= part
            elif value[0] == "i" and value[1] in _TUPLES:
                found |= {inner for part in value[2] for inner in part}
            elif value[0] == "i" and value[2] and not self._is_project_class(value[1], near):
                found |= set(value[2][0])
            elif value[0] == "i":
                text = self.entry(value, section, near) or (
                    self.entry(value, "iter", near) if section == "aiter" else ""
                )
                if text:
                    found |= parse_type(text, value)
                else:
                    for iterator in self._call_method(value, method, near):
                        if iterator[0] == "i" and iterator[2]:
                            found |= set(iterator[2][0])
        return found

    def _do_enter(self, expr, near, env):
        return self.entered(expr[1], near, env)

    def _do_aenter(self, expr, near, env):
        return self.entered(expr[1], near, env, "aenter", "__aenter__")

    def entered(self, expr, near: str, env, section: str = "enter", method: str = "__enter__") -> set:
        """Answer the values that `with expr as x` gives x."""
        found: set = set()
        for value in self.values(expr, near, env):
            if value[0] != "i":
                continue
            if value[1] in MANAGERS:
                found |= set(value[2][0]) if value[2] else set()
                continue
            if value[1] in AWAITABLES and section == "aenter":
                # aiohttp's session.get() and the like may be awaited or entered, and give the same thing
                found |= set(value[2][-1] if value[2] else ())
                continue
            if self._is_project_class(value[1], near):
                given = self._call_method(value, method, near)
                for inner in given:
                    found |= self._injected(inner) if inner[0] == "i" and inner[1] in AWAITABLES else {inner}
                if given:
                    continue
            text = self.entry(value, section, near)
            if text:
                found |= parse_type(text, value)
            elif knowledge.is_class(self._knowledge_base(value[1], near)):
                found.add(value)
        return found

    def _do_item(self, expr, near, env):
        found: set = set()
        if expr[2] and expr[2][0] == "slice":
            return self.values(expr[1], near, env)
        for value in self.values(expr[1], near, env):
            if value[0] == "tup":
                key = expr[2][1] if expr[2] and expr[2][0] == "const" else None
                if isinstance(key, int) and -len(value[1]) <= key < len(value[1]):
                    found |= value[1][key]
            elif value[0] == "i" and value[1] in _TUPLES and len(value[2]) > 1:
                key = expr[2][1] if expr[2] and expr[2][0] == "const" else None
                known = isinstance(key, int) and -len(value[2]) <= key < len(value[2])
                found |= value[2][key] if known else EMPTY
            elif value[0] == "i" and value[2] and not self._is_project_class(value[1], near):
                found |= set(
                    value[2][-1] if value[1].rpartition(".")[2].lower().endswith(("dict", "mapping")) else value[2][0]
                )
            elif value[0] == "i":
                text = self.entry(value, "item", near)
                found |= parse_type(text, value) if text else self._call_method(value, "__getitem__", near)
            elif value[0] == "c":
                found.add(value)
        return found

    def _do_unpack(self, expr, near, env):
        values = self.values(expr[1], near, env)
        for index in expr[2]:
            found: set = set()
            for value in values:
                if index == "*":
                    continue
                if value[0] == "tup":
                    found |= value[1][index] if -len(value[1]) <= index < len(value[1]) else EMPTY
                elif value[0] == "i" and value[1] in _TUPLES and len(value[2]) > 1:
                    found |= value[2][index] if index < len(value[2]) else EMPTY
                elif value[0] == "i" and value[2]:
                    found |= value[2][0]
            values = frozenset(found)
        return values

    def _do_const(self, expr, near, env):
        return (("v", expr[1]),) if expr[1] is None or len(str(expr[1])) < 200 else (("i", "builtins.str", ()),)

    def _do_seq(self, expr, near, env):
        parts = [self.values(item, near, env) for item in expr[2]]
        if expr[1] == "tuple":
            return (("tup", tuple(parts)),)
        merged = frozenset(v for part in parts for v in part)
        return (("i", f"builtins.{expr[1]}", (merged if len(merged) <= MAX_VALUES else EMPTY,)),)

    def _do_map(self, expr, near, env):
        keys = frozenset(v for k, _ in expr[1][:8] for v in self.values(k, near, env))
        values = frozenset(v for _, item in expr[1] for v in self.values(item, near, env))
        keys, values = (part if len(part) <= MAX_VALUES else EMPTY for part in (keys, values))
        return (("i", "builtins.dict", (keys, values)),)

    def _do_lambda(self, expr, near, env):
        self._kept[id(expr)] = expr
        return (("lambda", id(expr), near, env),)

    def _do_fstr(self, expr, near, env):
        return (("i", "builtins.str", ()),)

    def _do_bin(self, expr, near, env):
        left = self.values(expr[2], near, env)
        if expr[1] in "+%*" and any(
            v[:2] == ("i", "builtins.str") or (v[0] == "v" and isinstance(v[1], str)) for v in left
        ):
            return (("i", "builtins.str", ()),)
        # pathlib's `/` and the like give the left side's own type
        return {v for v in left if v[0] == "i" and (expr[1] == "/" and "pathlib." in v[1])}

    def _do_param(self, expr, near, env):
        annotated = self.values(expr[3], near, env)
        known = [v for v in annotated if v != ("v", None)]
        return annotated if known else self.values(expr[4], near, env) | annotated
