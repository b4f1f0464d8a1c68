"""RQ: queues and jobs live in Redis."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "rq"

CANONICAL = {"rq.queue.Queue": "rq.Queue", "rq.worker.Worker": "rq.Worker"}
CLASSES = {
    "rq.Queue": {
        "methods": {
            **each("redis -> rq.job.Job", "enqueue enqueue_call enqueue_at enqueue_in enqueue_job fetch_job"),
            **each("redis", "enqueue_many empty delete remove get_jobs get_job_ids is_empty all"),
        },
        "attrs": {
            **each("redis", "count job_ids jobs"),
            **each("free", "name connection key"),
        },
    },
    "rq.job.Job": {
        "methods": {
            **each("redis -> self", "fetch"),
            **each("redis", "save refresh delete cancel requeue get_status get_meta save_meta latest_result results"),
            "create": "free -> self",
            **each("redis", "return_value fetch_many exists set_status"),
        },
        "attrs": {
            **each("redis", "is_finished is_failed is_queued is_started result exc_info"),
            **each("free", "id args kwargs func_name meta enqueued_at started_at ended_at origin"),
        },
    },
    "rq.Worker": {"methods": {"work": "wait", **each("redis", "all count find_by_key register_birth")}},
}

FUNCTIONS = {"rq.get_current_job": "free -> rq.job.Job"}
INSTEAD = {"rq.": "asyncio.to_thread"}
