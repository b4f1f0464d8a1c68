"""Who feeds and who consumes which queue, and where each message of a project goes."""

from __future__ import annotations

from collections import namedtuple

from preaudit.core.patterns import lazy

from preaudit_hooks.messaging.resolve import UNKNOWN
from preaudit_hooks.messaging.routing import Queue, QueueMissing
from preaudit_hooks.messaging.workers import named_variables

Use = namedtuple("Use", "queue path place what apps", defaults=((),))
Use.__doc__ = """A place that sends to a queue by name: `what` is the words for it in a message.

`apps`: the apps that may send it, () if any of them may.
"""

# Deployment descriptions of formats that nobody reads: workers may stand in them.
_UNREAD = lazy(
    r"(?:^|/)(?:[^/]+\.nomad|(?:task-?def(?:inition)?s?|ecs)[^/]*\.json|ecosystem\.config\.c?js)$"
    r"|(?:^|/)(?:puppet|chef|salt)/(?:.*/)?[^/]+\.(?:pp|erb|rb|sls)$"
)  # fmt: skip


class Flow:
    """The flow of messages through the model's queues."""

    def __init__(self, model):
        """Compute from a Model."""
        self.model, self.view = model, model.view
        self.consumers: dict = {}
        self.uses: list = []
        self.feeders: dict = {}  # queue: the apps that feed it, None among them if it cannot be said which
        self.declared = {queue.name for queues, _ in model.queues.values() for queue in queues or ()}
        self.unseen = [(path, (1, 1, 1, 1)) for path in self.view.paths if _UNREAD.search(path)]
        self.unseen += [(path, tuple(fact["open"])) for path, fact in self.view.facts("workers") if "open" in fact]
        self.open_consumers = list(model.open_consumers)
        self.open_producers = list(model.open_producers)
        self._consumers()
        self._producers()

    # consumers

    def app_of(self, worker):
        """Answer the app that a worker's -A names, the only one of the project, or None."""
        apps = self.model.apps
        if worker.app and "$" not in worker.app:
            found = self.view.project.find(worker.app.replace(":", "."), worker.path)
            if found is not None:
                home, rest = found
                named = [app for app in apps if app.path == home and (not rest or app.target == ".".join(rest))]
                if rest and not named:
                    named = self.model.registry.link(["ref", worker.app.replace(":", ".")], "", "", worker.path)
                if not named and not rest:
                    # what Celery looks for in a module: an app by these names, and then any app
                    for name in ("app", "celery", *sorted(self.view.project.summary(home)["names"])):
                        linked = self.model.registry.link(["ref", f"{self.view.module(home)}.{name}"], "", "", home)
                        if len(linked) == 1:
                            return linked[0]
                    package = home.rpartition("/")[0]
                    named = (
                        [app for app in apps if app.path.rpartition("/")[0] == package]
                        if home.endswith("__init__.py")
                        else []
                    )
                if len(named) == 1:
                    return named[0]
        return self.model.registry.only

    def has_variable(self, name: str) -> bool:
        """Answer whether some deployment file mentions an environment variable of this name."""
        return name in named_variables(self.view)

    def is_eager(self) -> bool:
        """Answer whether every app runs its tasks where they are called, so that nothing is ever sent."""
        apps = self.model.apps
        return bool(apps) and all(self.model.constant(app, "task_always_eager", False) is True for app in apps)

    def is_lost(self, worker) -> bool:
        """Answer whether a worker names an app by -A and it cannot be said which: another name for one, or made elsewhere."""
        return bool(worker.app) and self.app_of(worker) is None

    def _consumers(self):
        for worker in self.model.workers:
            if not worker.known:
                self.open_consumers.append((worker.path, worker.place))
            if worker.words:
                for name, place in worker.queues:
                    self.consumers.setdefault(name, []).append((worker, place))
                continue
            app = self.app_of(worker)
            apps = [app] if app is not None else self.model.apps
            if not apps:
                self.open_consumers.append((worker.path, worker.place))
            for each in apps:
                for name in self._own_queues(each, worker):
                    if name not in worker.excluded:
                        self.consumers.setdefault(name, []).append((worker, worker.place))
        self.open_consumers += self.unseen

    def _own_queues(self, app, worker):
        """Answer what a worker without -Q consumes: task_queues, or the default queue."""
        queues, complete = self.model.queues[app]
        if not complete:
            self.open_consumers.append((worker.path, worker.place))
        if queues:
            return [queue.name for queue in queues]
        name = self.model.constant(app, "task_default_queue", "celery")
        if not isinstance(name, str):
            self.open_consumers.append((worker.path, worker.place))
            return []
        return [name]

    def consumed(self, queue: str, apps=()) -> bool:
        """Answer whether some worker consumes a queue, or may: one on the broker of the apps that send to it."""
        if queue in (self.view.settings.externally_consumed_queues or ()):
            return True
        return any(not apps or self._meets(worker, apps) for worker, _ in self.consumers.get(queue, ()))

    def is_fed(self, queue: str, worker) -> bool:
        """Answer whether something on a worker's broker feeds a queue, or may."""
        apps = self.feeders.get(queue)
        return apps is not None and (None in apps or self._meets(worker, apps))

    @property
    def fed(self) -> set:
        """Answer the names of all queues that are fed."""
        return set(self.feeders)

    def _meets(self, worker, apps) -> bool:
        """Answer whether a worker may be on the broker of one of some apps."""
        if len(self.model.apps) < 2:
            return True
        mine = self.app_of(worker)
        return mine is None or any(app is mine or self.model.share_broker(app, mine) for app in apps)

    def _feed(self, queues, apps):
        for queue in queues:
            self.feeders.setdefault(queue, set()).update(apps or (None,))

    # producers

    def _producers(self):
        model = self.model
        for app in model.apps:
            entries, table = model.routes[app]
            for route in entries:
                self._use(route.options, (route.path, route.place), "the route", route.known, (app,))
            if table is None or any(router is None for router in table.routers):
                self.open_producers.append((app.path, app.place))
        for task in model.tasks:
            place = task.options_places.get("queue", (task.path, task.place))
            self._use(task.options, place, "the task", True, (task.app,) if task.app is not None else ())
        for send in model.sends:
            place = send.places.get("queue", (send.path, send.place))
            self._use(send.options, place, "the send", True, tuple(send.apps))
        for entry in model.schedule:
            place = entry.places.get("queue", (entry.path, entry.place))
            self._use(entry.options, place, "the schedule", True, (entry.app,))
        for app in model.apps:
            name = model.constant(app, "task_default_queue", "celery")
            if isinstance(name, str):
                self._feed([name], (app,))
            else:
                self.open_producers.append((app.path, app.place))
        self._exchanges()

    def _use(self, options, place, what, known, apps):
        queue = options.get("queue")
        choice = self.model.choices.get((place[0], tuple(place[1]))) if queue is UNKNOWN else None
        if choice is not None and not any(value is UNKNOWN for key, value in options.items() if key != "queue"):
            self._choose(*choice, place, what, apps)
            return
        if queue is UNKNOWN or not known or any(value is UNKNOWN for value in options.values()):
            self.open_producers.append(place)
        if isinstance(queue, Queue):
            queue = queue.name
        if isinstance(queue, str) and queue:
            self._feed([queue], apps)
            self.uses.append(Use(queue, place[0], tuple(place[1]), what, apps))

    def _choose(self, names, exact, place, what, apps):
        """Take the queues that branches choose between; where they are put together, only those that are declared."""
        self._feed(names, apps)
        for name in names:
            if name and (exact or name in self.declared):
                self.uses.append(Use(name, place[0], tuple(place[1]), what, apps))

    def _exchanges(self):
        """Add the queues that messages reach through an exchange and a routing key."""
        for sent in (*self.model.sends, *self.model.schedule):
            if sent.options.get("exchange") or sent.options.get("routing_key"):
                self._reach(sent.options, None)
        for app in self.model.apps:
            for route in self.model.routes[app][0]:
                if not isinstance(route.options.get("queue"), str) or route.options.get("routing_key"):
                    self._reach(route.options, app)

    def _reach(self, options, app):
        for each in [app] if app is not None else self.model.apps:
            topology = self.model.topology(each)
            if topology is None or UNKNOWN in options.values():
                self.open_producers.append((each.path, each.place))
                continue
            try:
                topology = topology.copy()
                found = topology.deliveries(topology.destination(options))
            except QueueMissing:
                continue
            if found is None:
                self.open_producers.append((each.path, each.place))
            else:
                self._feed(found, (each,))

    # single messages

    def message(self, sent):
        """Answer (Message, Topology) of a send or schedule entry whose way is certain, None otherwise."""
        model = self.model
        apps = sent.apps if hasattr(sent, "apps") else [sent.app]
        if len(apps) != 1:
            return None
        app = apps[0]
        table, topology = model.routes[app][1], model.topology(app)
        if table is None or topology is None:
            return None
        if hasattr(sent, "how"):
            name, task, certain = sent.name, sent.task, sent.certain
        else:
            name, task, certain = sent.task, model.by_name.get(sent.task), sent.task is not UNKNOWN
        if not certain or not isinstance(name, str) or not name:
            return None
        options = dict(sent.options)
        if task is not None:
            if not task.known or (task.options and getattr(sent, "how", "") == "send_task"):
                return None  # whether send_task looks at the task's own options depends on the release
            options = {**task.options, **options}
        if any(value is UNKNOWN for value in options.values()):
            return None
        route, known = table.lookup(name)
        if not known or (route is None and self._other_root(name, table)):
            return None
        if route is not None and any(value is UNKNOWN for value in route.values()):
            return None
        topology = topology.copy()
        try:
            return topology.destination(options, route), topology
        except QueueMissing:
            return None

    @staticmethod
    def _other_root(name: str, table) -> bool:
        """Answer whether a route names the same task under another source root: which one it is cannot be said."""
        tail = "." + ".".join(name.split(".")[-2:])
        for router in table.routers:
            for key, _ in router or ():
                if key and "*" not in key and ("." + key).endswith(tail):
                    return True
                if key and "*" in key and any(f".{part}" in f".{name}" for part in [key.strip("*.")] if part):
                    return True
        return False


def flow(view) -> Flow:
    """Answer the project's flow, computed on first use."""
    from preaudit_hooks.messaging.model import model

    return view.once("messaging-flow", lambda: Flow(model(view)))
