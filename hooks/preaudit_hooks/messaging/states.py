"""Where the state of a job is kept: dictionaries of a process, and the status of records.

A worker of a queue is another process. What it writes into a dictionary of a module is its own copy, so such a
dictionary tells a request handler nothing of the job, unless something in the handler's own process writes it: a
thread, a background task, a callback. That is why any write from an unknown function is silence here.
"""

from __future__ import annotations

from collections import namedtuple

Found = namedtuple("Found", "path place name writes says")
Found.__doc__ = "A read of a job's state; `writes` [(path, place)] by tasks, `says` the word that stays otherwise."

_DICTS = frozenset({"builtins.dict", "collections.defaultdict", "collections.OrderedDict"})


def _facts(view):
    return [(path, fact) for path, fact in view.facts("jobstates") if not view.is_test(path)]


def tasks_of(found) -> set:
    """Answer the dotted functions that certainly are tasks of a worker process."""
    model = found.model
    names = set(model.by_function)
    for path, fact in model.view.facts("messaging"):
        for row in fact.get("tasks", ()):
            if row["kind"] in ("dramatiq", "rq"):
                names.add(f"{model.view.module(path)}.{row['name']}")
    return names


def in_process(found) -> bool:
    """Answer whether tasks may run in the process that sends them: eagerly, or by a worker that code starts."""
    model = found.model
    if any(app.of("task_always_eager") and model.constant(app, "task_always_eager") is not False for app in model.apps):
        return True
    return any(row["how"] in ("worker_main", "run_worker", "create_worker")
               for path, fact in model.view.facts("messaging") if not model.view.is_test(path)
               for row in fact.get("uses", ()))  # fmt: skip


class Store:
    """One dictionary of a module, with all uses of it in the project."""

    __slots__ = ("home", "name", "uses")

    def __init__(self, home, name):
        """Hold the path and the variable; `uses` are (path, row)."""
        self.home, self.name, self.uses = home, name, []

    def of(self, act, *roles):
        """Answer the uses of a kind, by functions of these roles."""
        return [(path, row) for path, row in self.uses if row["act"] == act and (not roles or row["role"] in roles)]


def stores(found) -> list:
    """Answer the dictionaries that modules of the project keep."""
    view, resolver = found.view, found.model.resolver
    kept: dict = {}
    for path, fact in _facts(view):
        for row in fact.get("dicts", ()):
            where = resolver.variable(row["ref"], path)
            if where is None:
                where = _own(view, row["ref"], path)
            if where is not None and _is_dict(view, *where):
                kept.setdefault(where, Store(*where)).uses.append((path, row))
    return [kept[where] for where in sorted(kept)]


def _own(view, ref, path):
    module = view.module(path)
    name = ref.removeprefix(f"{module}.").removeprefix("__file__.")
    return (path, name) if "." not in name and name in view.project.summary(path)["names"] else None


def _is_dict(view, home, name) -> bool:
    expr = view.project.summary(home)["names"].get(name)
    while expr is not None and expr[0] == "ann":
        expr = expr[2]
    if expr is None:
        return False
    return expr[0] == "map" or expr[0] == "call" and bool(expr[1]) and expr[1][0] == "ref" and expr[1][1] in _DICTS


def unseen_dictionaries(found):
    """Give a Found for each read of a job's state from a dictionary that only tasks, or only the sender, write."""
    if in_process(found):
        return
    tasks = tasks_of(found)
    senders = {
        (send.path, send.scope) for send in found.model.sends if send.task is not None or send.how == "send_task"
    }
    for store in stores(found):
        reads, writes = store.of("read", "handler"), store.of("write")
        if not reads or store.of("escape"):
            continue
        by_tasks, by_senders, others = [], [], []
        for path, row in writes:
            if f"{found.view.module(path)}.{row['scope']}" in tasks:
                by_tasks.append((path, row))
            elif row["role"] == "handler" and (path, row["scope"]) in senders:
                by_senders.append((path, row))
            elif row["role"] != "module":
                others.append((path, row))
        started = [row["says"] for _, row in by_senders if row["says"] not in ("", "*")]
        if others or not (by_tasks or started) or (by_senders and len(started) < len(by_senders) and not by_tasks):
            continue
        seen = set()
        for path, row in reads:
            line = (path, row["p"][0])
            if line not in seen and (by_tasks or (path, row["scope"]) not in {(p, r["scope"]) for p, r in by_senders}):
                seen.add(line)
                yield Found(
                    path, tuple(row["p"]), store.name, [(p, r["p"]) for p, r in by_tasks], (started or ["*"])[0]
                )


def unwritten_records(found):
    """Give a Found for each read of a record's status that only the sender of the task ever sets."""
    view = found.view
    facts = _facts(view)
    senders = {(send.path, send.scope) for send in found.model.sends if send.task is not None and send.certain}
    touches = [(path, row) for path, fact in facts for row in fact.get("touches", ())]
    for cls, attr, says, makers in _made(view, facts, senders):
        if any(_may_touch(view, path, row, cls, attr, makers) for path, row in touches):
            continue
        for path, fact in facts:
            for row in fact.get("asks", ()):
                values = (
                    view.values(row["base"], path) if row["attr"] == attr and (path, row["scope"]) not in makers else ()
                )
                if values and all(value[0] == "i" and value[1] == cls for value in values):
                    yield Found(path, tuple(row["p"]), f"{cls.rpartition('.')[2]}.{attr}", [], says)


def _made(view, facts, senders):
    """Give (class, attribute, word, {(path, scope)}) of the records that senders of tasks make with a status."""
    made: dict = {}
    for path, fact in facts:
        for row in fact.get("made", ()):
            if (path, row["scope"]) not in senders or not row["cls"] or row["says"] in ("", "*"):
                continue
            for name in view.names(row["cls"], path):
                record = view.types.class_record(name, path)
                if record is not None and row["attr"] in _attributes(view, record):
                    made.setdefault((name, row["attr"]), [row["says"], set()])[1].add((path, row["scope"]))
    for (name, attr), (says, makers) in sorted(made.items()):
        yield name, attr, says, makers


def _attributes(view, record) -> dict:
    """Answer the class attributes of a record's class, if it is a table's."""
    home, name = record[0], record[1]
    found = view.project.summary(home)["classes"].get(name)
    if found is None:
        return {}
    attrs = found["attrs"]
    return (
        attrs
        if "__tablename__" in attrs or any("odel" in str(base) or "Base" in str(base) for base in found["bases"])
        else {}
    )


def _may_touch(view, path, row, cls, attr, makers) -> bool:
    """Answer whether a place may set this attribute of a record of this class, other than where it is made."""
    if row["attr"] != attr:
        return False
    if row["base"] is not None:
        values = view.values(row["base"], path)
        if values and all(
            value[0] == "i" and value[1] != cls and cls not in view.types.mro(value[1], path) for value in values
        ):
            return False
    return not ((path, row["scope"]) in makers and row["says"] not in ("", "*"))


def written_by_task(found, task, late, path) -> bool:
    """Answer whether a task, or a function that it calls, sets the attribute that the place `late` of a file sets.

    `task` None: any task. A record that certainly is of another class does not count, nor what the place's own
    function writes.
    """
    view = found.view
    own = f"{view.module(path)}.{late['scope']}"
    names = {task.function} if task is not None else tasks_of(found)
    reached = view.once(("called-by", tuple(sorted(names))), lambda: called_by(view, names)) - {own}
    mine = next(
        (row["base"] for row in dict(_facts(view)).get(path, {}).get("touches", ()) if row["p"] == late["p"]), None
    )
    for other, fact in _facts(view):
        for row in fact.get("touches", ()):
            if (
                row["attr"] == late["attr"]
                and row["says"] in ("", "*")
                and f"{view.module(other)}.{row['scope']}" in reached
            ):
                if not _apart(view, mine, path, row["base"], other):
                    return True
    return False


def _apart(view, one, path, two, other) -> bool:
    """Answer whether two expressions certainly are instances of different classes."""
    if one is None or two is None:
        return False
    first, second = view.values(one, path), view.values(two, other)
    if not first or not second or any(value[0] != "i" for value in (*first, *second)):
        return False
    return not any(
        a[1] in view.types.mro(b[1], other) or b[1] in view.types.mro(a[1], path) for a in first for b in second
    )


def called_by(view, names) -> set:
    """Answer the dotted names of functions and of the project's functions that they call, three calls deep."""
    known = set(names)
    layer = set(known)
    for _ in range(3):
        following = set()
        for name in sorted(layer):
            home = view.project.find(name, "")
            if home is None or not home[1]:
                continue
            record = view.project.summary(home[0])["functions"].get(".".join(home[1]))
            for call in (record or {}).get("calls", ()):
                following.update(view.names(call[3], home[0]))
        layer = following - known
        known |= layer
    return known


def racing_dictionaries(found):
    """Give (path, place of the write, word, place of the start) of a status written behind a thread that writes it too."""
    view = found.view
    for store in stores(found):
        writers = {f"{view.module(path)}.{row['scope']}" for path, row in store.of("write", "other", "handler")
                   if row["says"] in ("", "*") or row["role"] == "other"}  # fmt: skip
        for path, row in store.of("write"):
            if row["says"] in ("", "*"):
                continue
            for start in _starts(view, path, row["scope"]):
                if start["p"][0] < row["p"][0] and any(
                    name in writers and name != f"{view.module(path)}.{row['scope']}"
                    for name in _targets(view, start, path)
                ):
                    yield path, tuple(row["p"]), row["says"], start["p"]


def _targets(view, start, path) -> list:
    """Answer the dotted functions that a thread runs."""
    expr = start["target"]
    names = view.names(expr, path) if expr else []
    return names or ([expr[1].replace("__file__", view.module(path))] if expr and expr[0] == "ref" else [])


def _starts(view, path, scope) -> list:
    fact = dict(view.facts("jobstates")).get(path, {})
    return [row for row in fact.get("threads", ()) if row["scope"] == scope and scope]


__all__ = ["Found", "Store", "called_by", "in_process", "racing_dictionaries", "stores", "tasks_of",
           "unseen_dictionaries", "unwritten_records", "written_by_task"]  # fmt: skip
