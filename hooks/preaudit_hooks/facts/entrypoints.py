"""What brings a module to life beside an import: its name in a string or a deployment file, a main guard, an application.

For a Python file, as JSON can hold it (keys are left out where there is nothing):

    {"work": [[kind, name, line, column]],   the first task and the first route; the place of the decorator
     "apps": ["celery", "web"],              kinds of applications made here
     "names": [text],                        strings that can be the name or the path of a module
     "dynamic": [prefix],                    modules imported by a name made while running: its fixed start, or ''
     "main": true}                           the file has a main guard

For another file: {"names": [text]}, each word of it that can be the name or path of a module.
"""

from __future__ import annotations

import ast

from preaudit.core import contexts
from preaudit.core.masking import kept
from preaudit.core.patterns import lazy
from preaudit.core.tree import is_main_guard

KIND = "entrypoints"
DOCUMENTS = ("compose", "app-spec", "procfile", "shell", "dockerfile", "systemd", "workflow", "dotenv")

_DOTTED = lazy(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[\w.]+)?(?:\(\))?\Z")
_PATH = lazy(r"[\w./-]+\.py\Z")
_WORD = lazy(r"[\w./-]+(?::[\w.]+)?")
_APPS = {
    "celery.Celery": "celery", "fastapi.FastAPI": "web", "flask.Flask": "web", "starlette.applications.Starlette": "web",
    "quart.Quart": "web", "aiohttp.web.Application": "web", "sanic.Sanic": "web", "litestar.Litestar": "web",
}  # fmt: skip
_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__", "werkzeug.utils.import_string"})
_WALKERS = frozenset({"pkgutil.iter_modules", "pkgutil.walk_packages", "importlib.util.spec_from_file_location"})
_SHORTEST = 3
_WORKER = lazy(r"\bcelery\b[^\n]*?(?:\s-A|\s--app)[\s=]+[\"']?([A-Za-z_][\w.]*)")
_DISCOVERED = frozenset({"tasks", "models", "urls", "admin", "signals"})
_PROJECT_FILES = frozenset({"pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "Pipfile"})


def collect(ctx):
    """Answer what a Python file has of it, None for nothing."""
    found = {"work": _work(ctx), "apps": set(), "names": set(), "dynamic": set()}
    for node in ctx.nodes(ast.Constant):
        text = node.value
        if isinstance(text, str) and _SHORTEST <= len(text) <= 200 and (_DOTTED.match(text) or _PATH.match(text)):
            if kept(node) == text:
                found["names"].add(text)
    for node in ctx.nodes(ast.Call):
        name = ctx.names.qualname(node.func)
        if name in _APPS:
            found["apps"].add(_APPS[name])
        elif name in _WALKERS:
            found["dynamic"].add("")
        elif name in _IMPORTERS and node.args and not isinstance(node.args[0], ast.Constant):
            found["dynamic"].add(_start(node.args[0]))
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "autodiscover_tasks":
            if not node.args or not isinstance(node.args[0], (ast.List, ast.Tuple)):
                found["dynamic"].add("")
    result = {key: sorted(value) if isinstance(value, set) else value for key, value in found.items() if value}
    if any(is_main_guard(node) for node in ctx.nodes(ast.If)):
        result["main"] = True
    return result or None


def _work(ctx):
    """Answer the first task and the first route of the file, with the place of the decorator."""
    found = {}
    for function in ctx.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        for kind, answers in (("task", _is_task), ("route", contexts.is_handler)):
            if kind not in found and function.decorator_list and answers(ctx, function):
                found[kind] = [kind, function.name, *ctx.place(function.decorator_list[0])[:2]]
    return sorted(found.values())


def _is_task(ctx, function):
    return contexts.is_task(ctx, function, own=False)


def _start(node):
    """Answer the text that a made-up name certainly begins with."""
    if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
        return str(node.values[0].value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return str(node.left.value) if isinstance(node.left, ast.Constant) else _start(node.left)
    return ""


def collect_document(document):
    """Answer the words of a deployment file that can name a module, None where there are none."""
    from preaudit_hooks.documents.secrets import masked_text

    text = masked_text(document)
    words = {word for word in _WORD.findall(text) if "." in word and (_DOTTED.match(word) or _PATH.match(word))}
    for app in _WORKER.findall(text):
        words |= {f"{app}.celery", f"{app}.app"}  # where `celery -A app` looks beside the module itself
    return {"names": sorted(words)} if words else None


def make(project, _=""):
    """Answer what a whole project names."""
    return Named(project)


def shape(named):
    """Answer all that rules ask `Named` for but the lines: most new strings and functions change nothing of it."""
    work = {path: [[kind, name, column] for kind, name, _, column in rows] for path, rows in named.work.items() if rows}
    apps = {path: kinds for path, kinds in named.apps.items() if kinds}
    return [sorted(named.known), work, apps, sorted(named.main)]


class Named:
    """All modules that something names, over a whole project."""

    def __init__(self, project):
        """Read the facts of a project view."""
        self.plain, self.paths, self.prefixes, self.folders = set(), set(), [], []
        self.heads: dict = {}  # {dotted name, or what stands before a dot in it: {(file, what follows)}}
        self.work, self.apps, self.main = {}, {}, set()
        for path, fact in project.facts(KIND):
            for text in fact.get("names", ()):
                if text.endswith(".py"):
                    self.paths.add(text.removeprefix("./"))
                else:
                    self._add(text.partition(":")[0].removesuffix("()"), path)
            for prefix in fact.get("dynamic", ()):
                if prefix and not prefix.startswith("."):
                    self.prefixes.append(prefix)
                else:  # anything of its outermost package
                    around = path.count("/") - project.module(path).count(".") + path.endswith("/__init__.py")
                    self.folders.append("/".join(path.split("/")[: max(around, 0) + 1]) + "/")
            self.work[path] = fact.get("work", [])
            self.apps[path] = fact.get("apps", [])
            if fact.get("main"):
                self.main.add(path)
        for path in project.paths:
            if path.rpartition("/")[2] in _PROJECT_FILES:
                self._read(project, path)
        self.known = {path for path in project.python if self._names(project, path, project.module(path))}

    def _add(self, name, path):
        self.plain.add(name)
        if "." in name:
            parts = name.split(".")
            for count in range(1, len(parts) + 1):
                following = parts[count] if count < len(parts) else ""
                self.heads.setdefault(".".join(parts[:count]), set()).add((path, following))

    def _read(self, project, path):
        """Take the words of a project file; its state is part of what the requirements are."""
        from preaudit.core.source import SourceError

        try:
            text = project.project.requirements and project.project.read(path)
        except SourceError:
            return
        for word in _WORD.findall(text):
            self._add(word.partition(":")[0], path)

    def __call__(self, path, module):
        """Answer whether something names a module."""
        return path in self.known

    def _names(self, project, path, module):
        """Answer whether something names a module: in full, by its last parts, by its path, or by what it holds.

        What the module itself says of itself, such as the names of its tasks, does not count.
        """
        whole = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if any(module.startswith(prefix) or f".{prefix}" in f".{whole}" for prefix in self.prefixes):
            return True
        if any(path.startswith(folder) for folder in self.folders):
            return True
        if any(path == other or path.endswith(f"/{other}") or other.endswith(f"/{path}") for other in self.paths):
            return True
        parts = module.split(".")
        if parts[-1] in _DISCOVERED and ".".join(parts[:-1]) in self.plain:
            return True  # what autodiscovery takes from a package that is named
        parts = whole.split(".")  # a service may be started in any folder around it
        for start in range(len(parts)):
            for where, following in self.heads.get(".".join(parts[start:]), ()):
                # one word alone says little: "orders.id" is a column unless orders.py has an id
                short = start == len(parts) - 1 and start > 0
                if where != path and (not short or following in _defined(project, path)):
                    return True
        return False


def _defined(project, path):
    return (project.fact("namespace", path) or {}).get("names", ())
