"""A job's state that is read and never written, or overwritten

## What it does
Reports

- a request handler that reads a job's state under a Redis key that nothing in the project writes;
- a handler that asks an `AsyncResult` although the app keeps no results (no `result_backend`, or
  `task_ignore_result`);
- a handler that reads a job's state from a dictionary of a module which only the task writes, or only the function
  that sent the task: a worker is another process, and what it writes is its own copy;
- a handler that reads the status of a record which nothing but the function that sent the task ever sets;
- a status such as "processing" that is written after the task was sent, where the worker writes it too: a quick
  worker is done first, and its result is overwritten. Of a dictionary the same is said where a thread was started.

Keys are compared as patterns: constants, f-strings and `format` with their variable parts left open.

## Why it matters
The client polls a job that stays "pending" for ever although it has long been done, or fails without a word. With
the late write it happens now and then, under load, to the quickest jobs.

## Bad
```python
import redis
from celery import Celery
from fastapi import FastAPI

app = FastAPI()
celery = Celery("app", broker="redis://redis", backend="redis://redis")
cache = redis.Redis(host="cache")


@celery.task
def render(job):
    cache.set(f"job_status:{job}", "done")


@app.post("/jobs/{job}")
def start(job: str):
    render.delay(job)
    cache.set(f"job_status:{job}", "processing")  # AUD217


@app.get("/jobs/{job}")
def state(job: str):
    return cache.get(f"job:{job}:status")  # AUD217
```

```python app/web.py
from fastapi import FastAPI

from app.worker import export

app = FastAPI()
jobs = {}


@app.post("/exports/{job}")
def start_export(job: str):
    jobs[job] = {"status": "processing"}
    export.delay(job)


@app.get("/exports/{job}")
def export_state(job: str):
    return jobs[job]["status"]  # AUD217
```
```python app/worker.py
from celery import Celery

celery = Celery("app", broker="redis://redis")


@celery.task
def export(job):
    from app.web import jobs

    jobs[job]["status"] = "done"
```

## Good
```python
import redis
from celery import Celery
from fastapi import FastAPI

app = FastAPI()
celery = Celery("app", broker="redis://redis", backend="redis://redis")
cache = redis.Redis(host="cache")


@celery.task
def render(job):
    cache.set(f"job:{job}:status", "done")


@app.post("/jobs/{job}")
def start(job: str):
    cache.set(f"job:{job}:status", "processing")
    render.delay(job)


@app.get("/jobs/{job}")
def state(job: str):
    return cache.get(f"job:{job}:status")
```

## Fixed
No automatic fix.

## Options
None.

## Limits
Silent where some key that is written to Redis is not known, where the client's type is not known, and where
settings come from places that are not seen. Only keys that speak of a job, task, status, state, progress or result
count. A dictionary that any other function writes, or that is handed to one, is left alone: a thread, a background
task or a callback may write it in the same process; so is one where tasks run eagerly or code starts the worker.
Of a record every place counts that may set its status: attributes, keywords and keys of updates, `setattr`, SQL.

## Origin
Audit A, CRITICAL-2: the status endpoint read a key that the worker had stopped writing two releases before.
"""

from __future__ import annotations

import difflib
import re

from preaudit.core.finding import Related, Severity
from preaudit.core.patterns import lazy
from preaudit.core.redis_clients import CLIENTS, CLUSTERS
from preaudit.core.rule import Rule
from preaudit.core.values import pattern

from preaudit_hooks.messaging import states
from preaudit_hooks.messaging.flow import flow

RULE = Rule(
    code="AUD217",
    name="job-status-never-written",
    severity=Severity.CRITICAL,
    since="0.1.0",
    scope="project",
    audits=("A CRITICAL-2",),
    message="nothing writes the key '{key}' that this reads a job's state from{instead}",
    files=r"\.py$",
)
_IGNORED = "this asks for a result that is never kept ({why}), so the state stays PENDING or the call fails; {instead}"
_LATE = (
    "'{value}' is written after the task was sent: a quick worker is done first, and this overwrites its result; write "
    "it before"
)
_RACE = (
    "'{value}' is written after the thread was started, which writes this too: a quick one is done first, and this "
    "overwrites its result; write it before"
)
_DICTIONARY = "this reads a job's state from '{name}', a dictionary of this process: {why}; keep the state in Redis or the database"
_COPY = "the task writes the worker's own copy"
_RECORD = "nothing but the sender ever sets {name}, so the job stays '{value}'; set it in the task"
_WORDS = lazy(r"job|task|status|state|progress|result", re.I)


@RULE.on_project("messaging", "workers", "statuses", "jobstates")
def check(project):
    """Compare reads with writes, over the project."""
    found = flow(project)
    facts = [(path, fact) for path, fact in project.facts("statuses") if not project.is_test(path)]
    reads = list(_reads(project, facts))
    late = any(fact.get("late") for _, fact in facts)
    # what is written is asked of every receiver in the project: only where somebody reads a state
    writes, complete = _writes(project, facts) if reads or late else ([], False)
    if complete and writes:
        yield from _unwritten(reads, writes)
    yield from _ignored(project, found, facts)
    yield from _late(project, found, facts, writes)
    if found.model.sends or states.tasks_of(found):
        yield from _unseen(found)
    for path, place, value, start in states.racing_dictionaries(found):
        yield RULE.at(place, path=path, message=_RACE, value=value,
                      related=[Related(path, start[0], start[1], "the thread is started here")])  # fmt: skip


def _unseen(found):
    """Report the reads of dictionaries that no worker can write, and of records that no task does."""
    for read in states.unseen_dictionaries(found):
        why = _COPY if read.writes else f"no task writes it, so it stays '{read.says}'"
        related = [
            Related(path, place[0], place[1], "this writes the worker's copy") for path, place in read.writes[:2]
        ]
        yield RULE.at(read.place, path=read.path, message=_DICTIONARY, name=read.name, why=why, related=related)
    for read in states.unwritten_records(found):
        yield RULE.at(read.place, path=read.path, message=_RECORD, name=read.name, value=read.says)


def _is_redis(project, expr, path) -> bool:
    """Answer whether an expression is certainly a Redis client or pipeline."""
    values = [value for value in project.values(expr, path) if value != ("v", None)]
    return bool(values) and all(
        value[0] == "i" and any(base in CLIENTS | CLUSTERS or base.endswith((".client.Pipeline", ".cluster.ClusterPipeline"))
                                for base in project.types.mro(value[1], path))
        for value in values
    )  # fmt: skip


def _writes(project, facts):
    """Answer ([(pattern, path, row)], complete): incomplete where a key, or what a receiver is, is not known."""
    found, complete = [], True
    for path, fact in facts:
        for row in fact.get("writes", ()):
            values = project.values(row["recv"], path)
            if _is_redis(project, row["recv"], path):
                key = pattern(row["key"], path, project.project)
                if key is None:
                    complete = False
                else:
                    found.append((key, path, row))
            elif not values and row["op"] not in ("append", "copy"):
                complete = False  # may be a client, under whatever key
    return found, complete


def _reads(project, facts):
    """Give (pattern, path, row) of the reads of a key that speaks of a job's state."""
    for path, fact in facts:
        for row in fact.get("reads", ()):
            key = pattern(row["key"], path, project.project)
            if key is not None and _WORDS.search(key.replace("{}", "")) and _is_redis(project, row["recv"], path):
                yield key, path, row


def _unwritten(reads, writes):
    for key, path, row in reads:
        if any(_same(key, written) for written, _, _ in writes):
            continue
        near = difflib.get_close_matches(key, sorted({written for written, _, _ in writes}), 1, 0.5)
        related = [Related(p, r["p"][0], r["p"][1], f"this writes '{w}'") for w, p, r in writes if w in near][:2]
        instead = f"; a job writes '{near[0]}'" if near else "; write it in the task"
        yield RULE.at(tuple(row["p"]), path=path, key=key, instead=instead, related=related)


def _same(one: str, other: str) -> bool:
    """Answer whether two patterns can be the same key."""

    def expression(text):
        return ".+".join(re.escape(part) for part in text.split("{}"))

    return bool(
        re.fullmatch(expression(one), other.replace("{}", "x"))
        or re.fullmatch(expression(other), one.replace("{}", "x"))
    )


def _ignored(project, found, facts):
    model = found.model
    app = model.registry.only
    if app is None or app.open or app.subclass:
        return
    if model.constant(app, "task_ignore_result", False) is True:
        why, instead = "task_ignore_result is set", "keep the results, or keep the state yourself"
        if _kept_by_some_task(project):
            return
    elif not app.of("result_backend") and not found.has_variable("CELERY_RESULT_BACKEND"):
        why, instead = "the app has no result_backend", "configure one, or keep the state yourself"
    else:
        return
    seen = set()
    for path, fact in facts:
        for row in fact.get("results", ()):
            values = project.values(row["base"], path)
            line = (path, row["p"][0])
            if line not in seen and values and all(value[:2] == ("i", "celery.result.AsyncResult") for value in values):
                seen.add(line)
                yield RULE.at(tuple(row["p"]), path=path, message=_IGNORED, why=why, instead=instead)


def _kept_by_some_task(project) -> bool:
    """Answer whether some task keeps its result although the app ignores them."""
    return any(row["call"] and "ignore_result" in row["call"][4] for _, fact in project.facts("messaging")
               for row in fact.get("tasks", ()))  # fmt: skip


def _late(project, found, facts, writes):
    model = found.model
    for path, fact in facts:
        for row in fact.get("late", ()):
            task = model.called_task(row["base"], path) if row["how"] != "send_task" else None
            if task is None and not (
                row["how"] == "send_task" and model.registry.link(row["base"], "", row["scope"], path)
            ):
                continue
            if row["kind"] == "attribute":
                if not states.written_by_task(found, task, row, path):
                    continue
            else:
                key = pattern(row["key"], path, project.project)
                others = [w for w, p, r in writes if (p, r["scope"]) != (path, row["scope"])]
                if (
                    key is None
                    or not _is_redis(project, row["recv"], path)
                    or not any(_same(key, other) for other in others)
                ):
                    continue
            send = row["send"]
            yield RULE.at(tuple(row["p"]), path=path, message=_LATE, value=row["value"],
                          related=[Related(path, send[0], send[1], "the task is sent here")])  # fmt: skip
