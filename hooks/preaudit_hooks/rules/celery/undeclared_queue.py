"""A queue that is fed and not consumed, or consumed and not fed

## What it does
Compares what a project sends with what its workers consume. Reports

- a route, task, send or schedule entry that names a queue which no worker consumes;
- a send without a queue of its own where no worker consumes the default queue it goes to;
- a worker command that consumes a queue which nothing in the project feeds.

Queue names are followed through constants, settings classes and configuration modules. Workers are found
in compose files, app specs, Procfiles, shell scripts, Dockerfiles, systemd units, Supervisor programs, Kubernetes
manifests, Helm templates and values, Makefiles, `fly.toml`, `render.yaml` and `worker_main` calls.
A worker without `-Q` consumes what `task_queues` declares, or the default queue, and nothing else.
The queues of RQ (`Queue("x")`, `@job("x")` against `rq worker x` and `Worker(["x"])`), of dramatiq (`queue_name=`
against `-Q`) and of arq (`_queue_name=` against the `queue_name` of a WorkerSettings class) are compared in the same
way, in both directions.

## Why it matters
Nothing fails: Celery creates a queue that is missing when it sends, the broker keeps the messages, and the
tasks are never run. It shows as a growing broker, or when somebody asks where their mail is.

## Bad
```python app/worker.py
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.task_routes = {
    "app.worker.render": {"queue": "render"},
    "app.worker.mail": {"queue": "mails"},  # AUD212
}


@app.task
def render():
    ...


@app.task
def mail():
    render.delay()
```
```yaml docker-compose.yml
services:
  worker:
    image: app
    command: celery -A app.worker worker -Q render,mail,celery  # AUD212
```

## Good
```python app/worker.py
from celery import Celery

app = Celery("app", broker="redis://redis")
app.conf.task_routes = {"app.worker.mail": {"queue": "mail"}}


@app.task
def mail():
    ...
```
```yaml docker-compose.yml
services:
  worker:
    image: app
    command: celery -A app.worker worker -Q mail,celery
```

## Fixed
No automatic fix: either side may be the wrong one.

## Options
- `externally-consumed-queues`: queues that a worker of another project consumes.
- `externally-fed-queues`: queues that a producer of another project feeds.

## Limits
A project without any worker command is silent, and so is one with a deployment file that speaks of a worker in a
way that is not read (Terraform, Nomad, a template that leaves the command to something else). A queue name that
comes from the environment or from a template is unknown, and then nothing is said about queues that may be meant;
`${QUEUES:-mail,default}` means its default where no other file mentions QUEUES. Of the names that branches put together
(`queue += "_slow"`) those count that task_queues declares. Apps
are told apart by their brokers; where a worker's or a task's app is not known, any may be meant. The CMD of a Dockerfile counts,
unless every Compose service that is built from it has a command of its own and nothing else deploys.

## Origin
Audit B, finding 1 and its lesson: producer and consumer must match. Three queues were fed and nobody listened.
"""

from __future__ import annotations

import difflib

from preaudit.core.finding import Related, Severity
from preaudit.core.rule import Rule

from preaudit_hooks.messaging.flow import flow
from preaudit_hooks.messaging.others import others

RULE = Rule(
    code="AUD212",
    name="undeclared-queue",
    severity=Severity.CRITICAL,
    since="0.1.0",
    scope="project",
    audits=("B 1",),
    options=("externally-consumed-queues", "externally-fed-queues"),
    message="no worker consumes the queue '{queue}' that {what} names, so its messages pile up unseen; {instead}",
    files=r"(\.py|\.ya?ml|(^|/)Procfile[^/]*|(^|/)Makefile|\.(sh|service|conf|ini|toml|tpl|j2)|(^|/)package\.json)$",
)
_UNFED = "this worker consumes the queue '{queue}', which nothing in the project feeds; {instead}"
_DEFAULT = (
    "this goes to the default queue '{queue}', which no worker consumes, so it is never run; route the task to a queue "
    "that is consumed, or add {queue} to a worker's -Q"
)


@RULE.on_project("messaging", "workers")
def check(project):
    """Compare the queues that are fed with those that are consumed."""
    found = flow(project)
    if not found.unseen:
        yield from _beside(found)
    if not found.model.workers or found.is_eager():
        return
    if not found.open_consumers:
        yield from _unconsumed(found)
    if not found.open_producers:
        yield from _unfed(project, found)


def _beside(found):
    """Compare the two sides of the libraries beside Celery."""
    for library in others(found.model):
        for use, consumed in library.unconsumed():
            near = difflib.get_close_matches(use.queue, consumed, 1, 0.7)
            instead = f"write '{near[0]}', which a worker consumes" if near else f"give {use.queue} to a worker"
            yield RULE.at(use.place, path=use.path, queue=use.queue, what=use.what, instead=instead)
        for use, fed in library.unfed():
            near = difflib.get_close_matches(use.queue, fed, 1, 0.7)
            instead = f"write {near[0]}, or feed it" if near else "take it out, or feed it"
            yield RULE.at(use.place, path=use.path, message=_UNFED, queue=use.queue, instead=instead)


def _unconsumed(found):
    named = set()
    consumed = sorted(found.consumers)
    related = [Related(w.path, p[0], p[1], "a worker that consumes " + ", ".join(_queues(w) or ["the default queue"]))
               for w, p in _first_places(found)]  # fmt: skip
    for use in found.uses:
        named.add((use.path, use.place[0]))
        if not found.consumed(use.queue, use.apps):
            instead = _instead(found, use, consumed)
            yield RULE.at(use.place, path=use.path, queue=use.queue, what=use.what, instead=instead, related=related)
    for sent in (*found.model.sends, *found.model.schedule):
        place = sent.place
        if sent.options or (sent.path, place[0]) in named:
            continue
        way = found.message(sent)
        if way is None:
            continue
        message, topology = way
        if (
            message.exchange == ""
            and message.key == topology.default_queue
            and not found.consumed(message.key, _apps(sent))
        ):
            where = sent.task_place if hasattr(sent, "task_place") else (sent.path, place)
            yield RULE.at(where[1], path=where[0], message=_DEFAULT, queue=message.key, related=related)


def _instead(found, use, consumed) -> str:
    """Answer what to do about a queue that no worker consumes."""
    if use.queue in found.consumers:
        return f"the workers that consume one of this name are on another broker than the app in {use.apps[0].path}"
    # what task_queues declares is no slip of the pen
    near = [] if use.queue in found.declared else difflib.get_close_matches(use.queue, consumed, 1, 0.7)
    return f"write '{near[0]}', which a worker consumes" if near else f"add {use.queue} to a worker's -Q"


def _apps(sent):
    """Answer the apps that may send what a send or a schedule's entry sends."""
    return tuple(sent.apps) if hasattr(sent, "apps") else (sent.app,)


def _first_places(found):
    seen = {}
    for rows in found.consumers.values():
        for worker, place in rows:
            seen.setdefault((worker.path, worker.place), (worker, place))
    return [seen[key] for key in sorted(seen)][:5]


def _queues(worker):
    return [name for name, _ in worker.queues]


def _unfed(project, found):
    if not (any(send.certain for send in found.model.sends) or found.model.schedule) or not found.uses:
        return
    external = set(project.settings.externally_fed_queues or ())
    fed = sorted(found.fed)
    for queue in sorted(found.consumers):
        if queue in external:
            continue
        near = difflib.get_close_matches(queue, fed, 1, 0.7)
        instead = f"write {near[0]}, or feed it" if near else "take it out of -Q, or route the tasks that belong in it"
        for worker, place in found.consumers[queue]:
            if worker.words and not found.is_fed(queue, worker):
                yield RULE.at(place, path=worker.path, message=_UNFED, queue=queue, instead=instead)
