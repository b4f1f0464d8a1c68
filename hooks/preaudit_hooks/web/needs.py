"""Which databases, caches and brokers an application needs, by what it imports.

Asked through `needs(project, app)`; the drivers and clients are those of the requirements that these modules name.
"""

from __future__ import annotations

_DATABASES = frozenset({
    "sqlalchemy", "sqlmodel", "flask_sqlalchemy", "quart_sqlalchemy", "psycopg", "psycopg2", "psycopg_pool", "asyncpg",
    "aiopg", "pymysql", "MySQLdb", "aiomysql", "asyncmy", "pymongo", "motor", "beanie", "mongoengine", "tortoise", "peewee",
    "databases", "gino", "pony", "edgedb", "cassandra", "neo4j", "elasticsearch", "opensearchpy", "clickhouse_connect",
    "clickhouse_driver", "oracledb", "pyodbc", "aioodbc",
})  # fmt: skip
_CACHES = frozenset({"redis", "aioredis", "valkey", "coredis", "aiomcache", "pymemcache", "glide"})
_BROKERS = frozenset({"celery", "kombu", "pika", "aio_pika", "aiokafka", "confluent_kafka", "kafka", "dramatiq", "rq", "arq",
                      "nats", "faststream", "taskiq", "huey"})  # fmt: skip
_ROLES = (("database", _DATABASES), ("Redis", _CACHES), ("broker", _BROKERS))


def needs(project, app) -> list:
    """Answer what the modules that an app loads need: some of "database", "Redis" and "broker"."""
    tops = loads(project, app)
    return [role for role, modules in _ROLES if tops & modules]


def loads(project, app) -> set:
    """Answer the top-level packages that the modules of the project which an app loads import."""
    return project.derived("web.needs", app.path)


def listed(words) -> str:
    """Answer words as a sentence lists them: `database, Redis and broker`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def shape(tops):
    """Answer all that there is to say of what `make` answered."""
    return sorted(tops)


def make(project, start):
    """Answer the top-level packages that a file, and the modules of the project that it loads, import."""
    rows = dict(project.facts("imports"))
    queue, seen, tops = [start], {start}, set()
    while queue:
        path = queue.pop()
        for _, _, _, module, names, when, *_ in rows.get(path, ()):
            if when in ("type", "main"):
                continue
            tops.add(module.partition(".")[0])
            for name in (module, *(f"{module}.{row[0]}" for row in names)):
                home = project.project.find(name, path)
                if home is not None and home[0] not in seen and not project.is_test(home[0]):
                    seen.add(home[0])
                    queue.append(home[0])
    return tops
