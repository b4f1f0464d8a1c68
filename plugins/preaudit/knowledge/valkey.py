"""valkey-py, the fork of redis-py: the same clients under other names."""

from __future__ import annotations

from preaudit.knowledge._redis_family import build

DISTRIBUTION = "valkey"

_parts = build("valkey", "Valkey")
CANONICAL = {
    **_parts["CANONICAL"],
    "valkey.Redis": "valkey.Valkey",
    "valkey.StrictRedis": "valkey.Valkey",
    "valkey.RedisCluster": "valkey.ValkeyCluster",
    "valkey.asyncio.Redis": "valkey.asyncio.Valkey",
    "valkey.asyncio.StrictRedis": "valkey.asyncio.Valkey",
    "valkey.asyncio.RedisCluster": "valkey.asyncio.ValkeyCluster",
}
CLASSES = _parts["CLASSES"]
FUNCTIONS = _parts["FUNCTIONS"]
INSTEAD = _parts["INSTEAD"]
AWAITABLE = _parts["AWAITABLE"]
TIMEOUTS = {
    "valkey.Valkey": ("socket_timeout", 4, None),
    "valkey.asyncio.Valkey": ("socket_timeout", None, 5),
}
