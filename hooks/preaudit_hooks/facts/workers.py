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
    for service, commands, place in commands_of(document):
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
    elif document.kind == "dockerfile":
        yield "", document.entrypoint, None
        yield "", document.command, None
    else:
        yield "", document.commands, None


def _words(document, node) -> list:
    """Answer the words of a compose `command` or `entrypoint`, a list or one text."""
    from preaudit_hooks.documents.compose import own_place
    from preaudit_hooks.documents.shellwords import Word, split
    from preaudit_hooks.documents.yaml import Scalar, Sequence, resolve

    node = resolve(node)
    if isinstance(node, Scalar):
        words = [] if node.is_null else split(node.text)
        exact = node.place[0] == node.place[2] and node.end - node.start in (len(node.text), len(node.text) + 2)
        shift = node.start + (1 if node.style else 0)
        for word in words:
            word.place = document.place(shift + word.start, shift + word.end) if exact else own_place(document, node)
        return words
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        item = resolve(item)
        if isinstance(item, Scalar):
            place = own_place(document, item)
            found.append(Word(item.text, item.text, item.start, item.end, bool(item.style), False, place))
    return found


def _of_node(document, node) -> list:
    """Answer the commands of a compose `command` or `entrypoint`: a text may hold several, joined by a shell."""
    from preaudit_hooks.documents.appspec import scalar_commands
    from preaudit_hooks.documents.yaml import Scalar, resolve

    node = resolve(node)
    if isinstance(node, Scalar):
        return [] if node.is_null else scalar_commands(document, node)
    words = _words(document, node)
    return commandline.from_words(words) if words else []
