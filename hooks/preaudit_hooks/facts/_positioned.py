"""Values as they are written, with places: what a finding about one entry of a setting needs.

A positioned value is a list that JSON can hold:

    ["map", place, [[key expr, key place, value], ...], [spread value, ...]]
    ["seq", place, [value, ...], [spread value, ...]]
    ["call", place, function expr, [value, ...], {keyword: value}, starred]
    ["cat", place, [value, ...]]        parts joined: lists added, dictionaries merged with `|`
    ["expr", place, expr]               anything else; expr None if nothing is known of it

Names of functions are replaced by what they were assigned; names of modules stay ["ref", dotted].
A comprehension over literal strings is written out.
"""

from __future__ import annotations

import ast

from preaudit.core.exprs import storable
from preaudit.core.masking import kept
from preaudit.core.tree import dotted

MAX_ITEMS = 400
MAX_DEPTH = 12
_MADE = frozenset({"Queue", "Exchange", "binding", "Broadcast", "crontab", "schedule", "solar", "timedelta", "QoS"})


class Positioned:
    """Makes positioned values of one file."""

    def __init__(self, ctx):
        """`ctx` is the file's context; only what the file itself holds is asked."""
        self.ctx = ctx
        self.made = 0

    def of(self, node, env=None, depth: int = 0):
        """Answer the positioned value of an ast expression; `env` maps names of a written-out comprehension."""
        self.made += 1
        place = list(self.ctx.place(node))
        if depth > MAX_DEPTH or self.made > 20_000:
            return ["expr", place, None]
        make = getattr(self, f"_{node.__class__.__name__.lower()}", None)
        found = make(node, place, env or {}, depth + 1) if make is not None else None
        return found if found is not None else ["expr", place, self.expr(node, env)]

    def expr(self, node, env=None):
        """Answer the storable symbolic expression of a node, names of `env` replaced by their constants."""
        if env:
            if isinstance(node, ast.Name) and node.id in env:
                return ["const", env[node.id]]
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
                return ["fstr", [self.expr(part, env) for part in parts]]
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                return ["bin", "+", self.expr(node.left, env), self.expr(node.right, env)]
            if any(isinstance(part, ast.Name) and part.id in env for part in ast.walk(node)):
                return None
        return storable(self.ctx.exprs.of(node), 200)

    def _dict(self, node, place, env, depth):
        pairs, spreads = [], []
        for key, value in zip(node.keys[:MAX_ITEMS], node.values):
            if key is None:
                spreads.append(self.of(value, env, depth))
            else:
                pairs.append([self.expr(key, env), list(self.ctx.place(key)), self.of(value, env, depth)])
        return ["map", place, pairs, spreads]

    def _list(self, node, place, env, depth):
        items, spreads = [], []
        for item in node.elts[:MAX_ITEMS]:
            if isinstance(item, ast.Starred):
                spreads.append(self.of(item.value, env, depth))
            else:
                items.append(self.of(item, env, depth))
        return ["seq", place, items, spreads]

    _tuple = _set = _list

    def _call(self, node, place, env, depth):
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        if name == "dict" and not node.args:
            pairs = [[["const", k.arg], place, self.of(k.value, env, depth)] for k in node.keywords if k.arg]
            return ["map", place, pairs, [self.of(k.value, env, depth) for k in node.keywords if not k.arg]]
        if name in ("list", "tuple", "set", "frozenset") and len(node.args) == 1 and not node.keywords:
            return self.of(node.args[0], env, depth)
        if last in _MADE or last == "from_dict":
            return self.call(node, place, env, depth)
        return None

    def call(self, node, place=None, env=None, depth: int = 0):
        """Answer the positioned value of a call, whatever it calls."""
        starred = any(isinstance(arg, ast.Starred) for arg in node.args) or any(k.arg is None for k in node.keywords)
        args = [self.of(arg, env, depth) for arg in node.args if not isinstance(arg, ast.Starred)]
        keywords = {k.arg: self.of(k.value, env, depth) for k in node.keywords if k.arg}
        for keyword in node.keywords:
            if keyword.arg is None and isinstance(keyword.value, ast.Dict):
                literal = self.of(keyword.value, env, depth)
                if not literal[3] and all(key and key[0] == "const" for key, _, _ in literal[2]):
                    keywords.update({key[1]: value for key, _, value in literal[2] if isinstance(key[1], str)})
                    starred = any(isinstance(arg, ast.Starred) for arg in node.args) or sum(
                        k.arg is None for k in node.keywords) > 1  # fmt: skip
        function = self.expr(node.func) or ["name", dotted(node.func)]
        return ["call", place or list(self.ctx.place(node)), function, args, keywords, starred]

    def _binop(self, node, place, env, depth):
        if isinstance(node.op, (ast.Add, ast.BitOr)) and not isinstance(node.left, (ast.Constant, ast.JoinedStr)):
            parts = [self.of(node.left, env, depth), self.of(node.right, env, depth)]
            if any(part[0] != "expr" for part in parts):
                return ["cat", place, parts]
        return None

    def _name(self, node, place, env, depth):
        if node.id in env:
            return ["expr", place, ["const", env[node.id]]]
        scope, bindings = self.ctx.names.lookup(node, node.id)
        if scope is None or scope.outer is None or len(bindings) != 1 or bindings[0].kind != "assign":
            return None
        value = bindings[0].value
        if isinstance(value, (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Call, ast.ListComp, ast.DictComp)):
            return self.of(value, None, depth)
        return None

    def _listcomp(self, node, place, env, depth):
        strings = self._strings(node)
        if strings is None:
            return None
        return ["seq", place, [self.of(node.elt, {**env, **each}, depth) for each in strings], []]

    _generatorexp = _setcomp = _listcomp

    def _dictcomp(self, node, place, env, depth):
        strings = self._strings(node)
        if strings is None:
            return None
        pairs = []
        for each in strings:
            inner = {**env, **each}
            pairs.append(
                [self.expr(node.key, inner), list(self.ctx.place(node.key)), self.of(node.value, inner, depth)]
            )
        return ["map", place, pairs, []]

    def _strings(self, node):
        """Answer the [{name: string}] that a comprehension runs over, None if they are not written in this file."""
        if len(node.generators) != 1 or node.generators[0].ifs or not isinstance(node.generators[0].target, ast.Name):
            return None
        iterable = node.generators[0].iter
        if isinstance(iterable, ast.Name):
            _, bindings = self.ctx.names.lookup(iterable, iterable.id)
            if not bindings or len(bindings) != 1 or bindings[0].kind != "assign":
                return None
            iterable = bindings[0].value
        if not isinstance(iterable, (ast.List, ast.Tuple, ast.Set)) or len(iterable.elts) > 64:
            return None
        if not all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in iterable.elts):
            return None
        return [{node.generators[0].target.id: kept(item)} for item in iterable.elts]
