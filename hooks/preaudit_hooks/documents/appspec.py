"""DigitalOcean App Platform specs, and deploy templates that hold one under `spec:`.

Reference: docs.digitalocean.com/products/app-platform/reference/app-spec.
"""

from __future__ import annotations

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.compose import own_place
from preaudit_hooks.documents.yaml import Mapping, Scalar, Sequence, YamlDocument, resolve

COMPONENTS = ("services", "workers", "jobs", "static_sites", "functions")


class Component:
    """A service, worker, job, static site, function or (section "") the app itself."""

    __slots__ = ("section", "name", "node", "place")

    def __init__(self, section, name, node, place):
        """Hold the component's node."""
        self.section, self.name, self.node, self.place = section, name, node, place

    def text(self, key: str) -> str:
        """Answer the scalar text under a key, '' if there is none."""
        return _text(self.node.get(key))


class Variable:
    """An entry of `envs`; `value` None where the key is missing; places of the whole value and of the key."""

    __slots__ = ("name", "value", "type", "scope", "component", "place", "value_place")


class AppSpecDocument(YamlDocument):
    """An app spec: `components`, `databases` and `variables` in the order of the text."""

    kind = "app-spec"

    def __init__(self, path: str, text: str):
        """Read the text; what is wrong with it goes to `problems`, nothing is raised."""
        super().__init__(path, text)
        self.components: list = []
        self.databases: list = []
        self.variables: list = []
        for root in self.roots:
            spec = root.get("spec") if isinstance(root, Mapping) else None
            spec = spec if isinstance(spec, Mapping) else root
            if isinstance(spec, Mapping):
                self._read_spec(spec)

    def _read_spec(self, spec):
        app = Component("", _text(spec.get("name")), spec, own_place(self, spec))
        self._variables(app)
        self.components.append(app)
        for section in COMPONENTS:
            for node in _mappings(spec.get(section)):
                component = Component(section, _text(node.get("name")), node, own_place(self, node))
                self.components.append(component)
                self._variables(component)
        for node in _mappings(spec.get("databases")):
            self.databases.append(Component("databases", _text(node.get("name")), node, own_place(self, node)))

    def _variables(self, component):
        for node in _mappings(component.node.get("envs")):
            name = node.get("key")
            if not isinstance(name, Scalar):
                continue
            variable = Variable()
            value = node.get("value")
            variable.name, variable.component = name.text, component
            variable.value = _text(value) if isinstance(value, Scalar) else None
            variable.type = _text(node.get("type")).upper() or "GENERAL"
            variable.scope = _text(node.get("scope")).upper() or "RUN_AND_BUILD_TIME"
            variable.place = own_place(self, name)
            variable.value_place = own_place(self, value) if isinstance(value, Scalar) else variable.place
            self.variables.append(variable)

    def commands(self, component: Component) -> list:
        """Answer the commands of a component's `run_command`."""
        node = component.node.get("run_command")
        return scalar_commands(self, node) if isinstance(node, Scalar) else []


def scalar_commands(document, node) -> list:
    """Answer the commands in a YAML scalar, with exact places where it is written in one line."""
    exact = node.place[0] == node.place[2] and node.end - node.start in (len(node.text), len(node.text) + 2)
    shift = node.start + (1 if node.style else 0)
    if exact:
        return commandline.from_text(node.text, lambda a, b: document.place(shift + a, shift + b))
    return commandline.from_text(node.text, lambda a, b: own_place(document, node))


def _mappings(node):
    node = resolve(node)
    items = map(resolve, node.items) if isinstance(node, Sequence) else ()
    return [item for item in items if isinstance(item, Mapping)]


def _text(node) -> str:
    node = resolve(node)
    return node.text if isinstance(node, Scalar) and not node.is_null else ""
