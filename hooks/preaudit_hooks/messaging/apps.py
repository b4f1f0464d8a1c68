"""Celery apps and their settings: every `Celery(...)` of a project, and which setting belongs to which.

Settings come from keywords, `conf.update`, attributes, items, and configuration modules, classes and
dictionaries; old upper-case names and namespaces are translated. A setting that may come from somewhere
unseen makes the app `open`.
"""

from __future__ import annotations

from preaudit.knowledge._celery_settings import RENAMED, SETTINGS

from preaudit_hooks.messaging.resolve import UNKNOWN

# Constructor arguments of Celery(main, loader, backend, amqp, events, log, control, set_as_current, tasks, broker, include, ...).
_ARGUMENTS = {"broker": "broker_url", "backend": "result_backend", "include": "include"}
_POSITIONS = {2: "result_backend", 9: "broker_url", 10: "include"}
_CURRENT = ("celery.current_app", "celery._state.current_app")
_OLD = {**RENAMED, **{name.upper(): name for name in SETTINGS}, **{"CELERY_" + name.upper(): name for name in SETTINGS}}
_OLD.update(RENAMED)


def setting_name(key: str, namespace: str = "") -> str:
    """Answer today's name of a setting, '' if Celery would not read a setting of this key.

    Under a namespace Celery reads the prefixed names first, and the names that it knows without one as well.
    """
    if namespace:
        prefix = namespace if namespace.endswith("_") else namespace + "_"
        if key.startswith(prefix) and key.isupper() and key[len(prefix) :].lower() in SETTINGS:
            return key[len(prefix) :].lower()
    if key in SETTINGS:
        return key
    return (RENAMED if namespace else _OLD).get(key, "")


class Setting:
    """One place that sets a key: `value` positioned, in the file `path`; `how` is "set", "extend" or "touch"."""

    __slots__ = ("key", "value", "path", "place", "how")

    def __init__(self, key, value, path, place, how="set"):
        """Hold the place."""
        self.key, self.value, self.path, self.place, self.how = key, value, path, tuple(place), how


class App:
    """One `Celery(...)`: where it stands, its settings, and whether more may come from places unseen (`open`)."""

    __slots__ = ("path", "place", "target", "scope", "returned", "main", "settings", "open", "in_main", "subclass",
                 "fallback")  # fmt: skip

    def __init__(self, path, place, target, scope, returned, in_main):
        """Hold the place; `target` is the variable, `scope` the function it is made in ('' at module level)."""
        self.path, self.place, self.target, self.scope = path, tuple(place), target, scope
        self.returned, self.in_main, self.main, self.subclass = returned, in_main, "", False
        self.settings: dict = {}
        self.open = self.fallback = False

    def add(self, setting: Setting) -> None:
        """Take a place that sets a key; one that several ways lead to counts once."""
        known = self.settings.setdefault(setting.key, [])
        if not any((one.path, one.place, one.value) == (setting.path, setting.place, setting.value) for one in known):
            known.append(setting)

    def of(self, key: str) -> list:
        """Answer the places that set a key, in the order they were read."""
        return self.settings.get(key, [])


_PYDANTIC = frozenset(
    {"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic_settings.main.BaseSettings"}
)


class Apps:
    """All apps of a project."""

    def __init__(self, view, resolver):
        """Read the facts."""
        self.view, self.resolver = view, resolver
        self.apps: list = []
        self.sources: list = []
        self._read_apps()
        self._read_settings()
        self._read_sources()

    @property
    def only(self):
        """Answer the app if the project has exactly one, None otherwise."""
        return self.apps[0] if len(self.apps) == 1 else None

    def _read_apps(self):
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            for row in fact.get("apps", ()):
                names = self.view.names(row["cls"], path) if row["cls"] else []
                if not any(self._is_app_class(name, path) for name in names):
                    continue
                target = row["target"].removeprefix("self.")
                app = App(path, row["p"], target, row["scope"], row["returned"], row["main"])
                app.fallback = bool(row.get("fallback"))
                app.subclass = not any(name.startswith("celery.") for name in names)
                self._arguments(app, row["call"], path)
                self.apps.append(app)
        if not self.apps:
            self._read_current()

    def _read_current(self):
        """Take the app that a project configures without making one: `celery.current_app`."""
        for path, fact in self.view.facts("messaging"):
            for row in (*fact.get("from", ()), *fact.get("conf", ())):
                if (
                    not self.view.is_test(path)
                    and row["base"]
                    and row["base"][0] == "ref"
                    and row["base"][1] in _CURRENT
                ):
                    self.apps.append(App(path, row["p"], "", row["scope"], True, False))
                    return

    def _is_app_class(self, name, path) -> bool:
        return "celery.Celery" in self.view.types.mro(name, path)

    def _arguments(self, app, call, path):
        if call[5]:
            app.open = True
        for position, value in enumerate(call[3]):
            if position == 0:
                name = self.resolver.constant(value, path)
                app.main = name if isinstance(name, str) else ""
            elif position in _POSITIONS:
                app.add(Setting(_POSITIONS[position], value, path, value[1]))
        for key, value in call[4].items():
            if key == "main":
                name = self.resolver.constant(value, path)
                app.main = name if isinstance(name, str) else ""
            elif key in ("config_source", "changes"):
                self._source(app, value, path, "")
            else:
                name = _ARGUMENTS.get(key) or (key if key in SETTINGS else "")
                if name:
                    app.add(Setting(name, value, path, value[1]))

    # which app

    def link(self, base, spelled: str, scope: str, path: str) -> list:
        """Answer the apps that an expression of a file means; [] if it means none, all of them if it cannot be said which."""
        for app in self.apps:
            if app.path == path and app.target and app.target == spelled.removeprefix("self.") and app.scope == scope:
                return [app]
        for app in self.apps:
            if (
                app.path == path
                and app.target == spelled.removeprefix("self.")
                and app.scope
                and scope.startswith(app.scope)
            ):
                return [app]
        if base is None:
            return [app for app in self.apps if app.path == path and app.target and app.target == spelled]
        if base[0] == "ref":
            if base[1] in _CURRENT:
                return list(self.apps)
            found = self._by_variable(base[1], path)
            if found:
                return found
        if any(
            v[0] == "i" and "celery.Celery" in self.view.types.mro(v[1], path) for v in self.view.values(base, path)
        ):
            made = self._by_call(base, path)
            return made or list(self.apps)
        return []

    def _by_variable(self, dotted, path) -> list:
        found = self.resolver.variable(dotted, path)
        if found is None:
            return []
        home, name = found
        direct = [app for app in self.apps if app.path == home and app.target == name and not app.scope]
        if direct:
            return direct
        expr = self.view.project.summary(home)["names"].get(name)
        return self._by_call(expr, home) if expr is not None else []

    def _by_call(self, expr, path) -> list:
        """Answer the apps that a factory makes which this expression calls."""
        if expr[0] != "call":
            return []
        names = self.view.names(expr[1], path)
        return [app for app in self.apps if app.scope and f"{self.view.module(app.path)}.{app.scope}" in names]

    # settings

    def _read_settings(self):
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            for row in fact.get("conf", ()):
                apps = self.link(row["base"], row["spelled"], row["scope"], path)
                for app in apps:
                    self._setting(app, row, path)

    def _setting(self, app, row, path):
        key = row["key"]
        if key is None:
            entries, complete = self.resolver.entries(row["value"], path)
            if not complete and not self._fields(app, row["value"], path):
                app.open = True
            for name, place, value, home in entries:
                if isinstance(name, str) and setting_name(name):
                    app.add(Setting(setting_name(name), value, home, place))
            return
        how = {"extend": "extend", "touch": "touch"}.get(row["how"], "set")
        app.add(Setting(setting_name(key) or key, row["value"], path, row["p"], how))

    def _fields(self, app, value, path) -> bool:
        """Take the fields of pydantic's settings that are handed over whole; answer whether the value is such an object.

        What a field holds comes from the environment and is not known.
        """
        found = (
            [item for item in self.view.values(value[2], path) if item[0] == "i"]
            if value[0] == "expr" and value[2]
            else []
        )
        if not found or not all(_PYDANTIC & set(self.view.types.mro(item[1], path)) for item in found):
            return False
        for item in found:
            for cls in self.view.types.mro(item[1], path):
                record = self.view.types.class_record(cls, path)
                if record is None:
                    continue
                for name in self.view.project.summary(record[0])["classes"][record[1]]["attrs"]:
                    if setting_name(name):
                        app.add(Setting(setting_name(name), ["expr", list(value[1]), None], path, value[1]))
        return True

    def _read_sources(self):
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            if any(row["how"] == "config-module" for row in fact.get("uses", ())):
                for app in self.apps:
                    app.open = True  # CELERY_CONFIG_MODULE names a module that every app reads
            for row in fact.get("from", ()):
                for app in self.link(row["base"], row["spelled"], row["scope"], path):
                    call = row["call"]
                    if row["how"] != "config_from_object" or call[5]:
                        app.open = True
                        continue
                    value = call[3][0] if call[3] else call[4].get("obj")
                    space = call[4].get("namespace") or (call[3][3] if len(call[3]) > 3 else None)
                    namespace = self.resolver.constant(space, path) if space is not None else ""
                    if value is None or not (namespace is None or isinstance(namespace, str)):
                        app.open = True
                        continue
                    self._source(app, value, path, namespace or "")

    def _source(self, app, value, path, namespace):
        """Read a configuration module, class, instance or dictionary into an app."""
        followed, home = self.resolver.follow(value, path)
        if followed[0] == "map" or self.resolver.is_mapping(followed, home):
            entries, complete = self.resolver.entries(followed, home)
            app.open = app.open or not complete
            for name, place, item, where in entries:
                if isinstance(name, str) and setting_name(name, namespace):
                    app.add(Setting(setting_name(name, namespace), item, where, place))
            return
        name = self.resolver.constant(value, path)
        if name == "django.conf:settings" or (value[0] == "expr" and value[2] == ["ref", "django.conf.settings"]):
            self._django(app, namespace)
            return
        if isinstance(name, str):
            found = self.view.project.find(name.replace(":", "."), path)
            targets = [found] if found is not None else []
        else:
            targets = self._targets(value, path)
        if not targets:
            app.open = True
        for home, rest in targets:
            self._module(app, home, ".".join(rest), namespace, 0)

    def _targets(self, value, path) -> list:
        if value[0] != "expr" or value[2] is None:
            return []
        found = []
        for item in self.view.values(value[2], path):
            if item[0] in "ci":
                record = self.view.types.class_record(item[1], path)
                if record is not None:
                    found.append((record[0], record[1].split(".")))
            elif item[0] == "mod":
                home = self.view.project.find(item[1], path)
                if home is not None:
                    found.append(home)
        return found

    def _django(self, app, namespace):
        homes = [
            path for path, found in self.resolver.vars.items()
            if not self.view.is_test(path) and ("settings" in path.rpartition("/")[2] or "/settings/" in f"/{path}")
            and any(setting_name(name, namespace) for name in found if "." not in name)
        ]  # fmt: skip
        if not homes:
            app.open = True
        for home in homes:
            self._module(app, home, "", namespace, 0)

    def _module(self, app, home, owner, namespace, depth):
        """Take the names of a module, or of a class in it, that Celery reads as settings; bases and star imports too."""
        self.sources.append((home, owner, namespace))
        summary = self.view.project.summary(home)
        record = summary["classes"].get(owner) if owner else None
        if owner and record is None:
            app.open = True
            return
        names = record["attrs"] if record else summary["names"]
        known = self.resolver.vars.get(home, {})
        for name, expr in names.items():
            key = setting_name(name, namespace)
            if not key:
                continue
            rows = known.get(f"{owner}.{name}" if owner else name)
            if rows:
                for place, value in rows:
                    app.add(Setting(key, value, home, place))
            else:
                line = record["line"] if record else 1
                app.add(Setting(key, ["expr", [line, 1, line, 1], expr], home, (line, 1, line, 1)))
        if depth > 6:
            return
        if record:
            for base in record["bases"]:
                for value in self.view.values(base, home):
                    found = self.view.types.class_record(value[1], home) if value[0] == "c" else None
                    if found is not None:
                        self._module(app, found[0], found[1], namespace, depth + 1)
        else:
            for star in summary["stars"]:
                found = self.view.project.find(star, home)
                if found is not None and not found[1]:
                    self._module(app, found[0], "", namespace, depth + 1)
                else:
                    app.open = True


__all__ = ["UNKNOWN", "App", "Apps", "Setting", "setting_name"]
