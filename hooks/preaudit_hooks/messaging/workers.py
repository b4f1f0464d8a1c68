"""The Celery workers of a project: what each command line consumes, and whether that is all there is.

Variables with a default (`${QUEUES:-mail,default}`) mean the default, as long as nothing else in the project's
files names them.
"""

from __future__ import annotations

from collections import namedtuple
from posixpath import dirname, join, normpath

from preaudit.core.patterns import lazy

from preaudit_hooks.documents import commandline
from preaudit_hooks.documents.shellwords import Word
from preaudit_hooks.messaging.resolve import UNKNOWN

Worker = namedtuple("Worker", "path place service app queues excluded pool concurrency command known words")
Worker.__doc__ = """A worker command: `queues` [(name, place)] of -Q ([] without it), `known` False where they hold a variable.

`app`: the word after -A or ''; `pool`: the name, '' if not given, UNKNOWN if not known.
"""

# Files by which images are run without Compose.
_ELSEWHERE = lazy(
    r"(?i)(?:^|/)(?:k8s|kubernetes|kube|helm|charts?|manifests|openshift|terraform|ansible|nomad|ecs|swarm|deploy(?:ment)?s?)/"
    r"|(?:^|/)(?:app\.ya?ml|fly[\w.-]*\.toml|render\.ya?ml|railway\.(?:json|toml)|cloudbuild\.ya?ml|Procfile[\w.-]*|skaffold\.ya?ml"
    r"|heroku\.yml|\.do/|[\w.-]*\.tf)"
)
_DEFAULTED = lazy(r"\$\{(\w+):?-([^${}]*)\}")
# Options of `celery worker` that stand alone (celery.bin.worker of Celery 5).
_FLAGS = frozenset(
    """-B --beat -E --task-events --events -D --detach --purge --discard --without-gossip --without-mingle
                   --without-heartbeat --no-color -q --quiet""".split()
)


def read_workers(view, resolver) -> tuple:
    """Answer ([Worker], [(path, place)]): all workers, and the places from which more queues may be consumed."""
    reader = _Reader(view, resolver)
    reader.read()
    return reader.workers, reader.open


def variable(text: str) -> bool:
    """Answer whether a word of a command holds a variable, so that its text is not what runs."""
    return any(sign in text for sign in ("$", "{{", "}", "<", "%("))


def named_variables(view, path: str = "") -> set:
    """Answer the names of environment variables that deployment files mention, but for the file `path`."""
    return view.once(("deployed-variables", path), lambda: _names(view, path))


class _Reader:
    def __init__(self, view, resolver):
        self.view, self.resolver = view, resolver
        self.workers: list = []
        self.open: list = []
        self._elsewhere = None

    def read(self):
        for path, fact in self.view.facts("workers"):
            for row in fact["commands"]:
                if row["kind"] == "dockerfile" and self._is_replaced(path):
                    continue
                command = commandline.Command.from_row(row["row"])
                for word in command.words:
                    word.text = self.defaulted(word.text, path)
                inner = commandline.sub_program(command)
                if inner and inner[0].text == "celery":
                    command = commandline.Command(inner)  # django-celery's manage.py celery worker
                if command.program == "celery" and any(word.text == "multi" for word in command.arguments):
                    self.open.append((path, tuple(row["place"])))  # several workers, each with options of its own
                found = commandline.celery_worker(command)
                if found is not None:
                    self._worker(found, path, row["service"], tuple(row["place"]))
        for path, fact in self.view.facts("messaging"):
            if self.view.is_test(path):
                continue
            for row in fact.get("argv", ()):
                self._argv(row, path)
            for row in fact.get("uses", ()):
                if row["how"] in ("add_consumer", "select_add", "select", "Consumer"):
                    self.open.append((path, row["p"]))

    def _is_replaced(self, path) -> bool:
        """Answer whether every service that is built from a Dockerfile has a command of its own: the file's never runs.

        Nothing is said where something else may run the image as it is: Kubernetes, a platform, a Compose file for development.
        """
        if self._elsewhere is None:
            self._elsewhere = any(_ELSEWHERE.search(other) for other in self.view.paths)
        if self._elsewhere:
            return False
        found = [
            "command" in layer or "entrypoint" in layer
            for other, fact in self.view.facts("compose") if not fact["development"]
            for layers in fact["services"].values()
            for layer in layers if normpath(join(dirname(other), layer.get("build", "?"))) == path
        ]  # fmt: skip
        return bool(found) and all(found)

    def defaulted(self, text, path):
        """Answer a word with each `${NAME:-default}` replaced by its default, where nobody else names NAME."""
        if "-" not in text or "${" not in text:
            return text
        return _DEFAULTED.sub(lambda match: match[0] if match[1] in self._named(path) else match[2], text)

    def _named(self, path):
        """Answer the names of variables that other files than this one mention: they may set them."""
        return named_variables(self.view, path)

    def _worker(self, found, path, service, place):
        known = not any(variable(name) for name, _ in (*found.queues, *found.excluded))
        if not found.queues and _spread(found.command):
            known = False
        queues = [(name, tuple(where) if where else place) for name, where in found.queues if not variable(name)]
        pool = found.pool.text if found.pool is not None else ""
        self.workers.append(Worker(
            path, place, service, found.app.text if found.app is not None else "", queues, [n for n, _ in found.excluded],
            UNKNOWN if variable(pool) else pool, found.concurrency.text if found.concurrency is not None else "",
            found.command, known, bool(found.queues),
        ))  # fmt: skip

    def _argv(self, row, path):
        words = []
        for text, place, expr in zip(row["words"], row["places"], row["exprs"]):
            if text is None:
                constant = self.resolver.of_expr(expr, path)
                text = constant if isinstance(constant, str) else "$UNKNOWN"
            words.append(Word(text, place=tuple(place)))
        if words and (words[0].text == "worker" or words[0].text.startswith("-")):
            words.insert(0, Word("celery", place=tuple(row["p"])))
        for command in commandline.from_words(words):
            found = commandline.celery_worker(command)
            if found is not None:
                self._worker(found, path, "", tuple(row["p"]))


def _spread(command) -> bool:
    """Answer whether a word of the command is a variable that may hold options: it is no option's value."""
    before = ""
    for word in command.arguments:
        if word.text.startswith(("$", "{{", "%(")) and (
            not before.startswith("-") or before in _FLAGS or "=" in before
        ):
            return True
        before = word.text
    return False


def _names(view, path) -> set:
    found: set = set()
    for other, fact in view.facts("tooling"):
        if other != path:
            found.update(fact.get("mentions", ()))
    for _, rows in view.facts("dotenv"):
        found.update(row[0] for row in rows if row)
    for other, fact in view.facts("compose"):
        for layers in fact.get("services", {}).values():
            for layer in layers:
                found.update(str(row[1]) for row in layer.get("environment", ()) if other != path and len(row) > 1)
    return found
