"""Which rules there are, without importing one.

The rules of a package are the modules `<package>.rules.<area>.<rule_name>`. What the engine must know
of them before it runs one stands in a generated table, `<package>.core.rule_index` or
`<package>.rule_index`. A rule file that the table does not have, or has with another size, is imported
instead, so that a new rule needs no second file; a table row without its file is dropped.
"""

from __future__ import annotations

import os
import sys

from preaudit.core.patterns import lazy

CODE = lazy(r"AUD\d{3}\Z")
BROKEN, UNUSED = "AUD000", "AUD998"

# First digit of the code -> the areas it belongs to. A code is public, so the band tells its area.
BANDS = {
    "0": ("transactions",),
    "1": ("imports",),
    "2": ("redis", "celery"),
    "3": ("blocking",),
    "4": ("errors",),
    "5": ("web",),
    "6": ("resources",),
    "7": ("messages",),
    "8": ("quality",),
    "9": ("deployment",),
}
AREAS = ("housekeeping", *(area for areas in BANDS.values() for area in areas))

FIELDS = (
    "code", "name", "module", "area", "severity", "scope", "default", "imports", "words", "tests", "posture",
    "fixable", "ruff", "audits", "since", "options", "files", "nodes", "documents", "facts", "title", "size",
)  # fmt: skip


class RegistryError(Exception):
    """A rule file that cannot be one of the registry; the text says which and why."""


class RuleInfo:
    """What is known of a rule without importing its module.

    The fields of `Rule`, and: `module` (dotted), `area` (its folder), `nodes` (whether it has checks
    of ast nodes), `documents` (the document kinds it reads), `facts` (the fact kinds it reads of the
    project), `title` (first line of its page), `size` (bytes of its file).
    """

    __slots__ = (*FIELDS, "_rule")

    def __init__(self, row, rule=None):
        """Hold one row of the index; `rule` where its module is imported already."""
        (
            self.code, self.name, self.module, self.area, self.severity, self.scope, self.default, imports,
            self.words, self.tests, self.posture, self.fixable, self.ruff, self.audits, self.since, self.options,
            self.files, self.nodes, self.documents, self.facts, self.title, self.size,
        ) = row  # fmt: skip
        self.imports = frozenset(imports)
        self._rule = rule

    def load(self):
        """Import the rule's module and answer its RULE with its checks; RegistryError if it has none."""
        if self._rule is None:
            self._rule = _rule_of(self.module)
        return self._rule

    def documentation(self):
        """Answer the docstring of the rule's module, which is its documentation page."""
        self.load()
        return sys.modules[self.module].__doc__ or ""

    def row(self):
        """Answer the row of the index, in the order of FIELDS."""
        values = {name: getattr(self, name) for name in FIELDS}
        values["imports"] = tuple(sorted(self.imports))
        return tuple(values[name] for name in FIELDS)

    def __repr__(self):
        """Answer code and name, for people who debug."""
        return f"<{self.code} {self.name}>"


class Registry:
    """The rules of some packages, in the order of their codes."""

    __slots__ = ("rules", "by_code", "by_name", "roots", "codes")

    def __init__(self, rules, roots=()):
        """Hold these rules; RegistryError where two of them share a code or a name."""
        self.roots = tuple(roots)
        self.rules = tuple(sorted(rules, key=_code_of))
        self.by_code, self.by_name = {}, {}
        for info in self.rules:
            for table, key in ((self.by_code, info.code), (self.by_name, info.name)):
                other = table.setdefault(key, info)
                if other is not info:
                    raise RegistryError(f"{key} is claimed by {other.module} and {info.module}")
        self.codes = frozenset(self.by_code)

    def get(self, word):
        """Answer the rule of this code or name, or None."""
        return self.by_code.get(word) or self.by_name.get(word)

    def __iter__(self):
        """Answer the rules in the order of their codes."""
        return iter(self.rules)

    def __len__(self):
        """Answer how many rules there are."""
        return len(self.rules)


_registries: dict = {}


def registry(*roots):
    """Answer the rules of these packages (`preaudit` alone where none is named).

    The answer is kept for the life of the process. RegistryError if a rule file breaks the conventions.
    """
    roots = roots or ("preaudit",)
    found = _registries.get(roots)
    if found is None:
        found = _registries[roots] = Registry([info for root in roots for info in read_root(root)], roots)
    return found


def forget():
    """Drop the registries read so far; for a process in which rule files come and go."""
    _registries.clear()


def read_root(root, use_index=True):
    """Answer the rules of one package, from its index where that fits the files."""
    package = _import(root)
    rows = _index_of(root) if use_index else {}
    folder = os.path.join(os.path.dirname(package.__file__), "rules")
    try:
        files = list(_rule_files(root, folder))
    except OSError:  # imported from an archive: there is no folder to compare with
        return [RuleInfo(row) for row in rows.values()]
    found = []
    for module, size in files:
        row = rows.get(module)
        if row is not None and row[-1] == size:
            found.append(RuleInfo(row))
        else:
            found.append(describe(module, size))
    return found


def describe(module, size=0):
    """Import a rule's module and answer its RuleInfo; RegistryError if it breaks the conventions."""
    rule = _rule_of(module)
    _root, _rules, area, stem = module.rsplit(".", 3)
    if not CODE.match(rule.code):
        raise RegistryError(f"{module}: {rule.code!r} is no code; a code is AUD and three digits")
    if rule.name != stem.replace("_", "-"):
        raise RegistryError(f"{module}: the rule is named {rule.name!r}; its file asks for {stem.replace('_', '-')!r}")
    if area not in AREAS:
        raise RegistryError(f"{module}: there is no area {area!r}; the areas are {', '.join(AREAS)}")
    documentation = (sys.modules[module].__doc__ or "").strip()
    return RuleInfo(
        (
            rule.code, rule.name, module, area, rule.severity, rule.scope, rule.default, tuple(sorted(rule.imports)),
            rule.words, rule.tests, rule.posture, rule.fixable, rule.ruff, rule.audits, rule.since, rule.options,
            rule.files, bool(rule.node_checks), _kinds(rule.document_checks),
            _kinds([*rule.project_checks, *(((kind,), check) for kind, check in rule.each_checks)]),
            documentation.partition("\n")[0].strip(), size,
        ),
        rule,
    )  # fmt: skip


def _rule_files(root, folder):
    """Yield (module, size in bytes) of each rule file below the folder, in a stable order."""
    with os.scandir(folder) as entries:
        areas = sorted(entry.name for entry in entries if entry.is_dir() and entry.name[0] not in "_.")
    for area in areas:
        with os.scandir(os.path.join(folder, area)) as entries:
            found = sorted(
                (entry.name[:-3], entry.stat().st_size)
                for entry in entries
                if entry.name.endswith(".py") and entry.name[0] not in "_."
            )
        for stem, size in found:
            yield f"{root}.rules.{area}.{stem}", size


def _index_of(root):
    """Answer the generated rows of a package by module; none where it has no index yet."""
    for name in (f"{root}.core.rule_index", f"{root}.rule_index"):
        try:
            module = _import(name)
        except ImportError:
            continue
        if module.FIELDS == FIELDS:
            return {row[2]: row for row in module.RULES}
    return {}


def _rule_of(name):
    """Import a module and answer its RULE."""
    rule = getattr(_import(name), "RULE", None)
    if rule is None or not hasattr(rule, "node_checks"):
        raise RegistryError(f"{name}: a rule file defines RULE = Rule(...)")
    return rule


def _import(name):
    __import__(name)
    return sys.modules[name]


def _kinds(checks):
    return tuple(sorted({kind for kinds, _check in checks for kind in kinds}))


def _code_of(info):
    return info.code


__all__ = ["AREAS", "BANDS", "BROKEN", "UNUSED", "Registry", "RegistryError", "RuleInfo", "describe", "registry"]
