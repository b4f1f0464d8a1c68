"""A command line: the program that really runs, its options, and where they stand.

`sh -c "…"`, `exec`, `env A=b`, `poetry run`, `watchmedo … --`, `python -m` and the like are looked
through. One model for compose, app specs, Procfiles, shell scripts, Dockerfiles and systemd units.
"""

from __future__ import annotations

import re

from preaudit.core.patterns import lazy

from preaudit_hooks.documents.secrets import redact, redact_words
from preaudit_hooks.documents.shellwords import Word, read

_ASSIGNMENT = lazy(r"[A-Za-z_]\w*\+?=")
_SHELLS = frozenset("sh bash ash dash zsh ksh".split())
_PYTHON = lazy(r"python(?:\d(?:\.\d+)?)?$|pypy3?$")
# Wrappers whose command follows their own options; the value: how many plain arguments come first.
_WRAPPERS = {
    "exec": 0, "command": 0, "nohup": 0, "nice": 0, "ionice": 0, "time": 0, "env": 0, "sudo": 0, "setsid": 0,
    "stdbuf": 0, "tini": 0, "dumb-init": 0, "catchsegv": 0, "ddtrace-run": 0, "opentelemetry-instrument": 0,
    "gosu": 1, "su-exec": 1, "timeout": 1, "chpst": 0, "xvfb-run": 0, "unbuffer": 0, "dockerize": 0, "s6-setuidgid": 1,
    "docker-entrypoint.sh": 0, "entrypoint.sh": 0, "start.sh": 0, "wait-for-it": 0, "wait-for-it.sh": 0,
    "wait-for": 0, "wait-for.sh": 0, "prometheus-multiproc": 0, "with-contenv": 0, "logger": 0,
}  # fmt: skip
# Wrappers with a word of their own in front of the command.
_RUNNERS = {
    "poetry": "run", "pipenv": "run", "uv": "run", "pdm": "run", "rye": "run", "hatch": "run", "conda": "run",
    "mamba": "run", "micromamba": "run", "newrelic-admin": "run-program", "doppler": "run", "infisical": "run",
    "chamber": "exec", "coverage": "run", "op": "run", "honcho": "run", "heroku": "run", "watchmedo": "auto-restart",
}  # fmt: skip
# Options of wrappers that take a value as the next word.
_VALUED = frozenset(
    """-u --user -g --group -n --adjustment -S --chdir -C -k -s --signal --with --env-file --extra --python -p -e --env
    --project --directory -d --pattern --patterns -P -i --ignore-patterns --interval -c --config -wait -timeout
    --package -t --timeout --kill-after -h --name --prefix --only""".split()
)

_PROGRAMS = frozenset(
    "celery gunicorn uvicorn hypercorn granian daphne uwsgi flask fastapi alembic rq arq dramatiq huey pytest".split()
)


class Command:
    """A simple command: `program` without its directory, `words` from the program on, `env` set in front of it."""

    __slots__ = ("words", "env", "through", "place")

    def __init__(self, words, env=(), through=(), place=None):
        """Hold the words; `env` are (name, value, Word); `through` names the wrappers that were looked through."""
        self.words, self.env, self.through = list(words), list(env), tuple(through)
        self.place = place or (self.words[0].place if self.words else None)

    @property
    def program(self) -> str:
        """The program's name without directory, and without `.exe`."""
        return self.words[0].text.replace("\\", "/").rpartition("/")[2].removesuffix(".exe") if self.words else ""

    @property
    def arguments(self) -> list:
        """The words behind the program."""
        return self.words[1:]

    @property
    def text(self) -> str:
        """The command as one line, secrets redacted."""
        return redact(" ".join(word.text for word in self.words))

    def options(self, *names) -> list:
        """Answer the value of each of these options, as words: `-Q a`, `-Qa`, `--queues a`, `--queues=a`."""
        found, words = [], self.words
        for index, word in enumerate(words):
            if index == 0:
                continue
            text = word.text
            if text == "--":
                break
            for name in names:
                if text == name:
                    if index + 1 < len(words):
                        found.append(words[index + 1])
                    break
                if text.startswith(name + "=") or (
                    not name.startswith("--") and len(name) == 2 and text.startswith(name) and len(text) > 2
                ):
                    skip = len(name) + (text[len(name)] == "=")
                    found.append(_part(word, skip))
                    break
        return found

    def option(self, *names):
        """Answer the value that counts, the last one, as a word; None if the option is not given."""
        found = self.options(*names)
        return found[-1] if found else None

    def flag(self, *names) -> bool:
        """Answer whether one of these options stands in the command, with or without a value."""
        return any(word.text.partition("=")[0] in names for word in self.arguments)

    def to_row(self) -> list:
        """Answer the command as JSON can hold it, secrets redacted; `from_row` reads it back."""
        texts = redact_words([word.text for word in self.words])
        words = [[text, *(word.place or (0, 0, 0, 0))] for text, word in zip(texts, self.words)]
        return [words, [[name, list(word.place or ())] for name, _, word in self.env], list(self.through)]

    @classmethod
    def from_row(cls, row):
        """Answer the command of a row that `to_row` made."""
        words = [Word(text, place=tuple(place)) for text, *place in row[0]]
        env = [(name, "", Word(name, place=tuple(place) or None)) for name, place in row[1]]
        return cls(words, env, row[2])


def _part(word, skip):
    """Answer the end of a word behind its first `skip` characters, as a word with its own place."""
    place = word.place
    if place and word.raw == word.text and place[0] == place[2]:
        place = (place[0], place[1] + skip, place[2], place[3])
    text = word.text[skip:]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return Word(text, text, word.start + skip, word.end, word.quoted, word.single, place)


def _unwrap(words, depth=0):
    """Answer the commands that really run, for the words of one simple command."""
    env, through = [], []
    words = list(words)
    for _ in range(20):
        while words and _ASSIGNMENT.match(words[0].text) and not words[0].text.startswith("="):
            name, _, value = words[0].text.partition("=")
            env.append((name.rstrip("+"), value, words.pop(0)))
        if not words:
            return [Command([], env, through)] if env else []
        command = Command(words, env, through)
        program, arguments = command.program, [word.text for word in words[1:]]
        if program in _SHELLS and depth < 5:
            script = next(
                (i for i, text in enumerate(arguments) if re.fullmatch(r"-[a-z]*c", text)), None
            )  # fmt: skip
            if script is not None and script + 1 < len(arguments):
                inner = _inner(words[script + 2], depth + 1)
                for each in inner:
                    each.env = env + each.env
                    each.through = (*through, program, *each.through)
                return inner
            plain = [word for word in words[1:] if not word.text.startswith("-")]
            if not plain or plain[0].text.endswith(".sh") and len(plain) == 1:
                return [command]
            rest = words[words.index(plain[0]) :]
        elif program == "watchfiles":
            plain = [word for word in words[1:] if not word.text.startswith("-") and " " in word.text]
            if plain and depth < 5:
                inner = _inner(plain[0], depth + 1)
                for each in inner:
                    each.through = (*through, program, *each.through)
                return inner
            return [command]
        elif _PYTHON.match(program):
            index = next((i for i, text in enumerate(arguments) if text == "-m"), None)
            leading = arguments[:index] if index is not None else ["x"]
            if index is None or index + 1 >= len(arguments) or any(not text.startswith("-") for text in leading):
                return [command]
            rest = words[index + 2 :]
            rest[0] = Word(rest[0].text.split(".")[0] if rest[0].text.startswith("celery.") else rest[0].text,
                           rest[0].raw, rest[0].start, rest[0].end, place=rest[0].place)  # fmt: skip
        elif program in _RUNNERS:
            if not arguments or _RUNNERS[program] not in arguments[:4]:
                return [command]
            rest = _behind(words[2 + arguments.index(_RUNNERS[program]) :], 1 if program == "chamber" else 0)
            if program == "coverage" and rest and "-m" in arguments:
                rest = words[2 + arguments.index("-m") :]
        elif program in _WRAPPERS:
            rest = _behind(words[1:], _WRAPPERS[program])
        elif program.endswith(".sh") or "entrypoint" in program:
            rest = _known(words[1:])
        else:
            return [command]
        if not rest:
            return [command]
        through.append(program)
        words = rest
    return [Command(words, env, through)]


def _known(words):
    """Answer the words from the first known program on, for a script that runs its arguments."""
    for index, word in enumerate(words):
        if _PYTHON.match(word.text) or word.text in _PROGRAMS or word.text in _RUNNERS:
            return words[index:]
    return []


def _behind(words, plain):
    """Answer the words behind a wrapper's own options and `plain` arguments.

    A `--` ends the wrapper's part, or stands between the program and its options (`watchmedo … celery -- -A x`).
    """
    index = 0
    while index < len(words):
        text = words[index].text
        if text == "--":
            return words[index + 1 :]
        if text.startswith("-"):
            index += 2 if text in _VALUED else 1
        elif re.fullmatch(r"[\w.-]+:\d+", text):
            index += 1
        elif plain:
            plain -= 1
            index += 1
        else:
            break
    rest = words[index:]
    marks = [at for at, word in enumerate(rest) if word.text == "--"]
    if not marks:
        return rest
    behind = rest[marks[0] + 1 :]
    if behind and behind[0].text.startswith("-"):
        return rest[: marks[0]] + behind
    return behind


def _inner(word, depth):
    """Answer the commands in a word that a shell is given as its script."""
    line, column = (word.place or (0, 0))[:2]
    exact = word.place is not None and word.place[0] == word.place[2] and word.place[3] - word.place[1] in (
        len(word.text), len(word.text) + 2,
    )  # fmt: skip
    shift = 1 if exact and word.place[3] - word.place[1] == len(word.text) + 2 else 0
    found = []
    for simple in read(word.text)[0]:
        for inner in simple.words:
            if exact:
                start = column + shift
                inner.place = (line, start + inner.start, line, start + inner.end)
            else:
                inner.place = word.place
        found += _unwrap(simple.words, depth)
    return found


def sub_program(command: Command) -> list:
    """Answer the words from the program on that a script runs, `manage.py rqworker x` or `flask rq x`; [] if it is no script."""
    words = list(command.words)
    if words and _PYTHON.match(command.program):
        words = words[1:]
        while words and words[0].text.startswith("-"):
            words.pop(0)
    if words and (words[0].text.endswith(".py") or command.program == "flask"):
        return words[1:]
    return []


def from_words(words) -> list:
    """Answer the commands of a list of words that already are separate, as `["celery", "worker"]`."""
    return _unwrap(words)


def from_text(text: str, place=None) -> list:
    """Answer the commands of a shell text; `place(start, end)` turns offsets in it into a place."""
    found = []
    for simple in read(text)[0]:
        for word in simple.words:
            word.place = place(word.start, word.end) if place else None
        found += _unwrap(simple.words)
    return found


class Worker:
    """A Celery worker's command line: what it consumes and how it runs."""

    __slots__ = ("command", "app", "queues", "excluded", "pool", "concurrency", "beat", "hostname")


def celery_worker(command: Command):
    """Answer the Worker that a command starts, None if it is no Celery worker.

    `queues`: [(name, place)], empty without `-Q`; app, pool, concurrency, hostname: Word or None.
    """
    if command.program not in ("celery", "celeryd") or not _subcommand(command, "worker"):
        if command.program != "celeryd":
            return None
    worker = Worker()
    worker.command = command
    worker.app = command.option("-A", "--app")
    worker.queues = _names(command.options("-Q", "--queues"))
    worker.excluded = _names(command.options("-X", "--exclude-queues"))
    worker.pool = command.option("-P", "--pool")
    worker.concurrency = command.option("-c", "--concurrency")
    worker.beat = command.flag("-B", "--beat")
    worker.hostname = command.option("-n", "--hostname")
    return worker


def celery_beat(command: Command) -> bool:
    """Answer whether a command starts Celery's beat, alone or inside a worker."""
    return command.program == "celery" and (
        _subcommand(command, "beat") or (_subcommand(command, "worker") and command.flag("-B", "--beat"))
    )


def _subcommand(command, name):
    """Answer whether name is the first plain word; a value of an option before it is none."""
    skip = False
    for word in command.arguments:
        if skip:
            skip = False
        elif word.text.startswith("-"):
            skip = "=" not in word.text and word.text in (
                "-A", "--app", "-b", "--broker", "--result-backend", "--loader", "--config", "--workdir",
            )  # fmt: skip
        else:
            return word.text == name
    return False


def _names(values):
    found = []
    for value in values:
        position = 0
        for name in value.text.split(","):
            stripped = name.strip()
            if stripped:
                at = position + len(name) - len(name.lstrip())
                place = value.place
                if place and place[0] == place[2] and place[3] - place[1] == len(value.text):
                    place = (place[0], place[1] + at, place[2], place[1] + at + len(stripped))
                found.append((stripped, place))
            position += len(name) + 1
    return found


class Server:
    """A web server's command line; workers, threads, bind, config, worker_class, app: Word or None."""

    __slots__ = ("command", "kind", "workers", "threads", "bind", "config", "worker_class", "app", "preload")


_SERVERS = {
    "gunicorn": (("-w", "--workers"), ("--threads",), ("-b", "--bind"), ("-c", "--config")),
    "uvicorn": (("--workers",), (), ("--port",), ()),
    "hypercorn": (("-w", "--workers"), (), ("-b", "--bind"), ("-c", "--config")),
    "granian": (("--workers",), ("--runtime-threads",), ("--port",), ()),
    "daphne": ((), (), ("-p", "--port"), ()),
    "waitress-serve": ((), ("--threads",), ("--port", "--listen"), ()),
    "uwsgi": (("-p", "--processes", "--workers"), ("--threads",), ("--http", "--socket"), ("--ini",)),
    "fastapi": (("--workers",), (), ("--port",), ()),
    "flask": ((), (), ("-p", "--port"), ()),
}


def web_server(command: Command):
    """Answer the Server that a command starts, None if it starts none that is known."""
    names = _SERVERS.get(command.program)
    if names is None:
        return None
    if command.program in ("fastapi", "flask") and not any(
        word.text in ("run", "dev") for word in command.arguments
    ):  # fmt: skip
        return None
    server = Server()
    server.command, server.kind = command, command.program
    server.workers, server.threads, server.bind, server.config = (command.option(*each) for each in names)
    server.worker_class = command.option("-k", "--worker-class") if command.program == "gunicorn" else None
    server.preload = command.flag("--preload")
    plain = [word for word in command.arguments if re.fullmatch(r"[\w.]+:[\w.()]+", word.text)]
    server.app = plain[-1] if plain else None
    return server
