"""The environment of a whole project, put together from the facts of its files."""

from __future__ import annotations

import posixpath

from preaudit_hooks.documents.kinds import is_example
from preaudit_hooks.facts.environment import _SETTINGS, LOCAL, Provider, Read


class SettingsClass:
    """A settings class of pydantic with what it inherits: `fields` [(names, place, required, annotation)]."""

    __slots__ = ("name", "path", "place", "fields", "config", "version", "known")


class Environment:
    """Which variables a project reads and which files set them.

    `reads` and `providers` as in facts/environment.py; `settings`: SettingsClass; `local_hosts`: variables that code
    takes for the host itself where nobody sets them; `dynamic`: whether some code
    reads variables by computed names; `mentions`: every upper-case word of the Python files.
    """

    __slots__ = (
        "reads",
        "providers",
        "settings",
        "dynamic",
        "mentions",
        "by_name",
        "set_by_name",
        "script_reads",
        "given",
        "local_hosts",
    )

    def __init__(self, project):
        """Put the facts together."""
        self.reads, self.providers, self.settings = [], [], []
        self.local_hosts = set()
        self.dynamic, self.mentions, self.script_reads = False, {}, {}
        facts = project.facts("environment")
        self.given = {name for _, fact in facts for name in fact.get("given", ())}
        for path, fact in facts:
            if path.endswith((".py", ".pyi")):
                self._python(path, fact)
            else:
                self._document(path, fact)
        self._classes(project, facts)
        self._dotenv(project)
        self._compose(project)
        self.by_name = {}
        for read in self.reads:
            self.by_name.setdefault(read.name, []).append(read)
        self.set_by_name = {}
        for provider in self.providers:
            self.set_by_name.setdefault(provider.name, []).append(provider)

    def _python(self, path, fact):
        self.dynamic = self.dynamic or bool(fact.get("dynamic"))
        for name, place, how, required, default, cast, scope in fact.get("reads", ()):
            self.reads.append(Read(name, path, tuple(place), how, required, default, cast, scope))
            if default == LOCAL:
                self.local_hosts.add(name)
        for name, place in fact.get("sets", ()):
            self.providers.append(Provider(name, path, tuple(place), "python", {"kind": "text"}, ""))
        for word in fact.get("mentions", ()):
            self.mentions.setdefault(word, path)

    def _document(self, path, fact):
        kind = _kind(path)
        for name, place in fact.get("reads", ()):
            self.reads.append(Read(name, path, tuple(place), "shell", False, False, "", ""))
            self.script_reads.setdefault(name, []).append((path, tuple(place)))
        for name, place, shape, owner in fact.get("sets", ()):
            self.providers.append(Provider(name, path, tuple(place), kind, shape, owner))
        for name, place, shape, target in fact.get("writes", ()):
            self.providers.append(Provider(name, path, tuple(place), "dotenv", shape, target))

    def _dotenv(self, project):
        for path, rows in project.facts("dotenv"):
            kind = "example" if is_example(path) else "dotenv"
            for name, place, _, shape, _ in rows:
                self.providers.append(Provider(name, path, tuple(place), kind, shape, ""))
                for other in shape.get("refs", ()):
                    self.reads.append(Read(other, path, tuple(place), "dotenv", False, True, "", ""))

    def _compose(self, project):
        for path, fact in project.facts("compose"):
            for name, layers in fact["services"].items():
                for layer in layers:
                    for place, variable, shape in layer.get("environment", ()):
                        if shape is None:
                            # A bare name hands the variable of the host on.
                            self.reads.append(Read(variable, path, tuple(place), "compose", False, True, "", name))
                        provider = Provider(
                            variable, path, tuple(place), "compose", shape or {"kind": "inherited"}, name
                        )
                        self.providers.append(provider)
            for name, place, default in fact.get("refs", ()):
                self.reads.append(Read(name, path, tuple(place), "compose", False, default, "", ""))

    def _classes(self, project, facts):
        known = {}
        for path, fact in facts:
            for row in fact.get("classes", ()):
                known[f"{project.module(path)}.{row[0]}"] = (path, row)
        for path, fact in facts:
            for row in fact.get("classes", ()):
                found = self._settings_class(project, known, path, row)
                if found:
                    self.settings.append(found)
        parents = set()
        for _, (path, row) in known.items():
            parents.update(_absolute(project, path, base) for base in row[1])
        for each in self.settings:
            # A base of another settings class is read through that one only if nobody makes it itself; both count.
            for names, place, required, annotation in each.fields:
                for name in names:
                    self.reads.append(
                        Read(
                            name,
                            each.path,
                            place,
                            "settings",
                            required and len(names) == 1,
                            not required,
                            annotation,
                            each.name,
                        )
                    )

    def _settings_class(self, project, known, path, row):
        chain, queue, version = [], [(path, row)], ""
        seen = set()
        while queue:
            at, each = queue.pop(0)
            key = (at, each[0])
            if key in seen or len(chain) > 20:
                continue
            seen.add(key)
            chain.append((at, each))
            for base in each[1]:
                if base in _SETTINGS:
                    version = version or ("2" if base.startswith("pydantic_settings") else "1")
                elif other := known.get(_absolute(project, at, base)):
                    queue.append(other)
                else:
                    chain.append((at, None))
        if not version:
            return None
        found = SettingsClass()
        found.name, found.path, found.place, found.version = row[0], path, tuple(row[4]), version
        found.known = all(each is not None for _, each in chain)
        found.config = {}
        for _, each in reversed(chain):
            if each is not None:
                found.config.update(each[2])
        prefix = found.config.get("env_prefix")
        prefix = prefix if isinstance(prefix, str) else ""
        found.fields, names_seen = [], set()
        for at, each in chain:
            for name, place, aliases, has_default, optional, annotation, local in each[3] if each else ():
                if name in names_seen:
                    continue
                names_seen.add(name)
                names = tuple(dict.fromkeys(alias.upper() for alias in aliases)) or ((prefix + name).upper(),)
                if local:
                    self.local_hosts.update(names)
                if at == path:
                    # What v1 takes as optional has a default of None.
                    required = not has_default and not (optional and version == "1") and not {name, "**"} & self.given
                    found.fields.append((names, tuple(place), required, annotation))
                else:
                    found.fields.append((names, tuple(row[4]), False, annotation))
        return found

    def readers(self, name: str) -> list:
        """Answer the Reads of a variable, settings fields in any case included."""
        return self.by_name.get(name, []) or self.by_name.get(name.upper(), [])


def _kind(path):
    from preaudit_hooks.documents.kinds import kind_of

    return kind_of(path) or "app-spec"


def _absolute(project, path, base):
    return base if not base.startswith("__file__.") else f"{project.module(path)}.{base[9:]}"


def of(project) -> Environment:
    """Answer the Environment of a project, made once."""
    return project.once("environment", lambda: Environment(project))


def dotenv_beside(project, folder: str) -> list:
    """Answer the paths of the `.env` files in a folder, sorted."""
    return sorted(path for path, _ in project.facts("dotenv") if posixpath.dirname(path) == folder)
