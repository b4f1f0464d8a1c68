"""An import of the project's own that nothing provides

## What it does
Reports an import of a module of the project's own packages that no file provides, and of a name that the module does not
define. Where an `except` hides the failure, the message says so.

## Why it matters
The line raises `ImportError` when it runs: at start if it stands at the top, in production if it stands in a function that
no test enters. Under `except ImportError` it never raises, and a part of the application is silently missing.

## Bad
```python shop/main.py
from shop.mail import send_mail  # AUD106

try:
    from shop.coupons import router as coupons  # AUD106
except ImportError:
    coupons = None
```
```python shop/mail.py
def send(order):
    print(order)
```
```python shop/__init__.py
```

## Good
```python shop/main.py
from shop.mail import send
```
```python shop/mail.py
def send(order):
    print(order)
```
```python shop/__init__.py
```

## Fixed
Correct the name, add what is missing, or delete the import together with what depends on it.

## Options
`source-roots`, where they are not found by themselves; `generated`, for modules that a build writes.

## Limits
Nothing is said where the answer depends on the run: a module with `__getattr__`, wildcards of libraries, what is written to
`globals()`, or `exec`; a package that changes its `__path__`; missing modules of a project that installs import hooks; names
that other modules set from outside; modules that git ignores, that are compiled, or that lie on disk (in a commit, those
that are not added to it are missing). Imports under `TYPE_CHECKING`, in tests, wildcards that an `except ImportError` allows
to be missing, and those with another import as their fallback are not judged, nor are packages without `__init__.py`.

## Origin
Found beside audit C.
"""

import sys

from preaudit import knowledge
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD106",
    name="unresolved-project-import",
    severity="critical",
    scope="project",
    message="{what}, so this import fails when it runs{hidden}; {advice}",
    since="0.1.0",
    options=("source-roots", "generated"),
    files=r"\.pyi?$",
    audits=("C",),
)

_COMPILED = (".so", ".pyd", ".pyx", ".pxd", ".c", ".cpp", ".rs", ".dll")
_HIDDEN = {"": "", "ImportError": " and except ImportError hides it", "Exception": " and a broad except hides it"}
_ADVICE = "correct the name, add the module or delete the import"
# django-simple-history puts a model HistoricalOrder into the module that defines Order when the models are loaded.
_HISTORY = "Historical"
_ATTRIBUTES = frozenset({
    "__name__", "__file__", "__doc__", "__path__", "__spec__", "__package__", "__loader__", "__dict__", "__builtins__",
    "__cached__",
})  # fmt: skip


@RULE.on_each("imports")
def check(project, path, rows):
    """Report every import of a file that runs and leads nowhere."""
    if project.is_test(path):
        return
    judge = _Judge(project)
    for line, column, kind, module, names, when, guard, _ in rows:
        if when == "type" or guard == "fallback" or not module or not judge.is_certain(module, path):
            continue
        if guard == "ImportError" and [name for name, *_ in names] == ["*"]:
            continue  # `from .local_settings import *`: a file that some machines have
        for place, what, advice in judge.problems(path, kind, module, names, (line, column)):
            yield RULE.at(place, path=path, what=what, hidden=_HIDDEN[guard], advice=advice)


def judgments(project, misspelt=""):
    """Give (path, line, module, name, answer, guard) for every import of the project's own outside tests.

    The answer is "resolved", "unresolved" or "unknown"; the name is '' for an import of the module itself.
    `misspelt` is added to every name, or to the module where there is none: what would be said of a slip.
    """
    judge = _Judge(project)
    for path, rows in project.facts("imports"):
        for line, _, kind, module, names, when, guard, _ in rows:
            if project.is_test(path) or when == "type" or not project.project.is_own(module.partition(".")[0]):
                continue
            certain = guard != "fallback" and judge.is_certain(module, path)
            for name in [name for name, _, _ in names] if kind == "from" else [""]:
                if name in ("", "*"):
                    asked, name = module + misspelt, ""
                else:
                    asked, name = module, name + misspelt
                yield path, line, asked, name, judge.answer(asked, name, path) if certain else "unknown", guard


def _module(path):
    """Answer the path of a compiled module without its suffixes: a/fast for a/fast.cpython-311-x86_64-linux-gnu.so."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.partition('.')[0]}"


class _Judge:
    """What is known of the modules of a project."""

    def __init__(self, project):
        self.view, self.project = project, project.project

    def is_certain(self, module, path):
        """Answer whether a module's top-level name can only mean one regular package of the project."""
        top = module.partition(".")[0]
        roots = self.project.roots_of(top)
        if not roots or top in sys.stdlib_module_names:
            return False
        packages = [root for root in roots if self._file(root, top, "__init__.py")]
        if len(packages) != 1 or len(roots) != 1:
            return False
        if top == "alembic" and self._file(packages[0], top, "env.py"):
            return False  # the folder that `alembic init` made; the command has imported the library by then
        if self.view.module(path).partition(".")[0] == top and path.startswith(f"{packages[0]}/{top}/".lstrip("/")):
            return True
        return knowledge.table(top) is None and "sys.path" not in self._flags(path)

    def _file(self, *parts):
        return "/".join(part for part in parts if part) in self.view.python

    def problems(self, path, kind, module, names, place):
        """Give (place, what is wrong, advice) for one import statement."""
        if self.answer(module, "", path) == "unresolved":
            file = self._left_out(*self.project.find(module, path))
            of, advice = (" of the commit", f"git add {file}") if file else ("", _ADVICE)
            yield place, f"no file{of} provides {module}", advice
        elif kind == "from":
            for name, line, column in names:
                if self.answer(module, name, path) == "unresolved":
                    target = self.project.find(module, path)[0]
                    file = self._left_out(target, [name])
                    what = f"no file of the commit provides {module}.{name}" if file else f"{module} defines no {name}"
                    yield (line, column), what, f"git add {file}" if file else self._advice(target, name)

    def answer(self, module, name, near):
        """Answer "resolved", "unresolved" or "unknown" for a name of a module, or the module itself where it is ''."""
        found = self.project.find(module, near)
        if found is None:
            return "unknown"
        target, rest = found
        if rest:
            return "unknown" if self._may_exist(target, rest, module) else "unresolved"
        if name in ("", "*") or name in _ATTRIBUTES:
            return "resolved"
        found = self.project.find(f"{module}.{name}", near)
        if found is not None and not found[1]:
            return "resolved"
        defined = self.names(target)
        if defined is None:
            return "unknown"
        if name in defined:
            return "resolved"
        if target.endswith("/__init__.py") and self._may_exist(target, [name], f"{module}.{name}"):
            return "unknown"
        if name.startswith(_HISTORY) and name.removeprefix(_HISTORY) in defined:
            return "unknown"
        outside = any(base[0] == "ref" and base[1] == module for _, base, _ in self.project.outside(name))
        return "unknown" if outside else "unresolved"

    def _left_out(self, target, rest):
        """Answer the file that would provide a module if it were part of the commit, '' if there is none."""
        folder = target.removesuffix("/__init__.py")
        return self.project.left_out(f"{folder}/{'/'.join(rest)}") if folder != target else ""

    def names(self, path):
        """Answer the names that a module defines, None where they cannot be known."""
        return self.view.once(("names of", path), lambda: self._names(path, {}))

    def _names(self, path, known):
        if path in known:
            return known[path]
        known[path] = frozenset()  # while it is worked out: modules may take each other's names
        known[path] = self._names_of(path, known)
        return known[path]

    def _names_of(self, path, known):
        space = self._space(path)
        if space is None or "names" in space.get("flags", ()) or path.endswith(".pyi"):
            return None
        found = set(space["names"])
        for module in space.get("stars", ()):
            other = self.project.find(module, path)
            inner = self._names(other[0], known) if other is not None and not other[1] else None
            if inner is None:
                return None
            exported = (self._space(other[0]) or {}).get("all")
            found.update(exported if exported is not None else (name for name in inner if not name.startswith("_")))
        return frozenset(found)

    def _space(self, path):
        return self.view.fact("namespace", path)

    def _flags(self, path):
        return (self._space(path) or {}).get("flags", ())

    def _everywhere(self):
        """Answer the flags of all modules, and the stems of the files that are modules and no source."""
        view = self.view
        flags = {flag for _, space in view.facts("namespace") for flag in space.get("flags", ())}
        return flags, {_module(path) for path in view.paths if path.endswith((*_COMPILED, ".pyi"))}

    def _may_exist(self, target, rest, module):
        """Answer whether a module that is not among the files may be there all the same when the import runs."""
        flags, compiled = self.view.once("what may be a module", self._everywhere)
        if "finder" in flags or f"alias:{module}" in flags or "path" in self._flags(target):
            return True
        if not target.endswith("/__init__.py"):
            return False
        folder = target.removesuffix("/__init__.py")
        base = f"{folder}/{rest[0]}"
        if base in compiled or self.project.is_folder(base):
            return True
        path = f"{folder}/{'/'.join(rest)}"
        if any(self.view.settings.is_foreign(f"{path}{end}") for end in (".py", "/__init__.py")):
            return True
        return any(self.project.may_lie_on_disk(one) for one in dict.fromkeys((base, path)))

    def _advice(self, target, name):
        """Answer what to write, with the nearest name that the module does define."""
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(self.names(target) or ()), 1, 0.7)
        return f"did you mean {near[0]}?" if near else "correct the name, define it or delete the import"
