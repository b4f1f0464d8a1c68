"""Compose files as they are written: services, and the entries of their lists and mappings with places.

Anchors and merge keys are followed, override files are not: that is `composemerge`. What an entry
means is Compose's reading (compose-go: format/volume.go, override/uncity.go).
"""

from __future__ import annotations

import posixpath
import re
from collections import namedtuple

from preaudit_hooks.documents.interpolate import normalised
from preaudit_hooks.documents.names import profiles_for_development
from preaudit_hooks.documents.yaml import Alias, Mapping, Scalar, Sequence, YamlDocument, resolve

Mount = namedtuple("Mount", "type source target mode")
Mount.__doc__ = "What a volumes entry mounts; texts as written, target without trailing slashes, mode a sorted tuple."

Port = namedtuple("Port", "host_ip published target protocol")
Port.__doc__ = "What a ports entry publishes; texts as written, published '' if the engine chooses one."

_MODES = frozenset("ro rw z Z nocopy rprivate private rshared shared rslave slave consistent cached delegated".split())


class Entry:
    """An entry of a service's list or mapping.

    `key`: what must be unique (a mapping's key, the text before `=`); `node`: the item or the value;
    `container` and `index`: where it hangs; `place`: from the item's or key's start to the value's end.
    """

    __slots__ = ("key", "node", "key_node", "container", "index", "place", "value")

    def __init__(self, key, node, container, index, place, key_node=None, value=None):
        """Hold the entry; `value`: the text behind `=` or of the scalar, None where there is none."""
        self.key, self.node, self.container, self.index, self.place = key, node, container, index, place
        self.key_node, self.value = key_node, value


class Service:
    """One service of one file: `node` is its mapping, `key` its name's scalar; `layer` the YAML document."""

    __slots__ = ("name", "key", "node", "layer", "document")

    def __init__(self, name, key, node, layer, document):
        """Hold the nodes."""
        self.name, self.key, self.node, self.layer, self.document = name, key, node, layer, document

    def get(self, key: str):
        """Answer the node under a key of the service, merges and aliases followed; None if there is none."""
        return self.node.get(key)

    def text(self, key: str) -> str:
        """Answer the scalar text under a key, '' if there is none."""
        node = self.get(key)
        return node.text if isinstance(node, Scalar) and not node.is_null else ""

    def entries(self, key: str) -> list:
        """Answer the entries under a key as they are written, list and mapping form alike; [] if there are none."""
        return entries_of(self.document, self.get(key))

    def mounts(self) -> list:
        """Answer (entry, Mount) for each volumes entry that can be read."""
        found = []
        for entry in self.entries("volumes"):
            mount = read_mount(entry.node)
            if mount:
                found.append((entry, mount))
        return found

    def ports(self) -> list:
        """Answer (entry, Port) for each ports entry that can be read."""
        found = []
        for entry in self.entries("ports"):
            port = read_port(entry.node)
            if port:
                found.append((entry, port))
        return found

    def texts(self, key: str) -> list:
        """Answer the texts of a list of scalars or of a mapping's keys, or of one scalar alone."""
        node = self.get(key)
        if isinstance(node, Scalar):
            return [] if node.is_null else [node.text]
        return [entry.key for entry in self.entries(key)]


class ComposeDocument(YamlDocument):
    """A Compose file; `services` in the order of the text, of all YAML documents in it."""

    kind = "compose"

    def __init__(self, path: str, text: str):
        """Read the text; what is wrong with it goes to `problems`, nothing is raised."""
        super().__init__(path, text)
        self.services: list = []
        for layer, root in enumerate(self.roots):
            node = root.get("services") if isinstance(root, Mapping) else None
            for key, value, *_ in node.merged() if isinstance(node, Mapping) else ():
                value = resolve(value)
                if isinstance(key, Scalar) and isinstance(value, Mapping):
                    self.services.append(Service(key.text, key, value, layer, self))

    @property
    def is_worked_on(self) -> bool:
        """Whether the stack is one to develop in.

        A container gets the sources from the checkout, reloads them, or is told that this is development; or nothing runs
        without a profile and one of them is for development.
        """
        return (
            any(_gets_sources(service) or _reloads(service) or _is_told(service) for service in self.services)
            or self._is_picked()
        )

    def _is_picked(self) -> bool:
        profiles = [service.texts("profiles") for service in self.services]
        return all(profiles) and any(map(profiles_for_development, profiles)) and not any(
            name.lower().startswith("prod") for names in profiles for name in names
        )  # fmt: skip

    def service(self, name: str):
        """Answer the last service of a name, None if there is none."""
        return next((each for each in reversed(self.services) if each.name == name), None)

    def top(self, key: str) -> list:
        """Answer the (key scalar, value node) pairs of a top-level mapping such as `volumes`."""
        found = []
        for root in self.roots:
            node = root.get(key) if isinstance(root, Mapping) else None
            if isinstance(node, Mapping):
                found += [(name, resolve(value)) for name, value, _ in node.merged() if isinstance(name, Scalar)]
        return found


def _gets_sources(service) -> bool:
    build = service.get("build")
    context = _text(build.get("context")) if isinstance(build, Mapping) else service.text("build")
    folders = {".", posixpath.normpath(context)} if context and "$" not in context else {"."}
    if build is not None:
        folders.update(_SOURCES)
    return any(
        mount.type == "bind" and posixpath.normpath(re.sub(r"^\$\{?PWD\}?/?", "./", mount.source)) in folders
        for _, mount in service.mounts() if mount.source
    )  # fmt: skip


_SOURCES = ("src", "app", "backend", "frontend", "api", "server", "client", "web", "code", "packages")
_RELOADS = re.compile(r"(?<![\w-])(?:--reload|runserver|(?:run|yarn|pnpm) dev|--auto-?reload|watchmedo|debugpy)\b")


def _reloads(service) -> bool:
    texts = [text for key in ("command", "entrypoint") for text in service.texts(key)]
    return bool(texts and _RELOADS.search(" ".join(texts)))


_MODES_TOLD = frozenset({"environment", "env", "app_env", "flask_env", "django_env", "node_env", "app_environment"})


def _is_told(service) -> bool:
    """Answer whether a container is told in so many words that it runs in development, or with settings for it."""
    for entry in service.entries("environment"):
        name, value = entry.key.lower(), (entry.value or "").strip("'\" ").lower()
        if name in _MODES_TOLD and value in ("dev", "development", "local", "test", "testing"):
            return True
        if name == "django_settings_module" and value.rpartition(".")[2] in ("local", "dev", "development", "test"):
            return True
    return False


def own_place(document, node) -> tuple:
    """Answer the place of a node, ending at its last character and not where the next one begins."""
    end = last_offset(node)
    return document.place(node.start, max(end, node.start))


def last_offset(node) -> int:
    """Answer the offset behind the last character of a node; a block's own end is the next token's start."""
    while True:
        if isinstance(node, Sequence) and not node.flow and node.items:
            node = node.items[-1]
        elif isinstance(node, Mapping) and not node.flow and node.pairs:
            key, *value = node.pairs[-1]
            empty = value and isinstance(value[0], Scalar) and value[0].start == value[0].end
            node = key if not value or empty else value[0]
        else:
            return node.end


def entries_of(document, node) -> list:
    """Answer the entries of a sequence or mapping as written; merged pairs of a mapping are included, own first."""
    node, found = resolve(node), []
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            target = resolve(item)
            text = target.text if isinstance(target, Scalar) else ""
            key, sign, value = text.partition("=")
            found.append(
                Entry(key.strip(), item, node, index, own_place(document, item), None, value if sign else None)
            )
    elif isinstance(node, Mapping):
        for index, (key, value, _) in enumerate(node.merged()):
            if isinstance(key, Scalar):
                target = resolve(value)
                text = target.text if isinstance(target, Scalar) and not target.is_null else None
                end = last_offset(value) if value.end > value.start else key.end
                # A merged pair stands elsewhere in the file: its place is its own.
                place = document.place(key.start, max(end, key.end))
                found.append(Entry(key.text, value, node, index, place, key, text))
    return found


def split_colons(text: str) -> list:
    """Answer the parts of a text between colons, those inside `${…}` and `[…]` left whole."""
    parts, depth, start, position = [], 0, 0, 0
    while position < len(text):
        if text.startswith("${", position) or text[position] == "[":
            depth += 1
            position += 2 if text[position] == "$" else 1
            continue
        if text[position] in "}]" and depth:
            depth -= 1
        elif text[position] == ":" and not depth:
            parts.append(text[start:position])
            start = position + 1
        position += 1
    return [*parts, text[start:]]


def clean_target(target: str) -> str:
    """Answer a container path as the engine takes it: no trailing or doubled slashes, no `.` parts."""
    if not target.startswith("/"):
        return target.rstrip("/") or target
    return posixpath.normpath("/" + target.lstrip("/"))


def read_mount(node):
    """Answer the Mount of a volumes entry, short or long; None if it is none."""
    node = resolve(node)
    if isinstance(node, Mapping):
        target = _text(node.get("target"))
        if not target:
            return None
        kind = _text(node.get("type")) or "volume"
        mode = []
        if _text(node.get("read_only")).lower() in ("true", "yes", "on"):
            mode.append("ro")
        for section in ("bind", "volume", "tmpfs"):
            options = node.get(section)
            if isinstance(options, Mapping):
                mode += [f"{section}.{key.text}={_text(value)}" for key, value, _ in options.merged()
                         if isinstance(key, Scalar)]  # fmt: skip
        return Mount(kind, normalised(_text(node.get("source"))), clean_target(normalised(target)), tuple(sorted(mode)))
    if not isinstance(node, Scalar) or not node.text:
        return None
    parts = split_colons(normalised(node.text))
    # A single letter before a colon is a Windows drive.
    joined: list = []
    for part in parts:
        if joined and re.fullmatch(r"[A-Za-z]", joined[-1]) and (part[:1] in "\\/"):
            joined[-1] += ":" + part
        else:
            joined.append(part)
    if len(joined) == 1:
        return Mount("volume", "", clean_target(joined[0]), ())
    source, target = joined[0], joined[1]
    mode = tuple(sorted(set("".join(joined[2:3]).split(",")) - {"", "rw"}))
    if not source or not target or len(joined) > 3:
        return None
    bind = source[:1] in "./~" or source.startswith("${") and "/" in source or re.match(r"[A-Za-z]:", source)
    return Mount("bind" if bind else "volume", source, clean_target(target), mode)


def read_port(node):
    """Answer the Port of a ports entry, short or long; None if it is none."""
    node = resolve(node)
    if isinstance(node, Mapping):
        target = _text(node.get("target"))
        if not target:
            return None
        return Port(
            _text(node.get("host_ip")), _text(node.get("published")), target, _text(node.get("protocol")) or "tcp"
        )
    if not isinstance(node, Scalar) or not node.text.strip():
        return None
    text, protocol = normalised(node.text.strip()), "tcp"
    if re.search(r"/(?:tcp|udp|sctp)$", text, re.I):
        text, _, protocol = text.rpartition("/")
    parts = split_colons(text)
    if len(parts) == 1:
        return Port("", "", parts[0], protocol.lower())
    if len(parts) == 2:
        return Port("", parts[0], parts[1], protocol.lower())
    return Port(":".join(parts[:-2]).strip("[]"), parts[-2], parts[-1], protocol.lower())


def _text(node) -> str:
    node = resolve(node)
    return node.text if isinstance(node, Scalar) and not node.is_null else ""


def is_shared(document, node) -> bool:
    """Answer whether a node can be reached by another way than its own place: under an anchor or by an alias."""
    for root in document.roots:
        stack = [(root, False)]
        while stack:
            each, shared = stack.pop()
            shared = shared or bool(each.anchor)
            if each is node:
                return shared
            if isinstance(each, Alias):
                continue
            if isinstance(each, Sequence):
                stack += [(item, shared) for item in each.items]
            elif isinstance(each, Mapping):
                for pair in each.pairs:
                    stack += [(item, shared) for item in pair]
    return True
