"""Compares a knowledge table with the package that it describes."""

from __future__ import annotations

import collections.abc
import functools
import importlib
import importlib.metadata
import inspect
import re
import types
import typing
import warnings

from preaudit import knowledge

AWAITABLES = ("Awaitable", "Coroutine", "Future", "Task")
CONTEXTS = {"contextmanager", "asynccontextmanager"}
MISSING = object()
# Hints that name no class of their own.
VAGUE = (object, typing.Any, typing.IO, typing.TextIO, typing.BinaryIO)
# Functions that pick a class of the interpreter's: compared by what they make.
FACTORIES = ("threading.Lock", "threading.RLock")


def missing_distributions(table) -> list:
    """Answer which of the table's distributions are not installed here."""
    absent = []
    for name in table.DISTRIBUTION.split():
        try:
            importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
    return absent


@functools.cache
def resolve(dotted: str):
    """Answer the object with a dotted name; AttributeError if there is none, ImportError without its package."""
    parts = dotted.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = importlib.import_module(parts[0])
        for index, part in enumerate(parts[1:], 2):
            try:
                found = getattr(found, part)
            except AttributeError:
                # A module, perhaps hidden by a function of the same name (dramatiq.actor).
                try:
                    found = importlib.import_module(".".join(parts[:index]))
                except ModuleNotFoundError:
                    found = getattr(importlib.import_module(".".join(parts[: index - 1])), part)
        return found


def static(owner, name: str):
    """Answer a class's member without calling a descriptor, MISSING if there is none."""
    return inspect.getattr_static(owner, name, MISSING)


def plain_function(found):
    """Answer the function behind static methods, class methods and decorators."""
    if isinstance(found, (staticmethod, classmethod)):
        found = found.__func__
    while isinstance(found, functools.partial):
        found = found.func
    try:
        return inspect.unwrap(found)
    except ValueError:
        return found


def annotation(found):
    """Answer the return annotation as a type, None where there is none or it cannot be read."""
    function = plain_function(found)
    if isinstance(function, (property, functools.cached_property)):
        function = getattr(function, "fget", None) or getattr(function, "func", None)
    hint = getattr(function, "__annotations__", {}).get("return")
    if isinstance(hint, str):
        space = dict(vars(typing))
        space.update(getattr(function, "__globals__", {}))
        try:
            hint = eval(hint, space)  # an annotation of an installed package, as get_type_hints() does
        except Exception:
            return hint
    return hint


def makes_awaitable(found) -> bool | None:
    """Answer whether a call gives something to await, from the code or the annotation; None if it may."""
    function = plain_function(found)
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(found):
        return True
    if inspect.isasyncgenfunction(function):
        return False
    hint = annotation(found)
    if isinstance(hint, str):
        if re.match(r"(\w+\.)*(%s)\b" % "|".join(AWAITABLES), hint):
            return None if "|" in hint.replace("| None", "") else True
        return None if re.search(r"\b(%s)\[" % "|".join(AWAITABLES), hint) else False
    origin = typing.get_origin(hint) or hint
    if origin in (typing.Union, types.UnionType):
        kinds = {typing.get_origin(part) for part in typing.get_args(hint)}
        return None if kinds & {collections.abc.Awaitable, collections.abc.Coroutine} else False
    return isinstance(origin, type) and (
        origin in (collections.abc.Awaitable, collections.abc.Coroutine) or origin.__name__ in ("Future", "Task")
    )


def split_type(text: str) -> list:
    """Answer [(name, argument)] of a spec's TYPE, the argument '' where there is none."""
    found = []
    for part in text.split("|"):
        name, _, rest = part.strip().partition("[")
        found.append((name, rest.rstrip("]") if rest else ""))
    return found


def hinted_classes(hint, wrapped: bool) -> set | None:
    """Answer the classes that a hint allows, None if it allows what no class names (Any, a variable, text)."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        found = set()
        for part in typing.get_args(hint):
            if part is type(None):
                continue
            classes = hinted_classes(part, wrapped)
            if classes is None:
                return None
            found |= classes
        return found
    if origin is typing.Annotated:
        return hinted_classes(typing.get_args(hint)[0], wrapped)
    if origin in (collections.abc.Awaitable, collections.abc.Coroutine) or getattr(origin, "__name__", "") == "Future":
        return hinted_classes(typing.get_args(hint)[-1], wrapped)
    if wrapped and isinstance(origin, type):
        arguments = [part for part in typing.get_args(hint) if part is not type(None)]
        return hinted_classes(arguments[0], False) if arguments else None
    if isinstance(origin, type) and origin is not typing.IO:
        return {origin}
    if wrapped or not isinstance(hint, type):
        return None
    if hint in VAGUE or getattr(hint, "_is_protocol", False):
        return None
    return {hint}


def return_problem(spec, hint, owner) -> str:
    """Answer what is wrong with a spec's type against the hint, '' if nothing can be said."""
    if not spec.returns or hint is None:
        return ""
    expected = set()
    wrapped = False
    for name, argument in split_type(spec.returns):
        if name in CONTEXTS:
            wrapped, name = True, argument
        if name == "type" and argument:
            return ""
        if name.startswith("@") or name in ("elem", "value"):
            return ""
        if name == "self":
            expected.add(owner)
            continue
        try:
            expected.add(resolve(name if "." in name else f"builtins.{name}"))
        except ImportError:
            return ""
    classes = hinted_classes(hint, wrapped)
    if not classes:
        return ""
    for one in expected:
        if not isinstance(one, type):
            continue
        if not any(related(one, other) for other in classes):
            return f"returns {sorted(other.__name__ for other in classes)}, the table says {spec.returns}"
    return ""


def related(one: type, other: type) -> bool:
    """Answer whether one class is the other, or one derives from the other."""
    try:
        return issubclass(one, other) or issubclass(other, one)
    except TypeError:
        return True


def has_attribute(owner: type, name: str) -> bool:
    """Answer whether a class or its instances have an attribute: on the class, annotated, or set on self."""
    if static(owner, name) is not MISSING:
        return True
    for part in owner.__mro__:
        if name in getattr(part, "__annotations__", {}) or name in getattr(part, "__slots__", ()):
            return True
        if part is object:
            continue
        for function in vars(part).values():
            try:
                source = inspect.getsource(plain_function(function))
            except (OSError, TypeError):
                continue
            if re.search(r"\bself\.%s\b[^=\n]*(=|:)" % re.escape(name), source):
                return True
    return False


def timeout_default(value):
    """Answer a default in seconds or None: httpx-like Timeout objects count by what they wait for a read."""
    if value is None or isinstance(value, (int, float)):
        return value
    return getattr(value, "read", getattr(value, "_read", MISSING))


class Comparison:
    """Collects what a table and its package disagree on."""

    def __init__(self, table) -> None:
        self.table = table
        self.unchecked = getattr(table, "UNCHECKED", {})
        self.awaitable = getattr(table, "AWAITABLE", {})
        self.problems: list = []
        self.compared = 0
        self.used: set = set()

    def left_out(self, name: str) -> bool:
        """Answer whether the table leaves a name out of the comparison, by name or by a prefix ending in a dot."""
        for key in self.unchecked:
            if key == name or (key.endswith(".") and name.startswith(key)):
                self.used.add(key)
                return True
        return False

    def awaitable_by_reason(self, name: str) -> bool:
        """Answer whether the table gives a reason why a name is not judged by being a coroutine function.

        A prefix ending in a dot stands for the names the table does not list itself.
        """
        return name in self.awaitable

    def say(self, name: str, text: str) -> None:
        """Record a disagreement."""
        self.problems.append(f"{name}: {text}")

    def find(self, name: str):
        """Answer the object of a dotted name, MISSING (and a problem) if there is none."""
        self.compared += 1
        try:
            return resolve(name)
        except (AttributeError, ImportError) as error:
            self.say(name, f"not there ({error})")
            return MISSING

    def run(self) -> list:
        """Compare everything; answer the problems."""
        table = self.table
        for other, name in getattr(table, "CANONICAL", {}).items():
            if not self.left_out(other) and self.find(other) is not self.find(name):
                self.say(other, f"is not {name}")
        for name, entry in getattr(table, "CLASSES", {}).items():
            if not self.left_out(name):
                self.compare_class(name, entry)
        for name, text in getattr(table, "FUNCTIONS", {}).items():
            if not self.left_out(name):
                found = self.find(name)
                if found is not MISSING:
                    self.compare_call(name, text, found, None)
        for name, kind in getattr(table, "VALUES", {}).items():
            if not self.left_out(name):
                found = self.find(name)
                expected = resolve(kind if "." in kind else f"builtins.{kind}")
                if found is not MISSING and not isinstance(found, expected):
                    self.say(name, f"is a {type(found).__name__}, not {kind}")
        for name, replacement in getattr(table, "INSTEAD", {}).items():
            if not self.left_out(name.rstrip(".")):
                self.find(name.rstrip("."))
            self.compare_replacement(name, replacement)
        for name, entry in getattr(table, "TIMEOUTS", {}).items():
            self.compare_timeout(name, *entry)
        for key in self.unchecked:
            if key not in self.used:
                self.say(key, "left out of the comparison, but the table does not name it")
        return self.problems

    def compare_class(self, name: str, entry: dict) -> None:
        """Compare one class with the real one."""
        found = self.find(name)
        if found is MISSING:
            return
        if name in FACTORIES and not isinstance(found, type):
            found = type(found())
        if not isinstance(found, type):
            self.say(name, "is no class")
            return
        for base in entry.get("bases", ()):
            real = resolve(base if "." in base else f"builtins.{base}")
            if not issubclass(found, real):
                self.say(name, f"does not derive from {base}")
        for member, text in entry.get("methods", {}).items():
            full = f"{name}.{member}"
            if self.left_out(full):
                continue
            self.compared += 1
            real = static(found, member)
            if real is MISSING:
                self.say(full, "no such method")
            elif isinstance(real, (property, functools.cached_property)):
                self.say(full, "is a property, not a method")
            else:
                self.compare_call(full, text, real, found)
        for member, text in entry.get("attrs", {}).items():
            full = f"{name}.{member}"
            if self.left_out(full):
                continue
            self.compared += 1
            if not has_attribute(found, member):
                self.say(full, "no such attribute")
            real = static(found, member)
            if isinstance(real, (property, functools.cached_property)):
                self.compare_return(full, text, real, found)
            elif inspect.isfunction(real):
                self.say(full, "is a method, not an attribute")
        for key, special in (("enter", "__enter__"), ("aenter", "__aenter__"), ("await", "__await__"),
                             ("item", "__getitem__"), ("call", "__call__")):  # fmt: skip
            if key in entry and not self.left_out(f"{name}.{special}") and static(found, special) is MISSING:
                self.say(name, f"has no {special}")
        if "call" in entry and not self.left_out(f"{name}.__call__"):
            self.compare_call(f"{name}.__call__", entry["call"], static(found, "__call__"), found)
        if ("iter" in entry or "iter_effect" in entry) and not self.left_out(f"{name}.__iter__"):
            if all(static(found, special) is MISSING for special in ("__iter__", "__aiter__", "__getitem__")):
                self.say(name, "cannot be iterated")
        if "default" in entry:
            self.compare_default(name, entry, found)

    def compare_default(self, name: str, entry: dict, found: type) -> None:
        """Check that every public method the class does not list is as async as the default says."""
        spec = knowledge.parse_spec(entry["default"])
        listed = {*entry.get("methods", {}), *entry.get("attrs", {})}
        for member in dir(found):
            real = static(found, member)
            if member.startswith("_") or member in listed or not callable(plain_function(real)):
                continue
            if isinstance(real, type) or self.left_out(f"{name}.{member}"):
                continue
            self.compared += 1
            if f"{name}." in self.awaitable or f"{name}.{member}" in self.awaitable:
                continue
            if makes_awaitable(real) not in (spec.is_async, None):
                self.say(f"{name}.{member}", f"not listed, and the default is {entry['default']!r}")

    def compare_call(self, name: str, text: str, found, owner) -> None:
        """Compare what calling a thing makes with its spec."""
        spec = knowledge.parse_spec(text)
        if not callable(plain_function(found)):
            self.say(name, "cannot be called")
            return
        if not self.awaitable_by_reason(name) and makes_awaitable(found) not in (spec.is_async, None):
            self.say(name, "is sync, the table says async" if spec.is_async else "is async, the table says sync")
        self.compare_return(name, text, found, owner)

    def compare_return(self, name: str, text: str, found, owner) -> None:
        """Compare the annotated type with the spec's."""
        if f"{name}()" in self.unchecked:
            self.used.add(f"{name}()")
            return
        problem = return_problem(knowledge.parse_spec(text), annotation(found), owner)
        if problem:
            self.say(name, problem)

    def compare_replacement(self, name: str, replacement: str) -> None:
        """Check that an awaitable replacement exists, where its package is installed."""
        try:
            importlib.import_module(replacement.partition(".")[0])
        except ImportError:
            return
        try:
            resolve(replacement)
        except (AttributeError, ImportError):
            self.say(name, f"the replacement {replacement} does not exist")

    def compare_timeout(self, name: str, keyword: str, position, default) -> None:
        """Compare a default timeout, its keyword and its position with the signature."""
        key = f"{name}({keyword})"
        found = MISSING if self.left_out(key) else self.find(name)
        if found is MISSING:
            return
        if inspect.isroutine(found) and not inspect.ismethod(found):
            owner, _, member = name.rpartition(".")
            bound = isinstance(resolve(owner), type) and not isinstance(static(resolve(owner), member), staticmethod)
        else:
            bound = False
        try:
            parameters = list(inspect.signature(found).parameters.values())[bound:]
        except (TypeError, ValueError):
            self.say(key, "the signature cannot be read")
            return
        for index, parameter in enumerate(parameters):  # noqa: B007
            if parameter.name == keyword:
                break
        else:
            self.say(key, "no such parameter")
            return
        real = index if parameter.kind is parameter.POSITIONAL_OR_KEYWORD else None
        if real != position:
            self.say(key, f"is at position {real}, not {position}")
        if timeout_default(parameter.default) != default:
            self.say(key, f"is {parameter.default!r} by default, not {default!r}")
