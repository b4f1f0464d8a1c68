"""Redis: the pool that everybody shares, and the few helpers on top of it."""

import redis
import redis.asyncio

from order_service.settings import settings

POOL = redis.ConnectionPool.from_url(settings.redis_url, max_connections=20, socket_timeout=2)
ASYNC_POOL = redis.asyncio.ConnectionPool.from_url(settings.redis_url, max_connections=20, socket_timeout=2)

client = redis.Redis(connection_pool=POOL)
async_client = redis.asyncio.Redis(connection_pool=ASYNC_POOL)

# Sessions live in a database of their own
session_store = redis.Redis.from_url(settings.redis_url, db=2, socket_timeout=2)  # AUD201

# What the shop window listens to
events = redis.Redis(connection_pool=redis.ConnectionPool.from_url(settings.redis_url, db=3, max_connections=5))  # AUD202


def forget_customer(customer_id: int) -> int:
    """Drop what is cached of a customer; answer how many entries went."""
    keys = client.keys(f"customer:{customer_id}:*")  # AUD204
    return client.delete(*keys) if keys else 0


def record_job(job_id: str, status: str) -> None:
    """Write what became of a job, for an hour."""
    client.set(f"jobs:{job_id}:status", status, ex=3600)
