"""redis-py: sync and asyncio clients, pools, pipelines, pub/sub, locks, cluster and Sentinel."""

from __future__ import annotations

from preaudit.knowledge._redis_family import build

DISTRIBUTION = "redis"

_parts = build("redis", "Redis")
CANONICAL = _parts["CANONICAL"]
CLASSES = _parts["CLASSES"]
FUNCTIONS = _parts["FUNCTIONS"]
INSTEAD = _parts["INSTEAD"]
AWAITABLE = _parts["AWAITABLE"]

# redis-py 8 gave both a default of five seconds; older ones wait for ever. from_url() takes the same
# keywords through **kwargs.
TIMEOUTS = {
    "redis.Redis": ("socket_timeout", 4, 5),
    "redis.asyncio.Redis": ("socket_timeout", None, 5),
}
