"""Worker, beat and server commands, wherever a project writes them: compose, app spec, Procfile, shell, Docker, systemd,
Supervisor, Kubernetes, Helm, Makefiles.

A fact is {"commands": [{"row": Command.to_row(), "service", "place", "kind"}], "open": place}: the commands that really
run after wrappers, with the name of the service, process or unit they stand under. `open`: the file may start
workers in a way that is not read.
"""

from __future__ import annotations

from preaudit_hooks.documents import commandline

KIND = "workers"
DOCUMENTS = ("compose", "app-spec", "procfile", "shell", "dockerfile", "systemd", "config")


def collect_document(document):
    """Answer the Celery, RQ, arq and dramatiq commands of a document, None if it has none."""
    found = []
    if document.kind == "config" and not any(word in document.text for word in _HINTS):
        return None
    for service, commands, place in commands_of(document):
        for command in commands:
            if command.program in _PROGRAMS or _is_worker_script(command):
                found.append({"service": service, "place": list(command.place or place or (1, 1, 1, 1)),
                              "row": command.to_row(), "kind": document.kind})  # fmt: skip
    fact: dict = {"commands": found}
    if document.kind in ("config", "systemd"):
        from preaudit_hooks.documents.deployments import is_open

        if is_open(document, bool(found)):
            fact["open"] = [1, 1, 1, 1]
    return fact if found or "open" in fact else None


_HINTS = ("celery", "rq", "dramatiq", "huey", "flower")
_PROGRAMS = frozenset({"celery", "celeryd", "rq", "rqworker", "arq", "dramatiq", "huey_consumer", "flower"})


def _is_worker_script(command) -> bool:
    words = commandline.sub_program(command)
    return bool(words) and words[0].text in ("rq", "rqworker", "celery", "rundramatiq")


def commands_of(document):
    """Give (name of the service or process, its commands, its place or None) of a deployment file."""
    if document.kind == "compose":
        for service in document.services:
            entry, command = service.get("entrypoint"), service.get("command")
            both = (
                _words(document, entry) + _words(document, command) if entry is not None and command is not None else []
            )
            joined = commandline.from_words(both) if both else []
            if any(each.program in _PROGRAMS for each in joined):
                yield service.name, joined, service.key.place
                continue
            for node in (entry, command):
                if node is not None:
                    yield service.name, _of_node(document, node), service.key.place
    elif document.kind == "app-spec":
        for component in document.components:
            yield component.name, document.commands(component), component.place
    elif document.kind == "procfile":
        for process in document.processes:
            yield process.name, process.commands, process.place
    elif document.kind == "config":
        from preaudit_hooks.documents.deployments import commands_in

        yield from commands_in(document)
    elif document.kind == "dockerfile":
        yield "", document.entrypoint, None
        yield "", document.command, None
    else:
        yield "", document.commands, None


def _words(document, node) -> list:
    """Answer the words of a compose `command` or `entrypoint`, a list or one text."""
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.deployments import listed_words
    from preaudit_hooks.documents.shellwords import split
    from preaudit_hooks.documents.yaml import Scalar, resolve

    node = resolve(node)
    if isinstance(node, Scalar):
        words = [] if node.is_null else split(node.text)
        exact = node.place[0] == node.place[2] and node.end - node.start in (len(node.text), len(node.text) + 2)
        shift = node.start + (1 if node.style else 0)
        for word in words:
            word.place = document.place(shift + word.start, shift + word.end) if exact else own_place(document, node)
        return words
    return listed_words(document, node)


def _of_node(document, node) -> list:
    """Answer the commands of a compose `command` or `entrypoint`: a text may hold several, joined by a shell."""
    from preaudit_hooks.documents.appspec import scalar_commands
    from preaudit_hooks.documents.yaml import Scalar, resolve

    node = resolve(node)
    if isinstance(node, Scalar):
        return [] if node.is_null else scalar_commands(document, node)
    words = _words(document, node)
    return commandline.from_words(words) if words else []
