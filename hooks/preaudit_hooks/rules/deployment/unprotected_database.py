"""A database whose data the next deployment or outage takes away

## What it does
Reports, in an app spec, a database with `production: false` or without the key: a development database without
standby, backups or more than one node. And, in a compose stack, a database service whose data directory has no
volume, on the service's key: the data lives in the container and goes with it. Override files and `extends` are
merged first.

## Why it matters
A development database has no daily backup to return to. A container without a volume loses everything with the
first `docker compose down`, with a new image, or with a new host.

## Bad
```yaml .do/app.yaml
name: shop
services:
- name: web
  http_port: 8000
databases:
- name: shop-db
  engine: PG
  production: false  # AUD906
- name: shop-cache  # AUD906
  engine: REDIS
```
```yaml docker-compose.yml
services:
  db:  # AUD906
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
```

## Good
```yaml .do/app.yaml
name: shop
services:
- name: web
  http_port: 8000
databases:
- name: shop-db
  engine: PG
  production: true
  cluster_name: shop-db-fra1
```
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    volumes:
      - pgdata:/var/lib/postgresql/data
volumes:
  pgdata:
```

## Fixed
There is no fix: write `production: true` with the `cluster_name` of a managed cluster, or mount a named volume at
the data directory that the message names.

## Options
None.

## Limits
Files whose name or head comment says development, test, CI, staging or preview may have a database that forgets, and
so may a stack that mounts the sources of the checkout, reloads them, sets `ENVIRONMENT=development` or the like, or starts
nothing without a profile and something with one for development; so may a service
whose data directory is a `tmpfs`, which is a decision, and one that only runs under a profile for development or tests. A
file inside a Python package that runs others' images alone is a bench for the module beside it, and a file of databases
alone is a script's where one beside it runs `docker compose down -v`. Images other than
those in the table (PostgreSQL, MySQL, MariaDB, MongoDB and relatives) are not judged; caches never are.

## Origin
Audit E 5: the production database of an app ran with `production: false`.
"""

import posixpath
import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.documents.compose import own_place
from preaudit_hooks.documents.interpolate import evaluate
from preaudit_hooks.documents.names import (
    APP_SPEC_FILES,
    COMPOSE_FILES,
    is_bench,
    is_for_development,
    profiles_for_development,
    shown,
)
from preaudit_hooks.documents.stacks import stacks

RULE = Rule(
    code="AUD906",
    name="unprotected-database",
    severity="critical",
    scope="document",
    message="the database {name} has no volume at {directory}, so its data goes with the container; mount a named volume there",
    since="0.1.0",
    audits=("E 5",),
    files=f"{COMPOSE_FILES}|{APP_SPEC_FILES}",
)
_APP = (
    "the database {name} is a development database without backups or standby; "
    "write production: true with the cluster_name of a managed cluster"
)
_PASSING = lazy(r"(?i)(?:^|[._\-/])(?:staging|stage|preview|review|qa)(?:$|[._\-/])")
# Image name -> data directory, as the images' own pages give it.
_POSTGRES = "/var/lib/postgresql/data"
DATA = {
    "postgres": _POSTGRES, "postgis": _POSTGRES, "pgvector": _POSTGRES, "timescaledb": _POSTGRES,
    "timescaledb-ha": "/home/postgres/pgdata", "pgvecto-rs": _POSTGRES, "mysql": "/var/lib/mysql",
    "mysql-server": "/var/lib/mysql", "mariadb": "/var/lib/mysql", "percona": "/var/lib/mysql",
    "mongo": "/data/db", "mongodb-community-server": "/data/db", "couchdb": "/opt/couchdb/data",
    "cassandra": "/var/lib/cassandra", "clickhouse-server": "/var/lib/clickhouse", "neo4j": "/data",
}  # fmt: skip
_BITNAMI = {
    "postgresql": "/bitnami/postgresql", "mysql": "/bitnami/mysql/data", "mariadb": "/bitnami/mariadb",
    "mongodb": "/bitnami/mongodb",
}  # fmt: skip


@RULE.on_document("app-spec")
def check_app_spec(document, ctx):
    """Report databases of an app spec that are no production databases."""
    if is_for_development(document.path) or _PASSING.search(document.path):
        return
    for database in document.databases:
        if database.text("production").lower() in ("true", "yes", "on"):
            continue
        node = database.node.get("production") or database.node.get("name")
        place = own_place(document, node) if node is not None else database.place
        yield RULE.at(place, scope=f"databases.{database.name}", message=_APP, name=shown(database.name) or "here")


@RULE.on_project("compose", "dotenv", "tooling")
def check_compose(project):
    """Report compose databases that no stack gives a volume."""
    unprotected, protected = {}, set()
    thrown = {posixpath.dirname(path) for path, fact in project.facts("tooling") if fact.get("thrown")}
    for stack in stacks(project):
        for service in stack.services.values():
            directory = data_directory(service)
            key = (service.path, service.place)
            if (
                not directory
                or stack.development
                or any(is_for_development(path) and "override" not in path for path in stack.paths)
                or _is_bench(stack, project)
                or (posixpath.dirname(service.path) in thrown and all(map(data_directory, stack.services.values())))
            ):
                continue
            if _is_kept(service, directory):
                protected.add(key)
            elif not _is_for_tests(service, project):
                unprotected.setdefault(key, (service, directory))
    for key in sorted(set(unprotected) - protected):
        service, directory = unprotected[key]
        yield RULE.at(
            service.place,
            path=service.path,
            scope=f"services.{service.name}",
            name=shown(service.name),
            directory=directory,
        )


def data_directory(service) -> str:
    """Answer where the image of a service keeps its data, '' if it is no known database."""
    text = evaluate(service.fact.get("image", ""), service.stack.values).text
    table = _BITNAMI if re.search(r"(?:^|/)bitnami(?:legacy|secure)?/", text) else DATA
    return table.get(service.image, "")


def _is_kept(service, directory):
    """Answer whether a mount, a tmpfs or another service's volumes hold the data directory, or might."""
    fact = service.fact
    if fact.get("volumes_from") or any(
        "PGDATA" in row[2] or row[2].endswith("_DATA_DIR") for row in fact.get("environment", ())
    ):
        return bool(fact.get("volumes") or fact.get("volumes_from"))
    targets = [row[4] for row in fact.get("volumes", ())] + [text.partition(":")[0] for text in fact.get("tmpfs", ())]
    parents = {directory}
    while directory.count("/") > 1:
        directory = directory.rpartition("/")[0]
        parents.add(directory)
    return any(
        target.rstrip("/") in parents or "$" in target or target.startswith(max(parents, key=len)) for target in targets
    )


def _is_bench(stack, project):
    services = stack.services.values()
    images = [service.fact.get("image", "") for service in services]
    return is_bench(stack.paths[0], images, any(service.fact.get("build") for service in services), project.python)


def _is_for_tests(service, project):
    if profiles_for_development(service.profiles):
        return True
    words = re.findall(r"[a-z0-9]+", " ".join((service.name, *service.profiles)).lower())
    return project.is_test(service.path) or any(word in ("test", "tests", "testing", "ci", "e2e") for word in words)
