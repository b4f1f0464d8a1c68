"""What Compose really runs: the files of a stack merged as Compose merges them, every entry with its origin.

Works on facts (facts/compose.py), so that a project rule needs no file. After compose-go: override/merge.go,
override/uncity.go, loader/extends.go; docs.docker.com/compose/how-tos/multiple-compose-files/merge.
"""

from __future__ import annotations

import posixpath
import re

from preaudit_hooks.documents.interpolate import evaluate

_BASES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = {
    "compose.yaml": ("compose.override.yaml", "compose.override.yml"),
    "compose.yml": ("compose.override.yml", "compose.override.yaml"),
    "docker-compose.yml": ("docker-compose.override.yml", "docker-compose.override.yaml"),
    "docker-compose.yaml": ("docker-compose.override.yaml", "docker-compose.override.yml"),
}
_UNIQUE = {
    "ports": lambda row: tuple(row[2:6]),
    "volumes": lambda row: row[4],
    "environment": lambda row: row[2],
    "env_file": lambda row: row[2],
}
_DEPTH = 20


class Port:
    """A published port of a service: numbers (int, None if unknown), and where it is written."""

    __slots__ = ("path", "place", "host_ip", "published", "target", "protocol", "assumed", "text")


class Service:
    """A service of a merged stack; `path` and `place` of its name where it is first declared.

    `fact` is the merged fact: in `ports`, `volumes`, `environment` and `env_file` each row starts with
    the path it comes from.
    """

    __slots__ = ("name", "path", "place", "fact", "stack")

    def __init__(self, name, path, place, fact, stack):
        """Hold the merged fact."""
        self.name, self.path, self.place, self.fact, self.stack = name, path, place, fact, stack

    @property
    def image(self) -> str:
        """The image with defaults filled in, without registry, tag and digest: `postgres`."""
        text = evaluate(self.fact.get("image", ""), self.stack.values).text
        return re.split(r"[@:]", text.rpartition("/")[2])[0].lower()

    @property
    def profiles(self) -> tuple:
        """The profiles, () for a service that always runs."""
        return tuple(self.fact.get("profiles", ()))

    def runs_with(self, other) -> bool:
        """Answer whether both can run at once: one of them has no profile, or they share one."""
        return not self.profiles or not other.profiles or bool(set(self.profiles) & set(other.profiles))

    def ports(self) -> list:
        """Answer the Ports that are published, ranges one by one."""
        found = []
        for path, place, host_ip, published, target, protocol in self.fact.get("ports", ()):
            outer, inner = evaluate(published, self.stack.values), evaluate(target, self.stack.values)
            address = evaluate(host_ip, self.stack.values)
            outers, inners = _range(outer.text), _range(inner.text)
            if len(outers) != len(inners):
                inners = inners * len(outers) if len(inners) == 1 else [None] * len(outers)
            for one, two in zip(outers, inners):
                port = Port()
                port.path, port.place, port.protocol = path, tuple(place), protocol
                port.host_ip = address.text if address.complete else None
                port.published, port.target = one, two
                port.assumed = outer.assumed or inner.assumed
                port.text = f"{published}:{target}"
                found.append(port)
        return found


class Stack:
    """The services that one `docker compose` call runs: `paths` in the order of merging, `services` {name: Service}.

    `development`: a file of it says at its head that it is for development or tests.
    """

    __slots__ = ("paths", "services", "values", "folder", "volumes", "development")

    def __init__(self, paths, folder, values):
        """Make an empty stack; `values` are what `.env` gives for interpolation, None where only known to be set."""
        self.paths, self.folder, self.values = list(paths), folder, values
        self.services: dict = {}
        self.volumes: dict = {}
        self.development = False


def _range(text):
    """Answer the numbers of a port or a range of ports; [None] if it is neither."""
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", text)
    if not match:
        return [None]
    first = int(match[1])
    last = int(match[2] or first)
    return list(range(first, last + 1)) if first <= last <= first + 1_000 else [None]


def env_values(rows) -> dict:
    """Answer {name: text or None} of a dotenv fact, for interpolation; None for a value that is not kept."""
    found = {}
    for name, _, _, shape, _ in rows or ():
        kind = shape["kind"]
        if kind == "inherited":
            continue
        known = {"empty": "", "number": shape.get("number"), "host": shape.get("host"), "boolean": shape.get("text")}
        found[name] = known.get(kind)
        if kind == "text" and name.startswith("COMPOSE_"):
            found[name] = shape.get("text")
    return found


def stacks(project) -> list:
    """Answer the Stacks of a project: one per folder with a base file, and one per other compose file.

    Another file that only makes sense over a base (a service without image and build, which the base
    declares) is merged over the base of its folder; any other stands alone.
    """
    return project.once("stacks", lambda: _stacks(dict(project.facts("compose")), dict(project.facts("dotenv"))))


def _stacks(compose, dotenv):
    found = []
    for folder in sorted({posixpath.dirname(path) for path in compose}):
        inside = [path for path in sorted(compose) if posixpath.dirname(path) == folder]
        values = env_values(dotenv.get(posixpath.join(folder, ".env")))
        chosen = _chosen(folder, inside, values, compose)
        base = next((path for name in _BASES for path in inside if posixpath.basename(path) == name), None)
        if chosen:
            found.append(build(chosen, folder, values, compose))
        for path in inside:
            if path not in chosen:
                over = base and path != base and _needs_base(compose[path], compose[base])
                found.append(build([base, path] if over else [path], folder, values, compose))
    return found


def _chosen(folder, inside, values, compose):
    """Answer the files that a plain `docker compose up` in a folder reads; [] if none."""
    named = values.get("COMPOSE_FILE")
    if named:
        separator = values.get("COMPOSE_PATH_SEPARATOR") or (";" if ";" in named else ":")
        paths = [
            posixpath.normpath(posixpath.join(folder, each.strip())) for each in named.split(separator) if each.strip()
        ]
        if any(path in compose for path in paths):
            return [path for path in paths if path in compose]
    for name in _BASES:
        path = posixpath.join(folder, name)
        if path in inside:
            over = next((posixpath.join(folder, each) for each in _OVERRIDES[name]
                         if posixpath.join(folder, each) in inside), None)  # fmt: skip
            return [path, over] if over else [path]
    return []


def _needs_base(fact, base):
    for name, layers in fact["services"].items():
        own = [layer for layer in layers if "image" in layer or "build" in layer or "extends" in layer]
        if not own and name in base["services"]:
            return True
    return False


def build(paths, folder, values, compose) -> Stack:
    """Answer the stack of these files merged in order."""
    stack = Stack(paths, folder, values)
    for path in _with_includes(paths, compose):
        fact = compose[path]
        for name, layers in fact["services"].items():
            for layer in layers:
                origin = _with_origin(path, _extended(path, name, layer, compose, 0))
                service = stack.services.get(name)
                if service is None:
                    stack.services[name] = Service(name, path, tuple(layer["at"]), origin, stack)
                else:
                    service.fact = merge(service.fact, origin)
        stack.development = stack.development or bool(fact.get("development"))
        stack.volumes.update(fact.get("volumes", {}))
    return stack


def _with_includes(paths, compose):
    found = []

    def add(path, depth):
        if path in compose and path not in found and depth < _DEPTH:
            for each in compose[path].get("include", ()):
                add(posixpath.normpath(posixpath.join(posixpath.dirname(path), each)), depth + 1)
            if path not in found:
                found.append(path)

    for path in paths:
        add(path, 0)
    return found


def _with_origin(path, fact):
    fact = dict(fact)
    for key in _UNIQUE:
        if key in fact:
            fact[key] = [row if isinstance(row[0], str) else [path, *row] for row in fact[key]]
            fact[key] = _once(fact[key], _UNIQUE[key])
    return fact


def _extended(path, name, fact, compose, depth):
    """Answer a service's fact over that of the service it extends, rows with their origin."""
    fact = _with_origin(path, fact)
    if "extends" not in fact or depth >= _DEPTH:
        return fact
    base_name, file = fact["extends"]
    base_path = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
    layers = compose.get(base_path, {}).get("services", {}).get(base_name)
    if not layers or (base_path == path and base_name == name):
        return fact
    base = _extended(base_path, base_name, layers[-1], compose, depth + 1)
    return {key: value for key, value in merge(base, fact).items() if key != "extends"}


def merge(base: dict, over: dict) -> dict:
    """Answer one service's fact merged over another's, as Compose does."""
    merged = dict(base)
    tags = over.get("tags", {})
    for key, tag in tags.items():
        if tag in ("!reset", "!override"):
            merged.pop(key, None)
    for key, value in over.items():
        if key in ("at", "line", "tags"):
            continue
        if tags.get(key) == "!reset":
            continue
        if key in _UNIQUE:
            merged[key] = _once([*merged.get(key, ()), *value], _UNIQUE[key])
        elif key in ("profiles", "depends_on", "networks", "tmpfs", "volumes_from"):
            merged[key] = list(dict.fromkeys([*merged.get(key, ()), *value]))
        else:
            merged[key] = value
    return merged


def _once(rows, key_of):
    """Answer the rows with each key once: a later one takes the place of the earlier."""
    found: dict = {}
    for row in rows:
        found[key_of(row)] = row
    return list(found.values())
