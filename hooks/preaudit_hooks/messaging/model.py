"""The model that all messaging rules share: apps, tasks, sends, routes, queues, schedules, workers.

Made once per project from facts (facts/messaging.py, facts/workers.py). What is not known stays
unknown: `open_consumers` and `open_producers` say that a queue may be consumed or fed from somewhere unseen.
"""

from __future__ import annotations

from collections import namedtuple

from preaudit.core.taskmakers import is_candidate, maker

from preaudit_hooks.documents import commandline
from preaudit_hooks.messaging.apps import Apps
from preaudit_hooks.messaging.resolve import UNKNOWN, Resolver
from preaudit_hooks.messaging.routing import Routes, Topology
from preaudit_hooks.messaging.workers import read_workers

Route = namedtuple("Route", "key path place options options_path app known")
Route.__doc__ = """An entry of task_routes: `options` {name: constant, Queue or UNKNOWN}; `place` of the queue's name or
of the entry."""

Task = namedtuple("Task", "name known path place function kind options options_places app limited")
Task.__doc__ = """A task: its registered `name` (`known` if certain), `function` the dotted function, options of its decorator.

`limited`: whether it has a time limit of its own, or may have one.
"""

Send = namedtuple("Send", "path place how task name options places certain scope apps")
Send.__doc__ = """A send: `task` is the Task it certainly calls or None, `name` the task's name or '', `options` as for a route.

`certain`: whether the options are all that there are; a signature's may still change before it is sent.
"""

Entry = namedtuple("Entry", "key path place task task_place options places app")
Entry.__doc__ = "An entry of a beat schedule: `task` is the task's name or UNKNOWN."


def model(view) -> Model:
    """Answer the project's model, made on first use."""
    return view.once("messaging", lambda: Model(view))


class Model:
    """Everything that is known of the project's messaging."""

    def __init__(self, view):
        """Read the facts."""
        self.view = view
        self.resolver = Resolver(view)
        self.registry = Apps(view, self.resolver)
        self.apps = self.registry.apps
        self.open_producers: list = []
        self.open_tasks: list = []
        self.choices: dict = {}  # (path, place) of a queue that is one of several: what resolve.Resolver.choice answers
        self.tasks: list = []
        self.by_function: dict = {}
        self.by_name: dict = {}
        self._read_tasks()
        self.workers, self.open_consumers = read_workers(view, self.resolver)
        self.beats = self._beats()
        self.cleans = any(
            row["how"] == "cleanup" for _, fact in view.facts("messaging") for row in fact.get("uses", ())
        )
        self.queues = {app: self._queues(app) for app in self.apps}
        self.routes = {app: self._routes(app) for app in self.apps}
        self.schedule = [entry for app in self.apps for entry in self._schedule(app)]
        self.sends: list = []
        self._read_sends()

    def constant(self, app, key: str, default=None):
        """Answer the value of a setting of an app: the default where it is not set, UNKNOWN where it is not certain."""
        found = app.of(key)
        if not found:
            return UNKNOWN if app.open else default
        values = [self.resolver.constant(setting.value, setting.path) for setting in found]
        first = values[0]
        return first if first is not UNKNOWN and all(value == first for value in values) else UNKNOWN

    def share_broker(self, one, other) -> bool:
        """Answer whether two apps may talk to the same broker."""
        brokers = []
        for app in (one, other):
            rows = app.of("broker_url")
            if not rows:
                return True
            constant = self.constant(app, "broker_url")
            brokers.append(constant if constant is not UNKNOWN else rows[-1].value[2:])
        return brokers[0] == brokers[1]

    def _beats(self) -> bool:
        """Answer whether some command or argument list starts Celery's beat."""
        rows = [row for _, fact in self.view.facts("workers") for row in fact["commands"]]
        if any(commandline.celery_beat(commandline.Command.from_row(row["row"])) for row in rows):
            return True
        return any(row["how"] == "beat" for _, fact in self.view.facts("messaging") for row in fact.get("uses", ()))

    # queues and routes

    def _queues(self, app):
        """Answer ([Queue], complete) of task_queues; (None, complete) where it is not set."""
        found = app.of("task_queues")
        if not found:
            return None, not app.open
        queues, complete = [], True
        for setting in found:
            more, known = self._queues_of(setting)
            queues, complete = queues + more, complete and known
        return queues, complete

    def _queues_of(self, setting):
        resolver = self.resolver
        queues, complete = [], True
        if resolver.is_mapping(setting.value, setting.path):
            entries, complete = resolver.entries(setting.value, setting.path)
            for name, place, value, path in entries:
                queue = self._compat_queue(name, place, value, path)
                queues, complete = queues + ([queue] if queue else []), complete and queue is not None
            return queues, complete
        items, complete = resolver.items(setting.value, setting.path)
        for value, path in items:
            queue = resolver.queue(value, path)
            if queue is UNKNOWN:
                complete = False
            else:
                queues.append(queue)
                complete = complete and not queue.vague
        return queues, complete

    def _compat_queue(self, name, place, value, path):
        from preaudit_hooks.messaging.routing import Exchange, Queue

        if not isinstance(name, str):
            return None
        entries, complete = self.resolver.entries(value, path)
        options = {key: self.resolver.constant(item, home) for key, _, item, home in entries}
        key = options.get("binding_key") or options.get("routing_key") or name
        queue = Queue(
            name,
            Exchange(options.get("exchange") or "", options.get("exchange_type") or ""),
            key,
            source=(path, tuple(place)),
        )
        queue.vague = not complete or UNKNOWN in options.values()
        return queue

    def topology(self, app):
        """Answer the app's Topology; None if something in it is not known."""
        return self.view.once(("topology", id(app)), lambda: self._topology(app))

    def _topology(self, app):
        queues, complete = self.queues[app]
        values = {
            "default_queue": self.constant(app, "task_default_queue", "celery"),
            "default_exchange": self.constant(app, "task_default_exchange", ""),
            "default_exchange_type": self.constant(app, "task_default_exchange_type", "direct"),
            "default_key": self.constant(app, "task_default_routing_key", ""),
            "create_missing": self.constant(app, "task_create_missing_queues", True),
            "missing_exchange_type": self.constant(app, "task_create_missing_queue_exchange_type", ""),
        }
        if not complete or UNKNOWN in values.values() or any(queue.vague for queue in queues or ()):
            return None
        if not isinstance(values["default_queue"], str):
            return None
        return Topology(
            queues, **{key: value or "" if key != "create_missing" else bool(value) for key, value in values.items()}
        )

    def _routes(self, app):
        """Answer ([Route], Routes or None): the entries, and the table if it is certain."""
        found = app.of("task_routes")
        entries, routers, certain = [], [], not app.open
        for setting in found:
            for value, path in self._routers(setting):
                rows, known = self.resolver.entries(value, path)
                if not known and not rows:
                    if self._is_none(value, path):
                        continue
                    routers.append(None)
                    certain = False
                    continue
                router = []
                for key, place, item, home in rows:
                    options, places = self._options(item, home)
                    queue_place = places.get("queue") or places.get("routing_key") or (home, tuple(place))
                    name = key if isinstance(key, str) else None
                    entries.append(Route(name, *queue_place, options, home, app, UNKNOWN not in options.values()))
                    router.append((name, options))
                if not known:
                    router.append((None, {}))
                routers.append(router)
        return entries, Routes(routers) if certain or found else Routes() if not app.open else None

    def _is_none(self, value, path) -> bool:
        return self.resolver.constant(value, path) is None

    def _routers(self, setting):
        """Give (value, path) of each router of a task_routes setting: one dictionary, or a list of them."""
        value, path = self.resolver.follow(setting.value, setting.path)
        if value[0] != "seq":
            yield value, path
            return
        for item in value[2]:
            inner, home = self.resolver.follow(item, path)
            if inner[0] == "seq":
                # a list of (name, options) pairs is one router
                pairs = [pair for pair in inner[2] if pair[0] == "seq" and len(pair[2]) == 2]
                inner = ["map", inner[1], [[p[2][0][2], p[2][0][1], p[2][1]] for p in pairs], inner[3]]
            yield inner, home
        for spread in value[3]:
            yield spread, path

    def _options(self, value, path):
        """Answer ({option: value}, {option: (path, place)}) of a route's or a send's options."""
        text = self.resolver.constant(value, path)
        if isinstance(text, str):
            return {"queue": text}, {"queue": (path, tuple(value[1]))}
        entries, complete = self.resolver.entries(value, path)
        if not entries and not complete:
            return {"queue": UNKNOWN}, {"queue": (path, tuple(value[1]))}
        options, places = {}, {}
        for key, _, item, home in entries:
            if key in ("queue", "exchange", "routing_key", "exchange_type"):
                options[key] = self.destination_value(key, item, home)
                places[key] = (home, tuple(item[1]))
        if not complete:
            options["queue"] = UNKNOWN
        return options, places

    def destination_value(self, key, value, path):
        """Answer a queue, exchange or key as a string, a Queue, an Exchange, None or UNKNOWN."""
        constant = self.resolver.constant(value, path)
        if constant is None or isinstance(constant, str):
            return constant
        if key == "queue":
            found = self.resolver.choice(value, path)
            if found is not None:
                self.choices[path, tuple(value[1])] = found
            return self.resolver.queue(value, path)
        if key == "exchange":
            found = self.resolver.exchange(value, path)
            return UNKNOWN if found is None else found
        return UNKNOWN

    # tasks

    def _read_tasks(self):
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            for row in fact.get("tasks", ()):
                if row["kind"] != "celery":
                    continue
                if self._is_celery_task(row, path):
                    self._task(row, path)
                    continue
                limited = self._wrapped(row, path)
                if limited is not None:
                    self._task(row, path, True, limited)
            for row in fact.get("uses", ()):
                if row["how"] in ("register_task", "task"):
                    self._late_task(row, path)
            for row in fact.get("classes", ()):
                self._class_task(row, path)

    def _is_celery_task(self, row, path) -> bool:
        names = self.view.names(row["deco"], path) if row["deco"] else []
        if names:
            return any(name in ("celery.shared_task", "celery.Celery.task") or name.startswith("celery.")
                       or name.rpartition(".")[2] in ("task", "periodic_task") and "celery.Celery" in self.view.types.mro(
                           name.rpartition(".")[0], path) for name in names)  # fmt: skip
        spelled = row["spelled"]
        if spelled in ("shared_task", "celery.shared_task"):
            return True
        base = spelled.rpartition(".")[0]
        return any(app.path == path and app.target == base for app in self.apps) or "celery" in base.lower()

    def _spread(self, row, path):
        """Answer the call of a task's decorator, with what `**OPTIONS` brings where that is a known dictionary."""
        call = row["call"]
        keywords: dict = {}
        for spread in row.get("spreads", ()):
            entries, complete = self.resolver.entries(spread, path)
            if not complete or not all(isinstance(key, str) for key, *_ in entries):
                return call
            if any(home != path for *_, home in entries):
                return call  # what it holds is read where it stands
            keywords.update({key: item for key, _, item, _ in entries})
        return [*call[:4], {**keywords, **call[4]}, False] if keywords else call

    def _wrapped(self, row, path):
        """Answer what a decorator of the project's own makes (core/taskmakers.py): None, or whether it may limit the task."""
        for name in self.view.names(row["deco"], path) if row["deco"] else ():
            if is_candidate(name) and self.view.project.is_own(name.partition(".")[0]):
                limited = maker(self.view.project, name, path)
                if limited is not None:
                    return limited
        return None

    def _task(self, row, path, wrapped=False, limited=False):
        call = self._spread(row, path)
        keywords = call[4] if call else {}
        name, known = f"{self.view.module(path)}.{row['fn']}", True
        if "name" in keywords:
            given = self.resolver.constant(keywords["name"], path)
            name, known = (given, True) if isinstance(given, str) else ("", False)
        elif call and call[3]:
            # @app.task("name") is no name: the first argument is the function; but some helpers take one
            given = self.resolver.constant(call[3][0], path)
            name, known = (given, True) if isinstance(given, str) else (name, known)
        if call and call[5]:
            known = False
        options, places = self._keywords(keywords, path)
        if wrapped and "name" not in keywords:
            known = False  # the decorator may give it one
        if (call and call[5]) or wrapped:
            options.setdefault("queue", UNKNOWN)
        apps = (
            self.registry.link(*_base_of(row["deco"], row["spelled"]), "", path)
            if row["spelled"] != "shared_task"
            else []
        )
        task = Task(name, known, path, tuple(row["p"]), f"{self.view.module(path)}.{row['name']}", row["kind"], options, places,
                    apps[0] if len(apps) == 1 else None, _limited(keywords, call) or row["timed"] or limited)  # fmt: skip
        self.tasks.append(task)
        self.by_function[task.function] = task
        if name:
            self.by_name.setdefault(name, task)
        if not known:
            self.open_tasks.append((path, row["p"]))

    def _late_task(self, row, path):
        """Take `app.task(function)` and `app.register_task(Class())`: tasks whose name may not be seen."""
        call = row["call"]
        if row["how"] == "task":
            if not call[3] or call[3][0][0] != "expr" or not call[3][0][2] or call[3][0][2][0] not in ("ref", "attr"):
                return
        self.open_tasks.append((path, row["p"]))

    def _class_task(self, row, path):
        names = {name for base in row["bases"] if base for name in self.view.names(base, path)}
        if not any("celery.Task" in self.view.types.mro(name, path) or name.endswith("celery.Task") for name in names):
            return
        given = row["attrs"].get("name")
        name = self.resolver.constant(given, path) if given is not None else None
        if isinstance(name, str):
            full = f"{self.view.module(path)}.{row['name']}"
            options, places = self._keywords(row["attrs"], path)
            task = Task(
                name, True, path, tuple(row["p"]), full, "class", options, places, None, _limited(row["attrs"], None)
            )
            self.tasks.append(task)
            self.by_function.setdefault(full, task)
            self.by_name.setdefault(name, task)

    def _keywords(self, keywords, path):
        options, places = {}, {}
        for key in ("queue", "exchange", "routing_key", "exchange_type"):
            if key in keywords:
                options[key] = self.destination_value(key, keywords[key], path)
                places[key] = (path, tuple(keywords[key][1]))
        return options, places

    # sends

    def _read_sends(self):
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            for row in fact.get("sends", ()):
                made = self._send(row, path)
                if made is not None:
                    self.sends.append(made)

    def _send(self, row, path):
        how, call = row["how"], row["call"]
        options, places = self._keywords(call[4], path)
        if call[5]:
            options.setdefault("queue", UNKNOWN)
        certain = how in ("delay", "apply_async", "send_task") and not row["chained"]
        if how == "delay":
            options, places = {}, {}
        if how in ("send_task", "signature", "subtask", "Signature"):
            return self._named_send(row, path, options, places, certain)
        if how in ("set", "retry"):
            return Send(path, tuple(row["p"]), how, None, "", options, places, False, row["scope"], list(self.apps))
        if how not in ("delay", "apply_async", "s", "si", "apply", "map", "starmap", "chunks"):
            return None
        task = self.called_task(row["base"], path)
        if task is None and how not in ("delay", "apply_async"):
            return None
        if task is None and options == {} and how in ("delay", "apply_async"):
            known = self.view.values(row["base"], path) if row["base"] else ()
            if known and not any(value[0] == "i" and value[1].startswith("celery.") for value in known):
                return None
        if how == "apply":
            return None  # runs here and now
        apps = [task.app] if task is not None and task.app is not None else list(self.apps)
        return Send(path, tuple(row["p"]), how, task, task.name if task and task.known else "", options, places,
                    certain and task is not None, row["scope"], apps)  # fmt: skip

    def _named_send(self, row, path, options, places, certain):
        if row["name"] is None:
            return None
        base = row["base"]
        if row["how"] != "send_task" and base is not None:
            # task.signature(args) names no task; celery.signature("name") and app.signature("name") do
            linked = self.registry.link(base, row["spelled"], row["scope"], path)
            if not linked and base != ["ref", "celery"]:
                return None
        names = self.resolver.strings(row["name"], path)
        apps = self.registry.link(base, row["spelled"], row["scope"], path) if base is not None else []
        if row["how"] == "send_task" and not apps and base is not None:
            known = [value for value in self.view.values(base, path) if value[0] == "i"]
            if known and not any("celery" in value[1].lower() for value in known):
                return None
        if len(names) != 1:
            return Send(
                path,
                tuple(row["p"]),
                row["how"],
                None,
                "",
                options,
                places,
                False,
                row["scope"],
                apps or list(self.apps),
            )
        place = tuple(row["name"][1])
        task = self.by_name.get(names[0])
        return Send(path, place, row["how"], task, names[0], options, {"name": (path, place), **places}, certain,
                    row["scope"], apps or list(self.apps))  # fmt: skip

    def called_task(self, base, path):
        """Answer the Task that an expression denotes, None if it is none or not one alone."""
        if base is None:
            return None
        found = set()
        for value in self.view.values(base, path):
            if value[0] == "i" and value[2] and value[1].startswith("celery"):
                found.update(inner[1] for part in value[2][:1] for inner in part if inner[0] == "f")
            elif value[0] == "f":
                found.add(value[1])
        tasks = [self.by_function[name] for name in sorted(found) if name in self.by_function]
        if not found and base[0] == "ref":
            # a decorator that no table knows hides the task from the types: the function itself is found by name
            home = self.resolver.variable(base[1], path)
            direct = self.by_function.get(base[1])
            if direct is None and home is not None:
                direct = self.by_function.get(f"{self.view.module(home[0])}.{home[1]}")
            if direct is None:
                found_in = self.view.project.find(base[1], path)
                if found_in is not None and found_in[1]:
                    direct = self.by_function.get(f"{self.view.module(found_in[0])}.{'.'.join(found_in[1])}")
            tasks = [direct] if direct is not None else []
        return tasks[0] if len(tasks) == 1 else None

    # schedules

    def _schedule(self, app):
        for setting in app.of("beat_schedule"):
            entries, complete = self.resolver.entries(setting.value, setting.path)
            if not complete:
                self.open_producers.append((setting.path, setting.place))
            for key, place, value, path in entries:
                rows, known = self.resolver.entries(value, path)
                fields = {name: (item, home) for name, _, item, home in rows if isinstance(name, str)}
                task, where = UNKNOWN, (path, tuple(place))
                if "task" in fields:
                    task = self.resolver.constant(*fields["task"])
                    where = (fields["task"][1], tuple(fields["task"][0][1]))
                options, places = {}, {}
                if "options" in fields:
                    options, places = self._options(*fields["options"])
                elif not known:
                    options = {"queue": UNKNOWN}
                yield Entry(
                    key, path, tuple(place), task if isinstance(task, str) else UNKNOWN, where, options, places, app
                )


def _limited(keywords, call) -> bool:
    """Answer whether a task's options hold a time limit, or may: a base class and unseen keywords can bring one."""
    return bool(call and call[5]) or any(key in keywords for key in ("time_limit", "soft_time_limit", "base"))


def _base_of(expr, spelled):
    """Answer (expression, spelling) of the app in `app.task`."""
    base = expr[1] if expr and expr[0] == "attr" else None
    if expr and expr[0] == "ref" and "." in expr[1]:
        base = ["ref", expr[1].rpartition(".")[0]]
    return base, spelled.rpartition(".")[0]
