"""The environment: which variables code and scripts read, with what default and cast, and which files set them.

One model for the rules that ask (AUD903, AUD904): facts/environment_model.py, `of(project)`. Python: os.environ
and os.getenv, settings classes of pydantic with prefix and aliases, decouple, environs and django-environ,
starlette's Config, click and typer `envvar=`. A variable's value is never kept, only its shape
(documents/secrets.py).
"""

from __future__ import annotations

import ast
import re
from collections import namedtuple

from preaudit.core import tree
from preaudit.core.masking import kept
from preaudit.core.patterns import lazy

KIND = "environment"
_WORDS = (
    "environ", "getenv", "Settings", "decouple", "environs", "starlette.config", "envvar", "dotenv", "_ENV", "Config",
)  # fmt: skip
DOCUMENTS = ("shell", "app-spec", "workflow", "dockerfile", "systemd")

Read = namedtuple("Read", "name path place how required default cast scope")
Read.__doc__ = """One place that reads a variable.

`how`: environ, getenv, settings, decouple, environs, starlette, click, shell, compose. `required`: without the
variable it fails. `default`: a default is given; LOCAL if it is the host itself. `cast`: the type it is turned into, ''.
"""

Provider = namedtuple("Provider", "name path place kind shape owner")
Provider.__doc__ = """One place that sets a variable.

`kind`: dotenv, example, compose, app-spec, workflow, dockerfile, shell, systemd, python. `owner`: the service
or component that gets it, '' for all.
"""

HOSTS = ("localhost", "127.0.0.1", "::1")
LOCAL = "local"
_ENV_CLASSES = {
    "environs.Env": "environs", "environs.FileAwareEnv": "environs", "environ.Env": "environs",
    "environ.FileAwareEnv": "environs", "starlette.config.Config": "starlette", "decouple.Config": "decouple",
    "decouple.AutoConfig": "decouple",
}  # fmt: skip
_SETTINGS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.env_settings.BaseSettings",
             "pydantic.v1.BaseSettings", "pydantic_settings.main.BaseSettings")  # fmt: skip
_MENTION = lazy(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]*\b|(?<=[\"'])[A-Z][A-Z0-9]{2,}(?=[\"'])")


def collect(ctx):
    """Answer what a Python file does: {"reads", "sets", "classes", "dynamic", "mentions"}, None if nothing."""
    finder = _Finder(ctx)
    if any(word in ctx.text for word in _WORDS):
        finder.run()
    fact = {
        "reads": finder.reads, "sets": finder.sets, "classes": finder.classes, "dynamic": finder.dynamic,
        "mentions": _mentions(ctx), "given": sorted(finder.given),
    }  # fmt: skip
    return {key: value for key, value in fact.items() if value} or None


def _mentions(ctx) -> list:
    """Answer all that could be the name of a variable."""
    text = _without_secrets(ctx)
    chunks = ctx.chunks if text is ctx.text else set(text.split())
    return sorted(set(_MENTION.findall("\n".join(chunk for chunk in chunks if not chunk.islower()))))


def _without_secrets(ctx) -> str:
    """Answer the text of a file without the constants that are secrets, as far as they could be taken for a variable."""
    text = ctx.text
    for node in ctx.nodes(ast.Constant):
        value = node.value
        if isinstance(value, str) and len(value) < 500 and value.upper() == value and _MENTION.search(f"'{value}'"):
            if kept(node) != value:
                text = text.replace(f'"{value}"', "").replace(f"'{value}'", "")
    return text


def _spelled(node) -> str:
    """Answer an annotation or a cast as it is written, without the texts in it."""
    return re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "''", ast.unparse(node))


class _Finder:
    """Walks over the nodes of one file."""

    def __init__(self, ctx):
        self.ctx = ctx
        self.reads, self.sets, self.classes, self.dynamic, self.given = [], [], [], False, set()
        self.constants = self._constants()
        self.readers = self._readers()

    def run(self):
        ctx = self.ctx
        for node in ctx.nodes(ast.Subscript):
            if ctx.names.qualname(node.value) == "os.environ":
                self._subscript(node)
        for node in ctx.nodes(ast.Compare):
            if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                if ctx.names.qualname(node.comparators[0]) == "os.environ":
                    self._read(node, self._text(node.left), "environ", False, False)
        for node in ctx.nodes(ast.Call):
            self._call(node)
        for node in ctx.nodes(ast.ClassDef):
            self._class(node)

    def _constants(self):
        found = {}
        for node in self.ctx.module.body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = node.value.value
        return found

    def _readers(self):
        """Answer {name: (kind, {variable: has a default})} of the file's reader objects."""
        found = {}
        for node in self.ctx.nodes(ast.Assign):
            if isinstance(node.value, ast.Call):
                kind = _ENV_CLASSES.get(self.ctx.names.qualname(node.value.func))
                for target in node.targets if kind else ():
                    if isinstance(target, ast.Name):
                        # a schema from elsewhere (`**SCHEMA`) may hold a default for any name
                        found[target.id] = (kind, {key.arg or "**" for key in node.value.keywords})
        return found

    def _text(self, node):
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.constants.get(node.id)
        return None

    def _subscript(self, node):
        name = self._text(node.slice)
        if name is None:
            self.dynamic = self.dynamic or not isinstance(node.slice, ast.Constant)
        elif isinstance(node.ctx, ast.Load):
            self._read(node, name, "environ", not _is_guarded(node, name), False)
        elif isinstance(node.ctx, ast.Store):
            self.sets.append([name, list(self.ctx.place(node))])

    def _call(self, node):
        func = node.func
        qualname = self.ctx.names.qualname(func)
        if qualname in ("os.environ.get", "os.getenv", "os.environ.pop"):
            self._get(node, qualname)
        elif qualname in ("os.environ.setdefault", "os.putenv"):
            if node.args and (name := self._text(node.args[0])):
                self.sets.append([name, list(self.ctx.place(node))])
                if qualname == "os.environ.setdefault":
                    self._read(node, name, "environ", False, True)
        elif qualname == "decouple.config":
            self._reader(node, "decouple", set())
        elif qualname in ("dotenv.dotenv_values",):
            self.dynamic = True
        elif qualname.startswith(("click.", "typer.")):
            self._option(node)
        elif node.keywords and re.search(r"(?:Settings|Config)$", tree.last_name(func)):
            # What the caller gives, no file must set.
            self.given.update(key.arg or "**" for key in node.keywords)
        else:
            owner = func.value if isinstance(func, ast.Attribute) else func
            if isinstance(owner, ast.Name) and owner.id in self.readers:
                kind, defaults = self.readers[owner.id]
                if not (isinstance(func, ast.Attribute) and func.attr in ("read_env", "prefixed", "seal", "dump")):
                    self._reader(node, kind, defaults)

    def _get(self, node, qualname):
        if not node.args:
            return
        name = self._text(node.args[0])
        if name is None:
            self.dynamic = self.dynamic or not isinstance(node.args[0], ast.Constant)
            return
        default = len(node.args) > 1 or any(key.arg == "default" for key in node.keywords)
        how = "getenv" if qualname == "os.getenv" else "environ"
        self._read(node, name, how, not default and _is_used_blindly(node), default, _cast_around(node, self.ctx))

    def _reader(self, node, kind, defaults):
        name = self._text(node.args[0]) if node.args else None
        if name is None:
            self.dynamic = self.dynamic or bool(node.args and not isinstance(node.args[0], ast.Constant))
            return
        attr = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        given = [key for key in node.keywords if key.arg == "default"]
        position = 2 if kind == "starlette" else 1
        default = bool(given) or len(node.args) > position or name in defaults or "**" in defaults
        if kind == "environs" and isinstance(node.func, ast.Name):
            default = default or len(node.args) > 1
        cast = next((_spelled(key.value)[:40] for key in node.keywords if key.arg in ("cast", "subcast")), "")
        for around in self.ctx.parents(node):
            if isinstance(around, ast.With):
                for item in around.items:
                    call = item.context_expr
                    if (
                        isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Attribute)
                        and call.func.attr == "prefixed"
                    ):
                        name = (self._text(call.args[0]) or "" if call.args else "") + name
        required = not default and not _is_guarded(node, name)
        self._read(node, name, kind, required, default, cast or (attr if attr not in ("get", "__call__") else ""))

    def _option(self, node):
        for key in node.keywords:
            if key.arg == "envvar":
                values = key.value.elts if isinstance(key.value, (ast.List, ast.Tuple)) else [key.value]
                for value in values:
                    if name := self._text(value):
                        self._read(value, name, "click", False, True)
            elif key.arg == "auto_envvar_prefix":
                self.dynamic = True

    def _read(self, node, name, how, required, default, cast=""):
        if name and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            scope = self.ctx.scope_name(node)
            if required and any(tree.is_main_guard(parent) for parent in self.ctx.parents(node)):
                required = False  # a trial run by hand
            if default and _is_local(node):
                default = LOCAL
            self.reads.append([name, list(self.ctx.place(node)), how, bool(required), default or False, cast, scope])

    def _class(self, node):
        bases = [self.ctx.names.qualname(base) for base in node.bases]
        local = {row[0] for row in self.classes}
        if not any(
            base in _SETTINGS
            or base.rpartition(".")[2].endswith(("Settings", "Config"))
            or base.rpartition(".")[2] in local
            for base in bases
            if base
        ):
            return
        config = _config_of(node)
        fields = []
        for item in node.body:
            if not isinstance(item, ast.AnnAssign) or not isinstance(item.target, ast.Name):
                continue
            annotation = _spelled(item.annotation)
            if item.target.id.startswith("_") or item.target.id == "model_config" or annotation.startswith("ClassVar"):
                continue
            aliases, has_default, init = _field(item)
            optional = bool(re.search(r"\bNone\b|\bOptional\[", annotation))
            fields.append([
                item.target.id, list(self.ctx.place(item)), aliases, has_default, optional, annotation[:60], init,
            ])  # fmt: skip
        self.classes.append([node.name, [base for base in bases if base], config, fields, list(self.ctx.place(node))])


def _is_local(node):
    """Answer whether a call hands on the name of the host itself, as in `os.getenv("DB_HOST", "localhost")`."""
    values = [*node.args[1:], *(key.value for key in node.keywords)] if isinstance(node, ast.Call) else []
    return any(isinstance(each, ast.Constant) and each.value in HOSTS for each in values)


def _config_of(node):
    """Answer the settings of a settings class: prefix, env_file, extra, whether each is told."""
    found: dict = {}
    for item in node.body:
        if isinstance(item, (ast.Assign, ast.AnnAssign)):
            target = item.targets[0] if isinstance(item, ast.Assign) else item.target
            if isinstance(target, ast.Name) and target.id == "model_config" and item.value is not None:
                pairs = []
                if isinstance(item.value, ast.Call):
                    pairs = [(key.arg, key.value) for key in item.value.keywords]
                    if any(key.arg is None for key in item.value.keywords) or item.value.args:
                        found["unknown"] = True
                elif isinstance(item.value, ast.Dict):
                    pairs = [(key.value if isinstance(key, ast.Constant) else None, value)
                             for key, value in zip(item.value.keys, item.value.values)]  # fmt: skip
                else:
                    found["unknown"] = True
                _take_config(found, pairs)
        elif isinstance(item, ast.ClassDef) and item.name in ("Config", "Meta"):
            pairs = [(each.targets[0].id, each.value) for each in item.body
                     if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)]  # fmt: skip
            _take_config(found, pairs)
        elif isinstance(item, ast.FunctionDef) and item.name == "settings_customise_sources":
            found["unknown"] = True
    for key in node.keywords:
        if key.arg:
            _take_config(found, [(key.arg, key.value)])
    return found


def _take_config(found, pairs):
    for key, value in pairs:
        if key in ("env_prefix", "env_file", "extra", "env_nested_delimiter"):
            if isinstance(value, ast.Constant):
                found[key] = value.value
            elif isinstance(value, (ast.Tuple, ast.List)):
                found[key] = [each.value for each in value.elts if isinstance(each, ast.Constant)]
            elif isinstance(value, ast.Attribute):
                found[key] = value.attr
            else:
                found["unknown"] = True


def _field(item):
    """Answer (aliases, whether the field has a default, LOCAL if that is the host itself, else "")."""
    value = item.value
    aliases, has_default = [], value is not None
    calls = [value] if isinstance(value, ast.Call) else []
    if isinstance(item.annotation, ast.Subscript):
        inner = item.annotation.slice
        calls += [each for each in (inner.elts if isinstance(inner, ast.Tuple) else ()) if isinstance(each, ast.Call)]
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in ("Field", "PrivateAttr"):
            continue
        if call is value:
            ellipsis = any(isinstance(arg, ast.Constant) and arg.value is Ellipsis for arg in call.args[:1])
            keys = {key.arg for key in call.keywords}
            has_default = (bool(call.args) and not ellipsis) or bool(keys & {"default", "default_factory"})
            for key in call.keywords:
                if key.arg == "default" and isinstance(key.value, ast.Constant) and key.value.value is Ellipsis:
                    has_default = False
        for key in call.keywords:
            if key.arg in ("alias", "validation_alias", "env"):
                for each in ast.walk(key.value):
                    if isinstance(each, ast.Constant) and isinstance(each.value, str):
                        aliases.append(each.value)
    if isinstance(value, ast.Constant) and value.value is Ellipsis:
        has_default = False
    constants = [
        value,
        *(key.value for call in calls if call is value for key in call.keywords if key.arg == "default"),
    ]
    local = any(isinstance(each, ast.Constant) and each.value in HOSTS for each in constants)
    return aliases, has_default, LOCAL if local else ""


def _is_guarded(node, name):
    """Answer whether a failing read is expected: inside `try` with a handler, or under a test of the same name."""
    below = node
    for parent in tree.parents(node):
        if isinstance(parent, ast.Try) and any(below is each for each in parent.body) and parent.handlers:
            return True
        if isinstance(parent, (ast.If, ast.IfExp, ast.While, ast.Assert, ast.BoolOp)):
            test = parent.test if not isinstance(parent, ast.BoolOp) else parent
            for each in ast.walk(test):
                # The same name, or another variable or setting that switches the whole mode on.
                told = each.id if isinstance(each, ast.Name) else each.attr if isinstance(each, ast.Attribute) else ""
                if len(told) > 2 and told == told.upper() and told != name:
                    return True
                if isinstance(each, ast.Constant) and each is not getattr(node, "slice", None):
                    if isinstance(each.value, str) and (
                        each.value == name or re.fullmatch(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+", each.value)
                    ):
                        return True
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        below = parent
    return False


def _is_used_blindly(node):
    """Answer whether None would make the expression around a getenv fail at once."""
    parent = getattr(node, "parent_", None)
    if isinstance(parent, ast.Attribute):
        return True
    if isinstance(parent, ast.Call) and node in parent.args and isinstance(parent.func, ast.Name):
        return parent.func.id in ("int", "float")
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Div))


def _cast_around(node, ctx):
    parent = getattr(node, "parent_", None)
    if isinstance(parent, ast.Call) and node in parent.args and isinstance(parent.func, ast.Name):
        return parent.func.id if parent.func.id in ("int", "float", "bool", "str", "Path") else ""
    return ""


def collect_document(document):
    """Answer {"reads": [...], "sets": [[name, place, shape, owner]]} of another file, None if nothing.

    Compose and `.env` files have facts of their own, from which `of(project)` takes what they set.
    """
    from preaudit_hooks.documents.secrets import shape

    fact: dict = {"reads": [], "sets": []}
    if document.kind == "shell":
        fact["reads"] = [[name, list(place)] for name, place in document.reads.items()]
        fact["sets"] = [
            [each.name, list(each.place), shape(each.name, each.value), each.declared] for each in document.assignments
        ]
        fact["writes"] = [
            [entry.name, list(entry.place), shape(entry.name, entry.value), each.target]
            for each in document.written for entry in each.entries
        ]  # fmt: skip
        fact["sources"] = [word.text for word in document.sources]
    elif document.kind == "app-spec":
        fact["sets"] = [
            [each.name, list(each.place), shape(each.name, each.value or ""), each.component.name]
            for each in document.variables
        ]
    elif document.kind == "workflow":
        fact["sets"] = [[name, list(place), shape(name, value), ""] for name, value, place in document.variables]
        fact["sets"] += [[name, list(place), {"kind": "text"}, ""] for name, place in document.written]
    elif document.kind == "dockerfile":
        fact["sets"] = [
            [each.name, list(each.place), shape(each.name, each.value or ""), each.instruction]
            for each in document.variables
        ]
    elif document.kind == "systemd":
        fact["sets"] = [[name, list(place), shape(name, value), ""] for name, value, place in document.variables]
    return fact if any(fact.values()) else None
