"""Decorators of the project that make tasks: a function or class of its own around Celery's or dramatiq's.

@retryable_task(name="parse-logs")        class retryable_task:
def parse_logs(job_id): ...                   def __call__(self, f):
                                                  return shared_task(**self.options)(inner)
"""

from __future__ import annotations

_MAKERS = ("celery.shared_task", "celery.app.shared_task", "celery.Celery.task", "dramatiq.actor", "rq.decorators.job")
_LIMITS = ("time_limit", "soft_time_limit")


def is_candidate(name: str) -> bool:
    """Answer whether a dotted name is worth asking about: its last part speaks of tasks."""
    last = name.rpartition(".")[2].lower()
    return "task" in last or last == "actor" or last.endswith("job")


def maker(project, name: str, near: str):
    """Answer what a decorator of the project makes: None if no task, else whether it may give it a time limit.

    `near`: the file that names it.
    """
    found = project.find(name, near)
    if found is None or not found[1]:
        return None
    path, rest = found
    own = ".".join(rest)
    functions = project.summary(path)["functions"]
    records = [record for scope, record in functions.items() if scope == own or scope.startswith(f"{own}.")]
    expressions = [
        expr for record in records for expr in (*record.get("ret", ()), *(row[3] for row in record.get("calls", ())))
    ]
    if not any(map(_makes, expressions)):
        return None
    return any(limit in repr(records) for limit in _LIMITS)


def _makes(expr) -> bool:
    """Answer whether a symbolic expression calls a maker of tasks, at any depth."""
    if not isinstance(expr, list) or not expr:
        return False
    if expr[0] == "call" and len(expr) > 1 and _is_maker(expr[1]):
        return True
    return _is_maker(expr) or any(_makes(part) for part in expr[1:] if isinstance(part, list))


def _is_maker(function) -> bool:
    """Answer whether an expression is shared_task, or `task` of what is called after Celery."""
    if not isinstance(function, list) or not function:
        return False
    if function[0] == "ref":
        return function[1] in _MAKERS
    return function[0] == "attr" and function[2] == "task" and "celery" in repr(function[1]).lower()


__all__ = ["is_candidate", "maker"]
