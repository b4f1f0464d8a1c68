"""Worker, beat and server commands, wherever a project writes them: compose, app spec, Procfile, shell, Docker, systemd.

A fact is {"commands": [{"row": Command.to_row(), "service", "place", "env"}], ...}: the command that really
runs after wrappers, with the name of the service, process or unit it stands under.
"""

from __future__ import annotations

from preaudit_hooks.documents import commandline

KIND = "workers"
DOCUMENTS = ("compose", "app-spec", "procfile", "shell", "dockerfile", "systemd")


def collect_document(document):
    """Answer the Celery, RQ, arq and dramatiq commands of a document, None if it has none."""
    found = []
    for service, commands, place in _commands(document):
        for command in commands:
            if command.program in _PROGRAMS or _is_worker_script(command):
                found.append({"service": service, "place": list(command.place or place or (1, 1, 1, 1)),
                              "row": command.to_row(), "kind": document.kind})  # fmt: skip
    return {"commands": found} if found else None


_PROGRAMS = frozenset({"celery", "celeryd", "rq", "rqworker", "arq", "dramatiq", "huey_consumer", "flower"})


def _is_worker_script(command) -> bool:
    return command.program.endswith(".py") and any(
        word.text in ("rqworker", "celery", "rundramatiq") for word in command.arguments
    )


def _commands(document):
    if document.kind == "compose":
        for service in document.services:
            for key in ("entrypoint", "command"):
                node = service.get(key)
                if node is not None:
                    yield service.name, _of_node(document, node), service.key.place
    elif document.kind == "app-spec":
        for component in document.components:
            yield component.name, document.commands(component), component.place
    elif document.kind == "procfile":
        for process in document.processes:
            yield process.name, process.commands, process.place
    elif document.kind == "dockerfile":
        yield "", document.entrypoint, None
        yield "", document.command, None
    else:
        yield "", document.commands, None


def _of_node(document, node):
    """Answer the commands of a compose `command` or `entrypoint`: a list of words or one text."""
    from preaudit_hooks.documents.appspec import scalar_commands
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.shellwords import Word
    from preaudit_hooks.documents.yaml import Scalar, Sequence, resolve

    node = resolve(node)
    if isinstance(node, Scalar):
        return [] if node.is_null else scalar_commands(document, node)
    if not isinstance(node, Sequence):
        return []
    words = []
    for item in node.items:
        item = resolve(item)
        if isinstance(item, Scalar):
            place = own_place(document, item)
            words.append(Word(item.text, item.text, item.start, item.end, bool(item.style), False, place))
    return commandline.from_words(words) if words else []
