"""A secret stands in plain text in a deployment file

## What it does
Reports a variable that holds a secret by its name (password, token, API key, signing key) and has a literal value:

- in an app spec without `type: SECRET`, and under `type: SECRET` where the value is plain text and not the
  encrypted `EV[...]` that the platform hands out;
- in the `environment` of a compose service, also as the default of `${VAR:-...}`;
- in a committed `.env` file that is no example.

A URL with a password in it counts as well, whatever the variable is called. No value is ever printed.

## Why it matters
Whoever can read the repository, a fork, a backup or a CI log has the credential, and so has everybody who ever
could: deleting the line does not delete the history. The value must be replaced, not only moved.

## Bad
```yaml .do/app.yaml
name: shop
services:
- name: web
  http_port: 8000
  envs:
  - key: JWT_SECRET
    value: 7d3b90ac51e2f648  # AUD907
  - key: STRIPE_API_KEY
    type: SECRET
    value: 9f86d081884c7d65  # AUD907
```
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: lantern-harbor-41  # AUD907
      REPLICA_PASSWORD: ${REPLICA_PASSWORD:-lantern-harbor-42}  # AUD907
```
```dotenv .env
POSTGRES_PASSWORD=lantern-harbor-41  # AUD907
DATABASE_URL=postgres://shop:lantern-harbor-41@db/shop  # AUD907
```

## Good
```yaml .do/app.yaml
name: shop
services:
- name: web
  http_port: 8000
  envs:
  - key: JWT_SECRET
    type: SECRET
    value: EV[1:dGhlIHZhbHVl:ZW5jcnlwdGVk]
  - key: DATABASE_URL
    value: ${shop-db.DATABASE_URL}
```
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
      OTHER_PASSWORD_FILE: /run/secrets/other
```
```dotenv .env.example
POSTGRES_PASSWORD=lantern-harbor-41
```

## Fixed
There is no fix: replace the credential where it is valid, then take the value from a secret store, from a
`.env` that git ignores, or from `type: SECRET` of the platform.

## Options
None.

## Limits
Placeholders such as `changeme`, `<password>` and `your-token` are samples, as is a value beside a comment that tells
the reader to change it, and everything in a folder of examples or documentation. In files for development, by their
name or because a compose file mounts the sources, reloads them or sets `ENVIRONMENT=development`, and in services whose
profiles are all for development, the throw-away values that such databases get (`postgres`, `password`, `dev-...`) are
silent; in files for tests and CI, and in services of such profiles
or of an image whose own name says test, everything is but the keys of known providers.
Throw-away passwords in URLs are silent everywhere, and in a compose file those of a service that publishes no port on
the host, and of a stack of nothing but databases, brokers and their consoles. A file inside a Python package that runs
others' images alone is a bench for the module beside it, and passwords of an Elasticsearch or OpenSearch whose security
is switched off guard nothing. What names hold a secret is told by their words, and `TOKEN_URL`, `PASSWORD_FILE`,
`MAX_TOKENS` or `PUBLIC_KEY` hold none.

## Origin
Audit E 18: an app spec in git with the production values of six secrets.
"""

import re

from preaudit.core.rule import Rule
from preaudit.core.secrets import URL, is_live_key, is_secret_name, is_throw_away, url_password, words

from preaudit_hooks.documents.kinds import is_example
from preaudit_hooks.documents.names import (
    DEPLOYMENT_FILES,
    is_bench,
    is_for_development,
    is_for_tests,
    is_sample,
    profiles_for_development,
    profiles_for_tests,
    shown,
)
from preaudit_hooks.documents.secrets import literal_secret

RULE = Rule(
    code="AUD907",
    name="plaintext-secret",
    severity="critical",
    scope="document",
    message="{name} holds a secret in plain text, readable by all who can read the repository; {instead}",
    since="0.1.0",
    audits=("E 18",),
    files=DEPLOYMENT_FILES,
)
_ROTATE = "replace the credential and "
_TEST_WORDS = frozenset(("test", "tests", "testing"))
_PASSWORDS = frozenset(("password", "passwd", "pass", "pwd"))
_SIMPLE = re.compile(r"[a-z]+(?:[-_][a-z]+)*")  # what people call a database, and then its password
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PRODUCTS = (
    frozenset(("db", "database", "sql", "postgres", "postgresql", "pg", "pgbouncer", "postgis", "pgvector", "timescaledb", "mysql",
               "mariadb", "mongo", "mongodb")),
    frozenset(("redis", "valkey", "keydb")), frozenset(("rabbitmq", "amqp", "broker")),
    frozenset(("elastic", "elasticsearch", "opensearch")), frozenset(("minio", "s3", "aws", "storage")),
)  # fmt: skip
_INFRASTRUCTURE = frozenset().union(
    *_PRODUCTS,
    """adminer pgadmin pgadmin4 phpmyadmin express flower mailhog mailpit mailcatcher
    localstack zookeeper kafka jaeger prometheus grafana memcached redisinsight commander neo4j cassandra clickhouse influxdb
    pgpool maildev local""".split(),
)
_SWITCHED_OFF = {
    ("xpack.security.enabled", "false"): frozenset(("elastic", "elasticsearch")),
    ("plugins.security.disabled", "true"): frozenset(("opensearch",)),
    ("disable_security_plugin", "true"): frozenset(("opensearch",)),
}


@RULE.on_document("app-spec")
def check_app_spec(document, ctx):
    """Report literal secrets among the variables of an app spec."""
    for variable in document.variables:
        # The platform's own references, `${db.PASSWORD}`, have dashes and dots in their names.
        value = re.sub(r"\$\{[^}]*\}", "${REFERENCE}", variable.value or "")
        kind = _secret(variable.name, value, document.path)
        if kind:
            instead = "enter it in the control panel, and keep only its EV[...] here"
            if variable.type != "SECRET":
                instead = "declare it with type: SECRET and without a plain value"
            yield _draft(variable.name, variable.value_place, instead, variable.component.name)


@RULE.on_document("compose")
def check_compose(document, ctx):
    """Report literal secrets in the environment of compose services."""
    if _is_sample(document.path, ctx):
        return
    seen = set()
    if ctx is not None and _is_bench(document, ctx):
        return
    company = document.is_worked_on or _is_company(document)
    unguarded = _unguarded(document)
    for service in document.services:
        profiles = service.texts("profiles")
        worked_on = company or profiles_for_development(profiles)
        image = service.text("image").partition("@")[0].rpartition("/")[2]
        tested = profiles_for_tests(profiles) or bool(_TEST_WORDS & set(words(image.partition(":")[0])))
        for entry in service.entries("environment"):
            if entry.value is None or entry.place in seen:
                continue
            seen.add(entry.place)
            kind = _secret(entry.key, entry.value, document.path, worked_on, tested)
            if kind and (_is_out_of_reach(service, entry) or unguarded & set(words(entry.key))):
                continue
            if kind and not _says_change(document, entry.place[2]):
                instead = f"write ${{{entry.key}}} and set it outside of git"
                if kind == "default":
                    instead = "write ${NAME:?...} without the default"
                yield _draft(entry.key, entry.place, instead, f"services.{service.name}.environment")


@RULE.on_document("dotenv")
def check_dotenv(document, ctx):
    """Report literal secrets in a `.env` that is in the repository and no example."""
    if _is_sample(document.path, ctx) or not _is_committed(document.path, ctx):
        return
    for entry in document.entries:
        if not entry.inherited and _secret(entry.name, entry.value, document.path):
            if _says_change(document, entry.last):
                continue
            place = (*entry.place[:2], *entry.value_place[2:])
            yield _draft(entry.name, place, "keep this file out of git, with an example beside it", entry.name)


def _is_out_of_reach(service, entry) -> bool:
    """Answer whether a value is a password that everybody guesses, for a service that only other containers reach."""
    parts, value = set(words(entry.key)), entry.value.strip().strip("'\"")
    services = {each.name: each for each in service.document.services}
    password, url = url_password(value), URL.search(value)
    if password:
        target = services.get(url["host"])
        return bool(_SIMPLE.fullmatch(password)) and target is not None and _is_inner(target)
    literal = value.partition("-")[2].rstrip("}") if value.startswith("${") else value
    if not parts & _PASSWORDS or not (is_throw_away(literal) or _SIMPLE.fullmatch(literal)):
        return False
    image = set(re.findall(r"[a-z]+", service.text("image").lower()))
    for family in _PRODUCTS:
        if parts & family and not image & family:
            return True  # the password of another service
    prefix = entry.key.rpartition("_")[0] + "_"
    for other in service.entries("environment"):
        if other.key.startswith(prefix) and other.key.endswith("HOST") and other.value in services:
            return True
    return _is_inner(service)


def _is_inner(service) -> bool:
    """Answer whether a service publishes no port on the host that others than the host itself reach."""
    if service.text("network_mode") == "host":
        return False
    return all(port.host_ip in _LOOPBACK or not port.published for _, port in service.ports())


def _is_company(document) -> bool:
    """Answer whether a stack is nothing but databases, brokers and their consoles, for an application run beside it."""
    for service in document.services:
        image = set(re.findall(r"[a-z0-9]+", service.text("image").lower()))
        if service.get("build") is not None or not image & _INFRASTRUCTURE:
            return False
    return True


def _is_bench(document, ctx) -> bool:
    services = document.services
    paths = ctx.project.python if ctx.project is not None else ()
    builds = any(service.get("build") is not None for service in services)
    return is_bench(document.path, [service.text("image") for service in services], builds, paths)


def _unguarded(document) -> frozenset:
    """Answer the words of the passwords that nobody is asked for: of servers whose security is switched off."""
    found = frozenset()
    for service in document.services:
        for entry in service.entries("environment"):
            value = (entry.value or "").strip("'\" ").lower()
            found |= _SWITCHED_OFF.get((entry.key.lower(), value), frozenset())
    return found


def _draft(name, place, instead, scope):
    return RULE.at(place, scope=scope, name=shown(name), instead=_ROTATE + instead)


def _is_sample(path, ctx):
    return is_example(path) or is_sample(path) or (ctx is not None and ctx.settings.is_test(path))


def _says_change(document, line):
    """Answer whether a comment at a line or directly above it tells the reader to put a value of his own."""
    said = " ".join(comment.text for comment in document.comments_near(line))
    return bool(re.search(r"(?i)\b(?:change|replace|override|choose|set your|your own|generate|fill in)\b", said))


def _is_committed(path, ctx):
    """Answer whether a file belongs to the project; git leaves an ignored `.env` out of its list."""
    return ctx is None or not ctx.project.paths or path in ctx.project.paths


def _secret(name, value, path, worked_on=False, tested=False):
    """Answer what is secret in a variable's value: "literal", "default", "url", or "" for nothing."""
    value = value.strip()
    tested = tested or is_for_tests(path)
    password = url_password(value)
    if password:
        return "" if is_throw_away(password) or tested else "url"
    if not is_secret_name(name) or "://" in value:
        return ""
    kind = literal_secret(value)
    if not kind or value.strip("${}").upper() == name.upper() or re.fullmatch(r"(\w+):\1", value):
        return ""
    if tested:
        return kind if is_live_key(value) else ""
    if worked_on or is_for_development(path):
        literal = value if kind == "literal" else value.partition("-")[2].rstrip("}")
        return "" if is_throw_away(literal) or _SIMPLE.fullmatch(literal) else kind
    return kind
