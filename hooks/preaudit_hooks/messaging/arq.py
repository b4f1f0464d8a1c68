"""arq: `enqueue_job("name", _queue_name=...)` against the functions and the queue of the project's WorkerSettings."""

from __future__ import annotations

import difflib

from preaudit_hooks.messaging.flow import Use
from preaudit_hooks.messaging.resolve import UNKNOWN

DEFAULT = "arq:queue"  # arq.constants.default_queue_name


class Arq:
    """What the workers of arq run: `names` of their functions, None where one is not known."""

    def __init__(self, model):
        """Read the facts through a Model."""
        self.model, self.view, self.resolver = model, model.view, model.resolver
        self.settings: list = []
        self.sends: list = []
        self.names: set | None = set()
        self.open_queues = False
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            self._read(path, fact)

    def _read(self, path, fact):
        for row in fact.get("arq", ()):
            self.settings.append((path, row))
            self._functions(row["attrs"].get("functions"), path)
        for row in fact.get("uses", ()):
            if row["how"] in ("Worker", "create_worker", "run_worker") and row["origin"].startswith("arq"):
                given = row["call"][4].get("functions") or (row["call"][3][0] if row["call"][3] else None)
                if row["how"] == "Worker" or (given is not None and given[0] == "seq"):
                    self._functions(given, path)
                if row["call"][5] or "queue_name" in row["call"][4] or row["how"] == "Worker":
                    self.open_queues = True
            elif row["how"] == "create_pool" and row["origin"].startswith("arq"):
                if row["call"][5] or "default_queue_name" in row["call"][4]:
                    self.open_queues = True
        for row in fact.get("sends", ()):
            if row["how"] == "enqueue_job":
                self.sends.append((path, row))

    def _functions(self, value, path):
        if value is None or self.names is None:
            return
        items, complete = self.resolver.items(value, path)
        if not complete:
            self.names = None
            return
        for item, home in items:
            name = self._name(item, home)
            if name is UNKNOWN:
                self.names = None
                return
            self.names.add(name)

    def _name(self, item, path):
        """Answer the name a function is registered under: `f`, "app.f", `func(f, name="x")`."""
        constant = self.resolver.constant(item, path)
        if isinstance(constant, str):
            return constant
        expr = item[2] if item[0] == "expr" else None
        if expr and expr[0] == "call" and self._called(expr[1]) == "arq.worker.func":
            given = expr[3].get("name") or (expr[2][1] if len(expr[2]) > 1 else None)
            if given is not None:
                constant = self.resolver.of_expr(given, path)
                return constant if isinstance(constant, str) else UNKNOWN
            expr = expr[2][0] if expr[2] else expr[3].get("coroutine")
        if expr and expr[0] == "ref":
            # a decorator may give the function another name
            found = self.view.project.find(expr[1], path)
            if found is not None and found[1]:
                record = self.view.project.summary(found[0])["functions"].get(".".join(found[1]))
                if record is not None:
                    return found[1][-1] if not record.get("decos") else UNKNOWN
            name = expr[1].removeprefix("__file__.")
            record = self.view.project.summary(path)["functions"].get(name.rpartition(".")[2])
            if record is not None and not record.get("decos"):
                return name.rpartition(".")[2]
        return UNKNOWN

    @staticmethod
    def _called(expr) -> str:
        name = expr[1] if expr and expr[0] == "ref" else ""
        return "arq.worker.func" if name in ("arq.func", "arq.worker.func") else name

    def unknown_names(self):
        """Give (path, place, name, nearest or '') of each job that is enqueued and that no worker's settings list."""
        if not self.settings or self.names is None or not self.names:
            return
        external = set(self.view.settings.external_tasks or ())
        for path, row in self.sends:
            name = self.resolver.constant(row["name"], path) if row.get("name") else UNKNOWN
            if isinstance(name, str) and name not in self.names and name not in external:
                near = difflib.get_close_matches(name, sorted(self.names), 1, 0.6)
                yield path, tuple(row["name"][1]), name, near[0] if near else ""

    def _queues(self):
        """Answer ([Use] of what workers consume, [Use] of what is fed), either None where a name is not known."""
        consumed, fed = [], []
        for path, row in self.settings:
            value = row["attrs"].get("queue_name")
            name = self.resolver.constant(value, path) if value is not None else DEFAULT
            if not isinstance(name, str):
                consumed = None
                break
            place = tuple(value[1]) if value is not None else tuple(row["p"])
            consumed.append((Use(name, path, place, "this worker"), "cron_jobs" in row["attrs"]))
        for path, row in self.sends:
            value = row["call"][4].get("_queue_name")
            name = self.resolver.constant(value, path) if value is not None else DEFAULT
            if row["call"][5] or not isinstance(name, str):
                fed = None
                break
            fed.append(Use(name, path, tuple(value[1]) if value is not None else tuple(row["p"]), "the send"))
        return consumed, fed

    def unconsumed(self):
        """Give (Use, consumed names) of each queue that is fed and that no worker's settings name."""
        consumed, _ = self._queues()
        if not self.settings or consumed is None or self.open_queues:
            return
        names = {use.queue for use, _ in consumed} | set(self.view.settings.externally_consumed_queues or ())
        for path, row in self.sends:
            value = row["call"][4].get("_queue_name")
            name = self.resolver.constant(value, path) if value is not None else DEFAULT
            if isinstance(name, str) and name not in names and not row["call"][5]:
                place = tuple(value[1]) if value is not None else tuple(row["p"])
                yield Use(name, path, place, "the send"), sorted({use.queue for use, _ in consumed})

    def unfed(self):
        """Give (Use, fed names) of each queue that a worker's settings name and nothing feeds; one with cron jobs feeds itself."""
        consumed, fed = self._queues()
        if not fed or consumed is None or self.open_queues:
            return
        names = {use.queue for use in fed} | set(self.view.settings.externally_fed_queues or ())
        for use, own in consumed:
            if use.queue not in names and not own:
                yield use, sorted({use.queue for use in fed})
