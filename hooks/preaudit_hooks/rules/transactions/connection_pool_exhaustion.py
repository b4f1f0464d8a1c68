"""More pooled connections than the database accepts

## What it does
Adds up the processes that share a database and multiplies them by `pool_size` + `max_overflow`. Reports the engine where that
is more than the configured `database-connections`, or than PostgreSQL's default of 100 where a Compose file runs plain
PostgreSQL. The message shows the arithmetic.

Processes: the workers of gunicorn, uvicorn and the like (command line, gunicorn's configuration file, `WEB_CONCURRENCY`),
the concurrency of Celery workers, each times its replicas or instances. What is not known counts as one.

## Why it matters
Under load the last workers get "FATAL: sorry, too many clients already". It never shows in a test, because every
worker must be busy at once, and then everything fails, the health check too. tests/oracles/test_postgresql_claims.py
fills a real server, and tests/oracles/test_session_claims.py reads the default size of a pool.

## Bad
```python app/db.py
from sqlalchemy import create_engine

engine = create_engine("postgresql://db/shop", pool_size=20, max_overflow=10, pool_pre_ping=True)  # AUD016
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn -w 8 app.main:app
  db:
    image: postgres:16
```

## Good
```python app/db.py
from sqlalchemy import create_engine

engine = create_engine("postgresql://db/shop", pool_size=5, max_overflow=5, pool_pre_ping=True)
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn -w 8 app.main:app
  db:
    image: postgres:16
```

## Fixed
Make the pools smaller: a process with one thread needs one connection. Or put PgBouncer between, or raise `max_connections`
and tell preaudit with `database-connections`.

## Options
`database-connections`: how many connections the server accepts.

## Limits
Threads share their process's pool and count once. A pooler between (PgBouncer, Pgpool, Odyssey) makes the answer unknown, and
the rule is silent; so do sizes that only the environment knows.

## Origin
Audit E, 7.
"""

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

from preaudit_hooks.documents.commandline import Command, celery_worker, web_server
from preaudit_hooks.documents.interpolate import evaluate
from preaudit_hooks.documents.stacks import stacks
from preaudit_hooks.web.servers import configured

RULE = Rule(
    code="AUD016",
    name="connection-pool-exhaustion",
    severity="high",
    message="{processes} processes ({terms}) x ({size} + {overflow}) connections = {total}, more than the {limit} that {server} "
    "accepts; make the pools smaller, or put a pooler between",
    since="0.1.0",
    scope="project",
    options=("database-connections",),
    audits=("E 7",),
)

_POSTGRES_DEFAULT = 100
_POOLERS = lazy(r"pgbouncer|pgpool|odyssey|pgcat|supavisor")
_PLAIN = ("postgres", "postgis", "timescaledb", "pgvector")
_POOL_SIZE, _MAX_OVERFLOW = 5, 10  # SQLAlchemy's QueuePool


@RULE.on_project("models", "commands", "compose", "dotenv", "processes")
def check(project):
    """Report the engines whose pools together hold more connections than the server accepts."""
    groups = [found for found in (*_compose(project), *_app_specs(project)) if found is not None]
    for path, fact in project.facts("models"):
        if project.is_test(path):
            continue
        for place, dialects, size, overflow, pooled in fact.get("engines", ()):
            if not pooled or "sqlite" in dialects:
                continue
            pool, more = _number(project, size, path, _POOL_SIZE), _number(project, overflow, path, _MAX_OVERFLOW)
            if pool is None or more is None or more < 0 or pool <= 0:
                continue
            worst = max(groups, key=lambda group: sum(n for _, n in group[0]) / group[1], default=None)
            if worst is None:
                continue
            terms, limit, server = worst
            processes = sum(count for _, count in terms)
            if processes * (pool + more) > limit:
                shown = " + ".join(f"{name} {count}" for name, count in terms)
                yield RULE.at(tuple(place), path=path, processes=processes, terms=shown, size=pool, overflow=more,
                              total=processes * (pool + more), limit=limit, server=server)  # fmt: skip


def _number(project, expr, path, default):
    """Answer the number an expression certainly is, the default where it is not given, None if it is not known."""
    if expr == ["const", None]:
        return default
    values = (
        [v for v in project.constants(expr, path) if isinstance(v, int) and not isinstance(v, bool)] if expr else []
    )
    return values[0] if len(values) == 1 else None


def _compose(project):
    """Give (terms, limit, server) of each Compose stack that runs processes and plain PostgreSQL."""
    for stack in stacks(project):
        services = list(stack.services.values()) if isinstance(stack.services, dict) else list(stack.services)
        if any(_POOLERS.search(f"{service.image} {service.name}") for service in services):
            continue
        limit, server = project.settings.database_connections, "the database"
        plain = [s for s in services if s.image in _PLAIN]
        if not limit:
            if len(plain) != 1 or "max_connections" in repr(plain[0].fact.get("command")):
                continue
            limit, server = _POSTGRES_DEFAULT, f"PostgreSQL ({plain[0].name})"
        terms = []
        for service in services:
            if service.image in _PLAIN or service.profiles:
                continue
            count = _processes(project, service.fact.get("command") or service.fact.get("entrypoint") or (),
                               _concurrency(service), service.path)  # fmt: skip
            if count:
                scale = evaluate(str(service.fact.get("scale", "1")), stack.values).text
                terms.append((service.name, count * (int(scale) if scale.isdigit() else 1)))
        if terms:
            yield terms, limit, server


def _concurrency(service):
    """Answer the number that a service's environment gives for WEB_CONCURRENCY, 0 if it gives none."""
    for _, _, name, shape in service.fact.get("environment", ()):
        if name == "WEB_CONCURRENCY" and shape is not None:
            number = shape.get("number", "")
            return int(number) if number.isdigit() else 0
    return 0


def _app_specs(project):
    limit = project.settings.database_connections
    if not limit:
        return
    for path, fact in project.facts("processes"):
        terms = []
        for name, _, instances, rows, concurrency in fact["components"]:
            wanted = int(concurrency[0]) if concurrency and concurrency[0].isdigit() else 0
            count = _processes(project, rows, wanted, path)
            if count:
                terms.append((name, count * (instances or 1)))
        if terms:
            yield terms, limit, "the database"


def _processes(project, rows, concurrency, path):
    """Answer how many processes a service's commands start that can hold a pool, 0 if none is known to."""
    total = 0
    for row in rows:
        command = Command.from_row(row)
        worker, server = celery_worker(command), web_server(command)
        if worker is not None:
            pool = worker.pool.text if worker.pool is not None else "prefork"
            number = (
                worker.concurrency.text if worker.concurrency is not None and pool in ("prefork", "processes") else ""
            )
            total += int(number) if number.isdigit() and int(number) else 1
        elif server is not None:
            number = server.workers.text if server.workers is not None else ""
            if number.isdigit() and int(number):
                total += int(number)
            else:
                config = server.config.text if server.config is not None else ""
                known = configured(project, config, path) if server.kind == "gunicorn" else 0
                total += known or concurrency or 1
    return total
