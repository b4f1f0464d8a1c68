"""A port in .env is the container's, where the host reaches the service on another

## What it does
Compares the ports and URLs of a `.env` file with what the compose files beside it publish. Reported is a
variable that names the container's port of a service (`POSTGRES_PORT=5432`, `REDIS_URL=redis://localhost:6379/0`)
although compose publishes that port on the host under another number, and code or a script on the host uses the
variable: its host is `localhost`, or a shell script outside any container reads it.

Override files, `COMPOSE_FILE`, `extends`, profiles and `${VAR:-default}` are taken into account.

## Why it matters
On the host the variable leads to nothing, or worse: to another database that happens to listen on the usual
port. A health monitor then reports a dead stack as healthy, and a migration runs against the wrong server.

## Bad
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    ports:
      - "5433:5432"
```
```sh scripts/monitor.sh
pg_isready --host "$POSTGRES_HOST" --port "$POSTGRES_PORT"
```
```dotenv .env
POSTGRES_HOST=localhost
POSTGRES_PORT=5432  # AUD903
```

## Good
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    ports:
      - "5433:5432"
  cache:
    image: redis:7
    ports:
      - "6380:6379"
```
```sh scripts/monitor.sh
pg_isready --host "$POSTGRES_HOST" --port "$POSTGRES_PORT"
redis-cli -h localhost -p "$REDIS_PORT" ping
```
```dotenv .env
POSTGRES_HOST=localhost
POSTGRES_PORT=5433
# 6379 inside the containers; the host reaches it on 6380
REDIS_PORT=6379
```

## Fixed
There is no fix: which side of the network the variable is meant for is the author's to say. Write the published
port, or a comment at the variable that tells the inner port from the outer one.

## Options
None.

## Limits
Variables whose host is a service name are for use inside the network and never reported. A port that compose
takes from a variable without default is unknown.

## Origin
Audit A CRITICAL-4, audit B fix 3: a status script that asked port 6379 while compose published 6380.
"""

import posixpath
import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.secrets import words

from preaudit_hooks.documents.names import DOTENV_FILES, shown
from preaudit_hooks.documents.stacks import stacks
from preaudit_hooks.facts.environment_model import of

RULE = Rule(
    code="AUD903",
    name="port-mismatch",
    severity="high",
    scope="project",
    message="{name} says {inner}, the port of {service} inside its container; from the host it answers on {outer}"
    "{assumed}: write {outer}, or say in a comment which side the port is for",
    since="0.1.0",
    audits=("A CRITICAL-4", "B 3"),
    files=DOTENV_FILES,
)
_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "[::1]", "host.docker.internal")
_ENTRYPOINT = lazy(
    r"(?i)entry[-_]?point|(?:^|/)(?:docker|images?|\.?containers?)/|(?:^|/)(?:init|start|run)[-_.]?\w*\.sh$"
)
# What the variables and services of a product are usually called.
_NAMES = {
    "postgres": "postgres postgresql postgis pg pgsql db database sql timescaledb timescale pgvector",
    "mysql": "mysql mariadb db database sql percona",
    "redis": "redis valkey cache broker keydb dragonfly",
    "mongo": "mongo mongodb db database",
    "rabbitmq": "rabbitmq rabbit amqp broker mq",
    "elasticsearch": "elasticsearch elastic es opensearch search",
    "memcached": "memcached memcache cache",
    "minio": "minio s3 storage",
    "kafka": "kafka redpanda broker",
    "qdrant": "qdrant vector", "clickhouse": "clickhouse ch", "mailhog": "mailhog mailpit smtp mail", "nats": "nats",
}  # fmt: skip
_FAMILIES = [frozenset((key, *value.split())) for key, value in _NAMES.items()]


@RULE.on_project("dotenv", "compose", "environment")
def check(project):
    """Report each variable of a `.env` that a host-side reader takes to the wrong port."""
    environment = of(project)
    for path, rows in project.facts("dotenv"):
        ports = _ports(project, path)
        if not ports:
            continue
        hosts = {name: shape for name, _, _, shape, _ in rows}
        for name, place, value_place, shape, explained in rows:
            number = _number(name, shape)
            if number is None or explained or not _is_read(environment, name):
                continue
            found = _mismatch(environment, name, shape, hosts, ports, number)
            if found:
                service, port = found
                yield RULE.at(
                    (*place[:2], *value_place[2:]),
                    path=path,
                    related=[(port.path, port.place, f"published as {shown(port.text)}")],
                    scope=name,
                    name=shown(name),
                    inner=number,
                    outer=port.published,
                    service=shown(service.name),
                    assumed=" by default" if port.assumed else "",
                )


def _ports(project, path):
    """Answer [(service, port)] of the stacks that go with a `.env`: of its folder, those that name it, those above."""
    found = stacks(project)
    folder = posixpath.dirname(path)
    near = [stack for stack in found if stack.folder == folder]
    if not near:
        near = [stack for stack in found if _names_file(stack, path)]
    while not near and folder:
        folder = posixpath.dirname(folder)
        near = [stack for stack in found if stack.folder == folder]
    return [(service, port) for stack in near for service in stack.services.values() for port in service.ports()]


def _names_file(stack, path):
    rows = [row for service in stack.services.values() for row in service.fact.get("env_file", ())]
    return any(posixpath.normpath(posixpath.join(posixpath.dirname(row[0]), row[2])) == path for row in rows)


def _number(name, shape):
    """Answer the port that a variable says, None if it says none."""
    if shape["kind"] == "number" and shape["number"].isdigit() and "port" in words(name):
        return int(shape["number"])
    return shape.get("port") if shape["kind"] == "url" else None


def _is_read(environment, name):
    return any(read.how not in ("compose", "dotenv") for read in environment.readers(name))


def _mismatch(environment, name, shape, hosts, ports, number):
    """Answer the (service, port) whose inner port the variable says, None if it is right or for the inside."""
    if any(port.published == number for _, port in ports):
        return None
    side = _side(environment, name, shape, hosts)
    if not side:
        return None
    for service, port in ports:
        if port.target == number and port.published and port.protocol == "tcp":
            if _belongs(name, service) or (side == "url" and _speaks_to(shape["scheme"], service)):
                return service, port
    return None


def _side(environment, name, shape, hosts):
    """Answer "url", "host" or "script", the evidence that a variable is for the host; "" if there is none."""
    if shape["kind"] == "url":
        return "url" if shape["host"] in _LOCAL else ""
    parts = re.split(r"(?i)port", name)
    for other in ("HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS"):
        host = hosts.get(other.join(parts)) or hosts.get(other.lower().join(parts))
        if host is not None:
            return "host" if host.get("host") in _LOCAL else ""
        if other.join(parts) in environment.local_hosts and not _handed(environment, other.join(parts)):
            return "host"
    scripts = [path for path, _ in environment.script_reads.get(name, ()) if not _ENTRYPOINT.search(path)]
    return "script" if scripts and not _handed(environment, name) else ""


def _handed(environment, name):
    """Answer whether a container or script is given the variable by another way than the `.env`."""
    return any(each.kind in ("compose", "dockerfile", "shell") for each in environment.set_by_name.get(name, ()))


def _speaks_to(scheme, service):
    """Answer whether a URL's scheme is that of the product which a service runs: `postgres://`, and not `http://`."""
    said, image = set(re.findall(r"[a-z]+", scheme)), set(re.findall(r"[a-z]+", service.image))
    return any(said & family and image & family for family in _FAMILIES)


def _belongs(name, service):
    """Answer whether a variable's name speaks of a service, by its name or by the product that its image is."""
    own = set(words(name)) - {"port", "host", "app", "server", "http", "https", "web", "api", "local", "external"}
    called = {*words(service.name), *re.findall(r"[a-z]+", service.image)}
    for family in _FAMILIES:
        if called & family and (set(re.findall(r"[a-z]+", service.image)) & family or "build" not in service.fact):
            called |= family
    return bool(own & called)
