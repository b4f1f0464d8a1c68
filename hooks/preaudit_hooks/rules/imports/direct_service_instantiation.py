"""A registered service that is constructed directly

## What it does
Reports the construction of a class that the project registers in its service registry, locator or container, at a place that
is neither the registry nor a test.

## Why it matters
The registry exists so that there is one instance: with one connection pool, one cache, one place to replace it in a test. The
second instance has none of that, and what a test replaces in the registry is not what this code uses.

## Bad
```python shop/registry.py
from shop.mail import Mailer


class Registry:
    def __init__(self):
        self._factories = {}
        self._instances = {}

    def register(self, name, factory):
        self._factories[name] = factory

    def get(self, name):
        if name not in self._instances:
            self._instances[name] = self._factories[name]()
        return self._instances[name]


services = Registry()
services.register("mail", Mailer)
```
```python shop/mail.py
class Mailer:
    def send(self, text):
        print(text)
```
```python shop/views.py
from shop.mail import Mailer


def confirm(order):
    Mailer().send(order)  # AUD105
```

## Good
```python shop/registry.py
from shop.mail import Mailer


class Registry:
    def __init__(self):
        self._instances = {}

    def register(self, name, instance):
        self._instances[name] = instance

    def get(self, name):
        return self._instances[name]


services = Registry()
services.register("mail", Mailer())
```
```python shop/mail.py
class Mailer:
    def send(self, text):
        print(text)
```
```python shop/views.py
from shop.registry import services


def confirm(order):
    services.get("mail").send(order)
```

## Fixed
Ask the registry for the instance, or have it handed in.

## Options
None.

## Limits
A registry is known by its shape: a class of the project with a method that keeps what it is given under a name, and one that
makes instances of it; a class that is named like a registry, keeps the instances it is given and hands them out; a class with
two or more properties that make a service once, of which the project keeps one object for all; or dependency_injector's
singletons. A class that maps names to classes, as
plug-in tables do, is no service registry, and a class that is registered several times is an entry of a table and no service.
Tests, and scripts with a main guard, may make what they need.

## Origin
Audit C, AUDIT-007.
"""

from preaudit.core.rule import Rule

from preaudit_hooks.facts import constructions, entrypoints
from preaudit_hooks.facts.services import KIND, PROVIDERS

RULE = Rule(
    code="AUD105",
    name="direct-service-instantiation",
    severity="medium",
    scope="project",
    message="{service} is registered as a service, and this makes another one; take it from {registry}",
    since="0.1.0",
    files=r"\.py$",
    audits=("C AUDIT-007",),
)


@RULE.on_project(KIND, constructions.KIND, entrypoints.KIND, "namespace")
def check(project):
    """Report constructions of registered classes."""
    facts = project.facts(KIND)
    containers, keepers = (
        {f"{project.module(path)}.{name}" for path, fact in facts for name in fact.get(kind, ())}
        for kind in ("containers", "keepers")
    )
    services, homes, entries = {}, set(), {}
    for path, fact in facts:
        if project.is_test(path):
            continue
        if fact.get("containers") or fact.get("keepers") or fact.get("locators"):
            homes.add(path)
        for receiver, cls, line, column, _, instance in fact.get("registered", ()):
            known = containers | keepers if instance else containers
            if receiver == PROVIDERS or _is_one(project, receiver, path, known):
                for name in project.names(cls, path):
                    where = (path, (line, column), "registered here")
                    services.setdefault(name, (where, f"the registry in {project.module(path)}"))
                    if receiver != PROVIDERS:
                        entries.setdefault(name, set()).add((path, line, column))
                homes.add(path)
        for name, made, single in fact.get("locators", ()):
            if not single and not _is_shared(project, f"{project.module(path)}.{name}"):
                continue
            for cls in made:
                for service in project.names(cls, path) if cls is not None else ():
                    services.setdefault(service, (None, f"{project.module(path)}.{name}"))
    own = {
        name: found
        for name, found in services.items()
        # one of many of its class is an entry of a table, such as a configuration, and no service
        if len(entries.get(name, ())) < 2 and project.project.is_own(name.partition(".")[0])
    }
    if not own:
        return
    # a script is a process of its own, in which nobody has filled the registry
    named = project.derived("facts.entrypoints")
    homes |= {path for path in named.main if not named.apps.get(path)}
    last = {name.rpartition(".")[2] for name in own}
    for path, made in project.facts(constructions.KIND):
        if path in homes or project.is_test(path) or project.settings.is_migration(path):
            continue
        for cls, *place, _ in made:
            if cls[1].rpartition(".")[2] not in last:
                continue
            for name in project.names(cls, path):
                if name in own and not _is_home(project, name, path):
                    where, registry = own[name]
                    related = [where] if where else []
                    yield RULE.at(tuple(place), path=path, service=name, registry=registry, related=related)


def _is_one(project, receiver, path, containers):
    """Answer whether an expression is certainly a container of the project, or such a class itself."""
    found = {value[1] for value in project.values(receiver, path) if value[0] in "ic"}
    return bool(found) and found <= containers


def _is_shared(project, name):
    """Answer whether the project makes one object of a class for all: one made for each use shares nothing."""
    last = name.rpartition(".")[2]
    return any(
        shared and cls[1].rpartition(".")[2] == last and name in project.names(cls, path)
        for path, made in project.facts(constructions.KIND)
        for cls, *_, shared in made
    )


def _is_home(project, name, path):
    """Answer whether a file is the one that defines the class."""
    found = project.project.find(name, path)
    return found is not None and found[0] == path
