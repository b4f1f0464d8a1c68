"""Queue and task names of RQ and dramatiq: what is fed in Python, what worker commands consume (arq: messaging/arq.py).

Each library answers `unconsumed()` and `unfed()` with (Use, names on the other side), and says nothing where a name
on the other side is not known.
"""

from __future__ import annotations

from preaudit_hooks.documents import commandline
from preaudit_hooks.messaging.arq import Arq
from preaudit_hooks.messaging.flow import Use
from preaudit_hooks.messaging.resolve import UNKNOWN
from preaudit_hooks.messaging.workers import variable

# Options of `rq worker` that take a value as the next word (rq.cli of RQ 2).
_VALUED = frozenset(
    """-u --url -c --config -n --name -P --path -w --worker-class -j --job-class --queue-class --connection-class
    --results-ttl --worker-ttl --maintenance-interval --job-monitoring-interval --logging-level --log-format
    --date-format --exception-handler --pid --max-jobs --max-idle-time --dequeue-strategy -ds --serializer -S
    --sentry-dsn --sentry-ca-certs --sentry-debug --num-workers --worker-class --job-class -l -t --timeout
    --worker-pid --verbosity --settings""".split()
)


def others(model) -> list:
    """Answer what is known of the libraries beside Celery that the project uses."""
    return model.view.once("messaging-others", lambda: [Rq(model), Dramatiq(model), Arq(model)])


def commands(view, *programs):
    """Give (path, command, program, words behind it) of each worker command of these programs, `manage.py x` and `flask x` too."""
    for path, fact in view.facts("workers"):
        for row in fact["commands"]:
            command = commandline.Command.from_row(row["row"])
            words = commandline.sub_program(command) or command.words
            if words and words[0].text.rpartition("/")[2] in programs:
                yield path, command, words[0].text.rpartition("/")[2], words[1:]


class Library:
    """The names on both sides: `fed` and `consumed` hold Uses; `open_fed`, `open_consumed` if there may be more."""

    def __init__(self, model):
        """Read the facts through a Model."""
        self.model, self.view, self.resolver = model, model.view, model.resolver
        self.fed: list = []
        self.consumed: list = []
        self.open_fed = self.open_consumed = False
        self.read()

    def read(self):
        """Fill both sides."""
        raise NotImplementedError

    def facts(self):
        """Give (path, messaging fact) of every module that is no test."""
        for path, fact in self.view.facts("messaging"):
            if not self.view.is_test(path):
                yield path, fact

    def unconsumed(self):
        """Give (Use, consumed names) of each queue that is fed and that no worker consumes."""
        if self.open_consumed or not self.consumed:
            return
        names = {use.queue for use in self.consumed} | set(self.view.settings.externally_consumed_queues or ())
        for use in self.fed:
            if use.queue not in names:
                yield use, sorted({use.queue for use in self.consumed})

    def unfed(self):
        """Give (Use, fed names) of each queue that a worker consumes and nothing feeds."""
        if self.open_fed or not self.fed:
            return
        # the default queue is consumed for whatever names none
        names = {use.queue for use in self.fed} | {"default", *(self.view.settings.externally_fed_queues or ())}
        for use in self.consumed:
            if use.queue not in names:
                yield use, sorted({use.queue for use in self.fed})

    def constant(self, value, path):
        """Answer the string a positioned value certainly is, UNKNOWN if not."""
        name = self.resolver.constant(value, path) if value is not None else UNKNOWN
        return name if isinstance(name, str) else UNKNOWN


class Rq(Library):
    """RQ: `Queue("x")`, `@job("x")`, `get_queue("x")` against `rq worker x` and `Worker([...])`."""

    def read(self):
        """Fill both sides; a Queue that a Worker is given feeds nothing."""
        for path, command, program, words in commands(self.view, "rq", "rqworker", "rqworker-pool"):
            if program == "rq":
                if [word.text for word in words[:1]] not in (["worker"], ["worker-pool"]):
                    continue
                words = words[1:]
            self._worker(path, command, words)
        enqueues = 0
        for path, fact in self.facts():
            enqueues += sum(row["how"].startswith("enqueue") for row in fact.get("sends", ()))
            for row in fact.get("uses", ()):
                if row["how"] == "Worker" and row["origin"].startswith(("rq", "django_rq")):
                    self._in_python(row, path)
                elif row["how"] in ("Queue", "get_queue") and row["origin"].startswith(("rq", "django_rq")):
                    if not row.get("worker"):
                        self._feed(row["call"], "name", path, row["p"])
            for row in fact.get("tasks", ()):
                if row["kind"] == "rq":
                    enqueues += 1
                    self._feed(row["call"], "queue", path, row["dp"])
        if not enqueues:
            self.fed = []  # looked at, and fed by somebody else

    def _worker(self, path, command, words):
        names, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word.text.startswith("-"):
                skip = word.text in _VALUED
                if word.text.partition("=")[0] in ("-c", "--config"):
                    self.open_consumed = True
            else:
                names.append(word)
        for word in names:
            if variable(word.text):
                self.open_consumed = True
            else:
                place = tuple(word.place or command.place or (1, 1, 1, 1))
                self.consumed.append(Use(word.text, path, place, "this worker"))
        if not names:
            self.consumed.append(Use("default", path, tuple(command.place or (1, 1, 1, 1)), "this worker"))

    def _in_python(self, row, path):
        """Take `Worker(["x"])`, `Worker([Queue("x")])` and `Worker(map(Queue, names))`."""
        call = row["call"]
        given = call[3][0] if call[3] else call[4].get("queues")
        names = self._names(given, path) if given is not None and not call[5] else None
        if names is None:
            self.open_consumed = True
            return
        for name in names:
            self.consumed.append(Use(name, path, tuple(row["p"]), "this worker"))

    def _names(self, value, path):
        constant = self.resolver.constant(value, path)
        if isinstance(constant, str):
            return [constant]
        if isinstance(constant, (list, tuple)) and all(isinstance(item, str) for item in constant):
            return list(constant)
        if value[0] == "expr" and value[2] and value[2][0] == "call" and value[2][1] == ["ref", "builtins.map"]:
            found = self.view.constants(value[2][2][1], path) if len(value[2][2]) > 1 else []
            if len(found) == 1 and isinstance(found[0], (list, tuple)):
                return [item for item in found[0] if isinstance(item, str)]
            return None
        items, complete = self.resolver.items(value, path)
        found = []
        for item, home in items:
            item, home = self.resolver.follow(item, home)
            name = self.constant(item, home)
            if item[0] == "call":
                name = self.constant(item[3][0], home) if item[3] else "default"
            if name is UNKNOWN:
                return None
            found.append(name)
        return found if complete and found else None

    def _feed(self, call, keyword, path, place):
        if call is None:
            name = "default"
        elif call[5]:
            name = UNKNOWN
        else:
            value = call[4].get(keyword) or (call[3][0] if call[3] else None)
            name = "default" if value is None else self.constant(value, path)
        if name is UNKNOWN:
            self.open_fed = True
        else:
            self.fed.append(Use(name, path, tuple(place), "this"))

    def unknown_names(self):
        """Give (path, place, name, nearest or '') of each function that is enqueued by a name no module of the project has."""
        for path, fact in self.facts():
            for row in fact.get("sends", ()):
                if row["how"].startswith("enqueue") and row["how"] != "enqueue_job" and row.get("name"):
                    name = self.constant(row["name"], path)
                    if name is not UNKNOWN and self._missing(name, row, path):
                        yield path, tuple(row["name"][1]), name, self._nearest(name)

    def _missing(self, name, row, path) -> bool:
        module, _, function = name.rpartition(".")
        if not module or not self.view.project.is_own(name.partition(".")[0]):
            return False
        if not any(
            used["origin"].startswith(("rq.", "django_rq."))
            for _, fact in self.facts()
            for used in fact.get("uses", ())
        ):
            return False
        found = self.view.project.find(name, path)
        if found is None:
            # the worker may have another source root than this file
            tail = "/" + module.replace(".", "/")
            return not any(("/" + other).endswith((f"{tail}.py", f"{tail}/__init__.py")) for other in self.view.paths)
        home, rest = found
        if not rest:
            return False
        summary = self.view.project.summary(home)
        known = any(rest[0] in summary[part] for part in ("functions", "classes", "names"))
        return not known and not summary["stars"]

    def _nearest(self, name) -> str:
        import difflib

        found = self.view.project.find(name, "")
        if found is None or not found[1]:
            return ""
        module = self.view.module(found[0])
        functions = [f"{module}.{key}" for key in self.view.project.summary(found[0])["functions"]]
        return next(iter(difflib.get_close_matches(name, functions, 1, 0.6)), "")


class Dramatiq(Library):
    """dramatiq: `@actor(queue_name="x")` against `dramatiq ... -Q x`; a worker without -Q takes the queues of its actors."""

    def read(self):
        """Fill both sides."""
        for path, command, _, words in commands(self.view, "dramatiq", "rundramatiq", "dramatiq-gevent"):
            texts = [word.text for word in words]
            start = next((index for index, text in enumerate(texts) if text in ("-Q", "--queues")), None)
            if start is None:
                self.open_consumed = True  # it consumes all queues
                continue
            for word in words[start + 1 :]:
                if word.text.startswith("-"):
                    break
                if variable(word.text):
                    self.open_consumed = True
                else:
                    place = tuple(word.place or command.place or (1, 1, 1, 1))
                    self.consumed.append(Use(word.text, path, place, "this worker"))
        for path, fact in self.facts():
            for row in fact.get("tasks", ()):
                if row["kind"] == "dramatiq":
                    self._actor(row, path)
            for row in fact.get("uses", ()):
                if row["origin"].startswith("dramatiq.") and row["how"] == "Worker":
                    self.open_consumed = True
                elif row["how"] == "declare_queue":
                    self.open_fed = True

    def _actor(self, row, path):
        call = row["call"]
        value = call[4].get("queue_name") if call else None
        if call and call[5]:
            self.open_fed = True
        elif value is None:
            self.fed.append(Use("default", path, tuple(row["dp"]), "the actor"))
        else:
            name = self.constant(value, path)
            if name is UNKNOWN:
                self.open_fed = True
            else:
                self.fed.append(Use(name, path, tuple(value[1]), "the actor"))
