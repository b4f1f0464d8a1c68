"""Which settings a worker's pool honours, and which pools an app's workers run.

Source: celery.concurrency of Celery 5.7. Only the prefork pool recycles its processes and can stop a task
from outside; gevent enforces the hard limit, and no pool but prefork the soft one.
"""

from __future__ import annotations

from preaudit_hooks.messaging.resolve import UNKNOWN

PREFORK = frozenset({"", "prefork", "processes"})
NO_RECYCLING = frozenset({"threads", "solo", "eventlet", "gevent"})
NO_HARD_LIMIT = frozenset({"threads", "solo", "eventlet"})
NO_SOFT_LIMIT = frozenset({"threads", "solo", "eventlet", "gevent"})


class Running:
    """The workers that run one app: `pools` their names, None where one is not known."""

    __slots__ = ("workers", "pools", "certain")

    def __init__(self, workers, pools, certain):
        """Hold them; `certain` if every worker of the project is known to be this app's or another's."""
        self.workers, self.pools, self.certain = workers, pools, certain

    def all_in(self, pools) -> bool:
        """Answer whether there are workers and each runs one of these pools."""
        return bool(self.workers) and self.pools is not None and all(pool in pools for pool in self.pools)

    def option(self, *names) -> bool:
        """Answer whether some worker's command line gives one of these options."""
        return any(worker.command.option(*names) is not None or worker.command.flag(*names) for worker in self.workers)


def running(found, app) -> Running:
    """Answer the workers of an app; those whose app is not known count for it too."""
    model = found.model
    workers, certain = [], True
    for worker in model.workers:
        of = found.app_of(worker)
        if of is None and len(model.apps) > 1:
            certain = False
            continue
        if of in (None, app):
            workers.append(worker)
    configured = model.constant(app, "worker_pool", "prefork")
    pools = []
    for worker in workers:
        pool = worker.pool or configured
        if pool is UNKNOWN or not isinstance(pool, str) or not worker.known and not worker.words:
            return Running(workers, None, certain)
        pools.append(pool.rpartition(":")[0] or pool)
    return Running(workers, pools, certain)


def is_run(found, app) -> bool:
    """Answer whether an app runs tasks: a worker command is its own, or it is the only one and has tasks."""
    model = found.model
    mine = running(found, app)
    if mine.workers:
        return True
    return not model.workers and len(model.apps) == 1 and bool(model.tasks)
