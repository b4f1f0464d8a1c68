"""Queue names of RQ and dramatiq: what is fed in Python, and what their worker commands consume."""

from __future__ import annotations

from preaudit_hooks.documents import commandline
from preaudit_hooks.messaging.flow import Use

# Options of `rq worker` that take a value as the next word (rq.cli of RQ 2).
_VALUED = frozenset(
    """-u --url -c --config -n --name -P --path -w --worker-class -j --job-class --queue-class --connection-class
    --results-ttl --worker-ttl --maintenance-interval --job-monitoring-interval --logging-level --log-format
    --date-format --exception-handler --pid --max-jobs --max-idle-time --dequeue-strategy -ds --serializer -S
    --sentry-dsn --sentry-ca-certs --sentry-debug --num-workers --worker-class --job-class -l -t --timeout
    --worker-pid --verbosity -v --settings""".split()
)


class Others:
    """What is fed and consumed beside Celery, per library; `consumed` None where it cannot be said."""

    def __init__(self, model):
        """Read the facts through a Model."""
        self.model, self.view = model, model.view
        self.uses = {"rq": [], "dramatiq": []}
        self.consumed: dict = {"rq": self._rq(), "dramatiq": self._dramatiq()}
        self._fed()

    def _commands(self, *programs):
        for path, fact in self.view.facts("workers"):
            for row in fact["commands"]:
                command = commandline.Command.from_row(row["row"])
                words = [word.text for word in command.arguments]
                if command.program in programs or (
                    command.program.endswith(".py") and words[:1] == ["rqworker"] and "rq" in programs
                ):
                    yield path, command, words

    def _rq(self):
        found, seen = set(), False
        for _, command, words in self._commands("rq", "rqworker"):
            if command.program == "rq" and words[:1] not in (["worker"], ["worker-pool"]):
                continue
            seen = True
            names = _plain(words[1:] if command.program != "rqworker" else words)
            if any(word in ("-c", "--config") or word.startswith("--config=") or "$" in word for word in words):
                return None
            found.update(names or ["default"])
        for path, fact in self.view.facts("messaging"):
            if not self.view.is_test(path) and any(row["how"] == "Worker" for row in fact.get("uses", ())):
                return None
        return found if seen else None

    def _dramatiq(self):
        found, seen = set(), False
        for _, _, words in self._commands("dramatiq"):
            seen = True
            if not any(word in ("-Q", "--queues") for word in words):
                return None  # consumes all queues
            start = next(index for index, word in enumerate(words) if word in ("-Q", "--queues"))
            for word in words[start + 1 :]:
                if word.startswith("-"):
                    break
                if "$" in word:
                    return None
                found.add(word)
        return found if seen else None

    def _fed(self):
        resolver = self.model.resolver
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            for row in fact.get("uses", ()):
                if row["how"] in ("Queue", "get_queue") and row["origin"].startswith(("rq.", "django_rq.")):
                    self._use("rq", row["call"], "name", path, row["p"])
            for row in fact.get("tasks", ()):
                if row["kind"] == "rq" and row["call"]:
                    self._use("rq", row["call"], "queue", path, row["dp"])
                elif row["kind"] == "dramatiq" and row["call"] and "queue_name" in row["call"][4]:
                    value = row["call"][4]["queue_name"]
                    name = resolver.constant(value, path)
                    if isinstance(name, str):
                        self.uses["dramatiq"].append(Use(name, path, tuple(value[1]), "the actor"))

    def _use(self, library, call, keyword, path, place):
        value = call[4].get(keyword) or (call[3][0] if call[3] else None)
        name = self.model.resolver.constant(value, path) if value is not None else None
        if isinstance(name, str):
            self.uses[library].append(Use(name, path, tuple(place), "this"))

    def unconsumed(self):
        """Give (Use, consumed queue names) of each queue that is fed and that no worker of its library consumes."""
        external = set(self.view.settings.externally_consumed_queues or ())
        for library, uses in self.uses.items():
            consumed = self.consumed[library]
            for use in uses if consumed is not None else ():
                if use.queue not in consumed and use.queue not in external:
                    yield use, sorted(consumed)


def _plain(words) -> list:
    found, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _VALUED
        else:
            found.append(word)
    return found
