"""The commands that deployment files run: compose services, app specs, Procfiles, scripts, images, units, workflows."""

from __future__ import annotations

KIND = "commands"
DOCUMENTS = ("compose", "app-spec", "procfile", "shell", "dockerfile", "systemd", "workflow")


def collect_document(document):
    """Answer [[owner, Command.to_row()]]; the owner is a service's, component's or process's name, '' if none."""
    found = []
    if document.kind == "compose":
        from preaudit_hooks.facts.compose import commands

        for service in document.services:
            for key in ("entrypoint", "command"):
                found += [[service.name, row] for row in commands(document, service.get(key)) or ()]
    elif document.kind == "app-spec":
        for component in document.components:
            found += [[component.name, command.to_row()] for command in document.commands(component)]
    elif document.kind == "procfile":
        for process in document.processes:
            found += [[process.name, command.to_row()] for command in process.commands]
    elif document.kind == "dockerfile":
        found += [["", command.to_row()] for command in document.entrypoint + document.command]
    else:
        found += [["", command.to_row()] for command in document.commands if command.words]
    return found or None


def commands(project) -> list:
    """Answer (path, owner, Command) of every command in a project's deployment files."""
    from preaudit_hooks.documents.commandline import Command

    def make():
        return [
            (path, owner, Command.from_row(row)) for path, fact in project.facts(KIND) for owner, row in fact
        ]  # fmt: skip

    return project.once("commands", make)
