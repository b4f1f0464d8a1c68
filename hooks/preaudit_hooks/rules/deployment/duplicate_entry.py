"""An entry stands twice in a compose file, an app spec or a .env

## What it does
Reports the later of two entries where one of them has no effect or the two collide:

- in one compose service: the same published port, environment name, `depends_on`, network or `env_file`;
- a key that a YAML mapping of a compose file, app spec or workflow repeats, `<<` included;
- a name that a `.env` file sets twice;
- one host port that two compose services publish which can run together: neither has a profile, only one has,
  or they share one. Override files, `COMPOSE_FILE` and `extends` are merged first.

## Why it matters
Of two values one silently wins, and not always the one that the next person edits. A repeated key makes
Compose refuse the file; a host port can be bound once, so the second service never starts.

## Bad
```yaml docker-compose.yml
services:
  web:
    image: shop
    ports:
      - "8000:8000"
      - "8000:9000"  # AUD902
    environment:
      - LOG_LEVEL=info
      - LOG_LEVEL=debug  # AUD902
    networks:
      - front
      - front  # for the proxy  # AUD902
  admin:
    image: shop-admin
    ports:
      - "8000:8080"  # AUD902
```
```dotenv .env
LOG_LEVEL=info
LOG_LEVEL=debug  # AUD902
```

## Good
```yaml docker-compose.yml
services:
  web:
    image: shop
    ports:
      - "8000:8000"
      - "127.0.0.1:9000:9000"
      - "9000:9000/udp"
    environment:
      - LOG_LEVEL=info
  cpu:
    image: model:cpu
    profiles: [cpu]
    ports: ["8080:80"]
  gpu:
    image: model:gpu
    profiles: [gpu]
    ports: ["8080:80"]
```

## Fixed
The later of two identical entries is removed; a comment at its end stays, on a line of its own. Entries that
differ are left to a person, as they are under an anchor, with a variable in them, or in brackets over several lines.
```yaml docker-compose.yml
services:
  web:
    image: shop
    ports:
      - "8000:8000"
      - "8000:9000"  # AUD902
    environment:
      - LOG_LEVEL=info
      - LOG_LEVEL=debug  # AUD902
    networks:
      - front
      # for the proxy
  admin:
    image: shop-admin
    ports:
      - "8000:8080"  # AUD902
```
```dotenv .env
LOG_LEVEL=info
LOG_LEVEL=debug  # AUD902
```

## Options
None.

## Limits
Host ports that come from a variable without default are unknown. `command`, `entrypoint` and `test` lists may
repeat themselves and are not judged.

## Origin
Audit B, lesson 2: duplicates in configuration are found by machines only.
"""

from preaudit.core.finding import Fix
from preaudit.core.rule import Rule

from preaudit_hooks.documents.compose import entries_of, read_port
from preaudit_hooks.documents.names import DEPLOYMENT_FILES, WORKFLOW_FILES, shown
from preaudit_hooks.documents.removal import Refused, remove_item, remove_line, remove_pair
from preaudit_hooks.documents.stacks import stacks
from preaudit_hooks.documents.yaml import Mapping, Scalar, Sequence, repeated_keys, resolve, same, walk

RULE = Rule(
    code="AUD902",
    name="duplicate-entry",
    severity="medium",
    scope="document",
    message="{what} stands here a second time, line {first} says the same; remove this entry",
    since="0.1.0",
    audits=("B lesson 2",),
    fixable=True,
    tests=True,
    files=f"{DEPLOYMENT_FILES}|{WORKFLOW_FILES}",
)
_DIFFERENT = "{what} was set in line {first} to something else, and only the last one counts; keep one of them"
_REPEATED = (
    "the key {what} was given in line {first} already: strict readers refuse the file, others lose one value; "
    "keep one of them"
)
_MERGED = "a second << is no valid YAML: line {first} has one; write <<: [*one, *other]"
_PORT = "port {what} of the host is taken by line {first} already; publish this one on another"
_SHARED = (
    "port {what} of the host is published by {other} too{assumed}, so only one of them starts; give one another port"
)
_LISTS = {"environment": "environment", "depends_on": "depends_on", "networks": "network", "env_file": "env_file"}


@RULE.on_document("compose")
def check_services(document, ctx):
    """Report repeated entries of each service's lists."""
    seen = set()
    for service in document.services:
        for key, label in _LISTS.items():
            node = service.get(key)
            if isinstance(node, Sequence) and id(node) not in seen:
                seen.add(id(node))
                yield from _list(document, service, node, key, label)
        node = service.get("ports")
        if isinstance(node, Sequence) and id(node) not in seen:
            seen.add(id(node))
            yield from _ports(document, service, node)


def _list(document, service, node, key, label):
    before = {}
    for entry in entries_of(document, node):
        name = entry.key if key == "environment" else _whole(entry)
        if not name:
            continue
        if name in before:
            kept = before[name]
            what = f"{shown(name)} in {key} of {shown(service.name)}"
            identical = same(kept.node, entry.node)
            yield _draft(document, what, kept, entry, identical, "" if identical else _DIFFERENT, service, key)
        before[name] = entry


def _whole(entry):
    node = resolve(entry.node)
    if isinstance(node, Scalar):
        return node.text
    path = node.get("path") if isinstance(node, Mapping) else None
    return path.text if isinstance(path, Scalar) else ""


def _ports(document, service, node):
    before = {}
    for entry in entries_of(document, node):
        port = read_port(entry.node)
        if port is None:
            continue
        # Without a host port the engine chooses one: only the same target twice is a repetition.
        slot = (port.published, port.protocol) if port.published else ("", port.target, port.protocol)
        for kept, other in before.get(slot, ()):
            wild = {port.host_ip, other.host_ip} & {"", "0.0.0.0"}
            if port.host_ip != other.host_ip and not wild:
                continue
            identical = port == other
            what = shown(port.published or port.target)
            if identical:
                what = f"port {what} of {shown(service.name)}"
            yield _draft(document, what, kept, entry, identical, "" if identical else _PORT, service, "ports")
            break
        before.setdefault(slot, []).append((entry, port))


def _draft(document, what, kept, entry, identical, message, service, key):
    fix, note = None, "the first one"
    if identical:
        try:
            edits = remove_item(document, entry.container, entry.index, kept.index)
            fix = Fix(f"Remove the second {what}", edits)
        except Refused as refused:
            note = f"the first one; not fixed automatically: {refused}"
    return RULE.at(
        entry.place,
        related=[("", kept.place, note)],
        fix=fix,
        scope=f"services.{service.name}.{key}",
        message=message,
        what=what,
        first=kept.place[0],
    )


@RULE.on_document("compose", "app-spec", "workflow")
def check_keys(document, ctx):
    """Report keys that a mapping repeats."""
    if document.kind == "compose" and "template" in document.path.rpartition("/")[2]:
        return  # a program takes its choice of the repeated keys
    for root in document.roots:
        holders = {}
        for node in walk(root):
            if isinstance(node, Mapping):
                for index, (key, _) in enumerate(node.pairs):
                    holders[id(key)] = (node, index)
        for first, later, value, later_value in repeated_keys(root):
            identical = same(value, later_value) and first.text != "<<"
            fix, note = None, "the first one"
            if identical:
                try:
                    mapping, index = holders[id(later)]
                    edits = remove_pair(document, mapping, index, holders[id(first)][1])
                    fix = Fix(f"Remove the second {shown(later.text)}", edits)
                except Refused as refused:
                    note = f"the first one; not fixed automatically: {refused}"
            message = _MERGED if first.text == "<<" else "" if identical else _REPEATED
            yield RULE.at(
                later.place,
                related=[("", first.place, note)],
                fix=fix,
                scope=shown(later.text),
                message=message,
                what=f"the key {shown(later.text)}" if identical else shown(later.text),
                first=first.place[0],
            )


@RULE.on_document("dotenv")
def check_names(document, ctx):
    """Report names that a `.env` sets twice."""
    before = {}
    for entry in document.entries:
        if entry.inherited and entry.name[:1] == "[":
            before = {}  # a format of its own, with sections, of which each holds its names once
            continue
        kept = before.get(entry.name)
        if kept is not None:
            identical = (kept.value, kept.inherited) == (entry.value, entry.inherited)
            identical = identical and (kept.literal == entry.literal or "$" not in entry.value)
            fix, note = None, "the first one"
            if identical:
                try:
                    fix = Fix(f"Remove the second {shown(entry.name)}", remove_line(document, entry, kept))
                except Refused as refused:
                    note = f"the first one; not fixed automatically: {refused}"
            yield RULE.at(
                entry.place,
                related=[("", kept.place, note)],
                fix=fix,
                scope=entry.name,
                message="" if identical else _DIFFERENT,
                what=shown(entry.name),
                first=kept.place[0],
            )
        before[entry.name] = entry


@RULE.on_project("compose", "dotenv")
def check_host_ports(project):
    """Report host ports that two services of a stack publish."""
    reported = set()
    for stack in stacks(project):
        taken: dict = {}
        for service in stack.services.values():
            for port in service.ports():
                if port.published is None or port.published == 0 or port.host_ip is None:
                    continue
                for other, kept in taken.setdefault((port.published, port.protocol), []):
                    if other is not service and _collide(service, port, other, kept):
                        key = (port.path, port.place, kept.path, kept.place)
                        if key not in reported:
                            reported.add(key)
                            yield _shared(service, port, other, kept)
                        break
                taken[(port.published, port.protocol)].append((service, port))


def _collide(service, port, other, kept):
    if (port.path, port.place) == (kept.path, kept.place):
        return False
    if port.host_ip != kept.host_ip and not {port.host_ip, kept.host_ip} & {"", "0.0.0.0", "::"}:
        return False
    if "network_mode" in service.fact or "network_mode" in other.fact:
        return False
    return service.runs_with(other)


def _shared(service, port, other, kept):
    return RULE.at(
        port.place,
        path=port.path,
        related=[(kept.path, kept.place, f"published by {shown(other.name)}")],
        scope=f"services.{service.name}.ports",
        message=_SHARED,
        what=port.published,
        other=shown(other.name),
        assumed=" by default" if port.assumed or kept.assumed else "",
    )
