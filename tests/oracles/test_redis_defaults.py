"""What redis-py does where nothing is said: timeouts and the bound of a pool, from 8 on."""

import pytest

redis = pytest.importorskip(
    "redis", minversion="8", reason="the facts are on redis-py 8: tests/knowledge/requirements.txt"
)
from redis import asyncio as aredis  # noqa: E402


@pytest.mark.parametrize("client", [redis.Redis(), redis.Redis.from_url("redis://x"), aredis.Redis()])
def test_defaults(client):
    connection = client.connection_pool.make_connection()
    assert (connection.socket_timeout, connection.socket_connect_timeout) == (5, 5)
    assert client.connection_pool.max_connections == 100


def test_none_is_no_limit():
    assert redis.Redis(socket_timeout=None).connection_pool.make_connection().socket_timeout is None


def test_options_in_the_url():
    client = redis.Redis.from_url("redis://x?socket_timeout=3&max_connections=7")
    assert client.connection_pool.max_connections == 7
    assert client.connection_pool.make_connection().socket_timeout == 3


def test_every_client_has_a_pool_of_its_own():
    assert redis.Redis().connection_pool is not redis.Redis().connection_pool
    pool = redis.ConnectionPool()
    assert redis.Redis(connection_pool=pool).connection_pool is pool
