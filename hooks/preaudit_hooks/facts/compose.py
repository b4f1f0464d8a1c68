"""What a Compose file says, entry by entry with places: what `documents/stacks.py` merges.

Texts that can hold a secret are kept as shapes only (documents/secrets.py).
"""

from __future__ import annotations

import re

KIND = "compose"
DOCUMENTS = ("compose",)

_TEXTS = ("image", "network_mode", "scale", "container_name")
_LISTS = ("profiles", "depends_on", "networks", "tmpfs", "volumes_from")


def collect_document(document):
    """Answer {"services": {name: service}, "volumes": [names], "include": [paths], "refs": [[name, place]], ...}."""
    from preaudit_hooks.documents.names import says_development

    services: dict = {}
    for service in document.services:
        services.setdefault(service.name, []).append(_service(document, service))
    return {
        "services": services,
        "volumes": {key.text: bool(_external(value)) for key, value in document.top("volumes")},
        "include": _includes(document),
        "refs": _references(document),
        "inner": _inner_references(document),
        "development": says_development(document) or document.is_worked_on,
    }


def _external(node):
    from preaudit_hooks.documents.yaml import Mapping, Scalar

    external = node.get("external") if isinstance(node, Mapping) else None
    return isinstance(external, Mapping) or (
        isinstance(external, Scalar) and external.text.lower() in ("true", "yes", "on")
    )


def _service(document, service):
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.interpolate import normalised
    from preaudit_hooks.documents.secrets import shape
    from preaudit_hooks.documents.yaml import Mapping, Scalar

    fact = {"at": list(own_place(document, service.key)), "line": service.key.place[0]}
    for key in _TEXTS:
        if text := service.text(key):
            fact[key] = normalised(text)
    for key in _LISTS:
        if texts := service.texts(key):
            fact[key] = texts
    if service.get("build") is not None:
        fact["build"] = _dockerfile(service)
    fact["ports"] = [[list(entry.place), *port] for entry, port in service.ports()]
    fact["volumes"] = [
        [list(entry.place), mount.type, mount.source, mount.target, list(mount.mode)]
        for entry, mount in service.mounts()
    ]
    fact["environment"] = [
        [list(entry.place), entry.key, None if entry.value is None else shape(entry.key, entry.value)]
        for entry in service.entries("environment")
        if entry.key
    ]
    fact["env_file"] = _env_files(document, service)
    for key in ("command", "entrypoint"):
        rows = commands(document, service.get(key))
        if rows is not None:
            fact[key] = rows
    extends = service.get("extends")
    if isinstance(extends, Scalar):
        fact["extends"] = [extends.text, ""]
    elif isinstance(extends, Mapping):
        fact["extends"] = [_text(extends.get("service")), _text(extends.get("file"))]
    deploy = service.get("deploy")
    if isinstance(deploy, Mapping) and (replicas := _text(deploy.get("replicas"))):
        fact["scale"] = replicas
    tags = {key.text: node.tag for key, node, _ in service.node.merged() if isinstance(key, Scalar) and node.tag}
    if tags:
        fact["tags"] = tags
    return {key: value for key, value in fact.items() if value not in ([], "")}


def _dockerfile(service) -> str:
    """Answer the Dockerfile that a service is built from, relative to the Compose file; "?" if it is not known."""
    from posixpath import join, normpath

    from preaudit_hooks.documents.yaml import Mapping

    build = service.get("build")
    context, name = service.text("build"), "Dockerfile"
    if isinstance(build, Mapping):
        context, name = _text(build.get("context")) or ".", _text(build.get("dockerfile")) or name
    path = f"{context}/{name}"
    return "?" if not context or "$" in path or "://" in context else normpath(join(context, name))


def commands(document, node):
    """Answer the rows of the commands in a `command` or `entrypoint` node, None if there is none."""
    from preaudit_hooks.documents.appspec import scalar_commands
    from preaudit_hooks.documents.commandline import from_words
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.shellwords import Word
    from preaudit_hooks.documents.yaml import Scalar, Sequence, resolve

    if isinstance(node, Scalar):
        return [] if node.is_null else [command.to_row() for command in scalar_commands(document, node)]
    if not isinstance(node, Sequence):
        return None
    words = []
    for item in map(resolve, node.items):
        if isinstance(item, Scalar):
            raw = document.text[item.start : item.end]
            words.append(Word(item.text, raw, item.start, item.end, bool(item.style), False, own_place(document, item)))
    return [command.to_row() for command in from_words(words)]


def _env_files(document, service):
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.yaml import Mapping, Scalar

    node = service.get("env_file")
    if isinstance(node, Scalar):
        return [] if node.is_null else [[list(own_place(document, node)), node.text, True]]
    found = []
    for entry in service.entries("env_file"):
        if isinstance(entry.node, Mapping):
            required = _text(entry.node.get("required")).lower() not in ("false", "no", "off")
            if path := _text(entry.node.get("path")):
                found.append([list(entry.place), path, required])
        elif entry.key:
            found.append([list(entry.place), entry.key, True])
    return found


def _includes(document):
    from preaudit_hooks.documents.yaml import Mapping, Scalar, Sequence, resolve

    found = []
    for root in document.roots:
        node = root.get("include") if isinstance(root, Mapping) else None
        for item in map(resolve, node.items if isinstance(node, Sequence) else ()):
            path = item.get("path") if isinstance(item, Mapping) else item
            for each in path.items if isinstance(path, Sequence) else [path]:
                if isinstance(each, Scalar):
                    found.append(each.text)
    return found


def _references(document):
    """Answer [name, place, whether it has a default] of every variable that the file's scalars refer to, each once."""
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.interpolate import names, references
    from preaudit_hooks.documents.yaml import Scalar, walk

    found: dict = {}
    for root in document.roots:
        for node in walk(root):
            if isinstance(node, Scalar) and "$" in node.text:
                outer = {ref.name: ref.operator for ref in references(node.text)}
                for name in names(node.text):
                    operator = outer.get(name, "-")
                    row = found.setdefault(name, [name, list(own_place(document, node)), operator[-1:] in ("-", "+")])
                    row[2] = row[2] and operator[-1:] in ("-", "+")
    return list(found.values())


def _inner_references(document):
    """Answer the names that `$$NAME` refers to: a command or health check reads them inside the container."""
    return sorted(set(re.findall(r"\$\$\{?([A-Za-z_]\w*)", document.text)))


def _text(node) -> str:
    from preaudit_hooks.documents.yaml import Scalar, resolve

    node = resolve(node)
    return node.text if isinstance(node, Scalar) and not node.is_null else ""
