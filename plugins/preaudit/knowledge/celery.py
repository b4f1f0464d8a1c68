"""Celery: sending a task and reading a result talk to the broker or the result backend."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "celery"

CANONICAL = {
    "celery.app.base.Celery": "celery.Celery",
    "celery.app.Celery": "celery.Celery",
    "celery.app.task.Task": "celery.Task",
    "celery.canvas.Signature": "celery.Signature",
    "celery.canvas.group": "celery.group",
    "celery.canvas.chain": "celery.chain",
    "celery.canvas.chord": "celery.chord",
    "celery.canvas.signature": "celery.signature",
    "celery.app.shared_task": "celery.shared_task",
}
_SIGNATURE = {
    **each("network -> celery.result.AsyncResult", "delay apply_async"),
    "apply": "unknown -> celery.result.EagerResult",  # runs the task here and now
    **each("free -> self", "clone set on_error link link_error"),
    "freeze": "free -> celery.result.AsyncResult",
}
_RESULT = {
    "get": "network",
    **each("network", "forget revoke"),
    **each("network -> bool", "ready successful failed"),
}
CLASSES = {
    "celery.Celery": {
        "methods": {
            "send_task": "network -> celery.result.AsyncResult",
            "task": "free",
            "register_task": "free",
            "signature": "lazy -> celery.Signature",
            **each(
                "free",
                "autodiscover_tasks config_from_object config_from_envvar"
                " add_defaults set_default set_current add_periodic_task close finalize",
            ),
            "connection": "lazy -> kombu.Connection",
            "connection_for_write": "lazy -> kombu.Connection",
            "connection_for_read": "lazy -> kombu.Connection",
            "connection_or_acquire": "network",
            **each("wait", "start worker_main"),
        },
        "attrs": {
            "control": "free -> celery.app.control.Control",
            "AsyncResult": "free -> type[celery.result.AsyncResult]",
            "GroupResult": "free -> type[celery.result.GroupResult]",
            **each("free", "on_configure on_after_configure on_after_finalize"),
            "current_task": "free -> celery.Task",
            **each("free", "conf tasks amqp main pool backend events log loader"),
        },
    },
    "celery.Task": {
        "methods": {
            **each("network -> celery.result.AsyncResult", "delay apply_async"),
            "apply": "unknown -> celery.result.EagerResult",
            **each("lazy -> celery.Signature", "s si signature subtask"),
            "retry": "network",
            "update_state": "network",
            "AsyncResult": "free -> celery.result.AsyncResult",
            **each("network", "replace send_event"),
            "run": "unknown",
        },
        "attrs": {
            "app": "free -> celery.Celery",
            "request": "free",
            **each("free", "name max_retries backend"),
        },
        "call": "unknown",
    },
    "celery.Signature": {"methods": _SIGNATURE},
    "celery.group": {
        "bases": ("celery.Signature",),
        "methods": {"apply_async": "network -> celery.result.GroupResult"},
        "call": "network -> celery.result.GroupResult",
    },
    "celery.chain": {"methods": _SIGNATURE, "call": "network -> celery.result.AsyncResult"},
    "celery.chord": {"methods": _SIGNATURE, "call": "network -> celery.result.AsyncResult"},
    "celery.result.AsyncResult": {
        "methods": {**_RESULT, "wait": "network", "collect": "network", "as_tuple": "free", "then": "free"},
        "attrs": {
            **each("network", "state status result traceback info date_done"),
            **each("free", "id task_id parent backend app"),
        },
    },
    "celery.result.EagerResult": {
        "bases": ("celery.result.AsyncResult",),
        "methods": {**dict.fromkeys(_RESULT, "free"), "wait": "free"},
        "attrs": each("free", "state status result traceback"),
    },
    "celery.result.GroupResult": {
        "methods": {**_RESULT, **each("network", "join join_native save delete completed_count"), "restore": "network"},
        "attrs": {"results": "free -> list[celery.result.AsyncResult]", "id": "free"},
    },
    "celery.app.control.Control": {
        "methods": {
            **each("network", "broadcast revoke terminate ping purge shutdown rate_limit time_limit add_consumer"),
        },
        "attrs": {"inspect": "free -> type[celery.app.control.Inspect]"},
    },
    "celery.app.control.Inspect": {
        "methods": each(
            "network",
            "active active_queues clock conf hello memdump memsample ping query_task registered report reserved"
            " revoked scheduled stats",
        ),
    },
    "celery.schedules.crontab": {},
    "celery.schedules.schedule": {},
}
FUNCTIONS = {
    "celery.signature": "lazy -> celery.Signature",
    "celery.shared_task": "free",
    "celery.utils.log.get_task_logger": "free",
}
VALUES = {"celery.current_app": "celery.Celery", "celery.current_task": "celery.Task"}
INSTEAD = {"celery.": "asyncio.to_thread"}
TIMEOUTS = {
    "celery.result.AsyncResult.get": ("timeout", 0, None),
    "celery.result.GroupResult.join": ("timeout", 0, None),
    "celery.result.GroupResult.get": ("timeout", 0, None),
    "celery.app.control.Inspect": ("timeout", 1, 1.0),
    "celery.app.control.Control.ping": ("timeout", 1, 1.0),
}
UNCHECKED = {"celery.current_task": "a proxy without an object outside a task"}
