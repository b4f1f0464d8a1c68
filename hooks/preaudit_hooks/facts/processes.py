"""How many processes an app spec starts: its components with their instances and commands, and its databases.

{"components": [[name, section, instances or None, [Command.to_row()], [WEB_CONCURRENCY or ""]]], "databases": [names]}
"""

from __future__ import annotations

KIND = "processes"
DOCUMENTS = ("app-spec",)


def collect_document(document):
    """Answer the components of an app spec that run a command, None if it has none."""
    found = []
    for component in document.components:
        if component.section not in ("services", "workers"):
            continue
        count = component.text("instance_count")
        concurrency = [
            v.value or "" for v in document.variables if v.name == "WEB_CONCURRENCY" and v.component is component
        ]  # fmt: skip
        rows = [command.to_row() for command in document.commands(component)]
        found.append([component.name, component.section, int(count) if count.isdigit() else None, rows, concurrency])
    databases = [database.name for database in document.databases]
    return {"components": found, "databases": databases} if found else None
