"""arq: a queue in Redis for coroutines."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "arq"

CANONICAL = {"arq.connections.create_pool": "arq.create_pool", "arq.connections.ArqRedis": "arq.ArqRedis"}
CLASSES = {
    "arq.ArqRedis": {
        "bases": ("redis.asyncio.Redis",),
        "methods": {
            "enqueue_job": "async -> arq.jobs.Job",
            **each("async -> list", "all_job_results queued_jobs"),
        },
    },
    "arq.jobs.Job": {"methods": each("async", "result result_info info status abort")},
    "arq.connections.RedisSettings": {"methods": {"from_dsn": "free -> self"}},
}
FUNCTIONS = {"arq.create_pool": "async -> arq.ArqRedis", "arq.cron": "free", "arq.run_worker": "wait"}
