"""`preaudit rules`: all codes, as a table or as JSON."""

from __future__ import annotations

import sys

from preaudit_hooks.commands import arguments, terminal
from preaudit_hooks.output.terminal import Paint

EXAMPLES = """\
  preaudit rules
  preaudit rules --select celery
  preaudit rules --output-format json
"""


def parser():
    """Answer the parser of `rules`."""
    made = arguments.Parser("rules", "List all codes; those with + are on in this project.", EXAMPLES)
    arguments.add_selection(made)
    group = made.add_argument_group("output")
    group.add_argument("--output-format", choices=("text", "json"), default="text", help="table or JSON")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")
    arguments.add_common(group)
    return made


def as_object(info, on):
    """Answer a rule as the object that the JSON list holds; `on` tells whether it runs in this project."""
    return {
        "code": info.code,
        "name": info.name,
        "severity": info.severity,
        "area": info.area,
        "scope": info.scope,
        "default": info.default,
        "on": on,
        "fixable": info.fixable,
        "posture": info.posture,
        "since": info.since,
        "audits": list(info.audits),
        "ruff": list(info.ruff),
        "options": list(info.options),
        "summary": info.title,
    }


def run(argv):
    """Run `preaudit rules` and answer the exit status."""
    from preaudit_hooks.commands.session import Session

    options = parser().parse_args(argv)
    narrow = options.select
    session = Session(options)
    infos = [info for info in session.registry if not narrow or info.code in session.codes]
    if options.output_format == "json":
        from json import dumps

        rows = [dumps(as_object(info, info.code in session.codes)) for info in infos]
        sys.stdout.write("[" + ",".join("\n  " + row for row in rows) + ("\n" if rows else "") + "]\n")
        return 0
    paint = Paint(terminal.wants_color(options.color, sys.stdout))
    wide = max((len(info.name) for info in infos), default=0)
    for info in infos:
        on = "+" if info.code in session.codes else " "
        fix = "fix" if info.fixable else ""
        severity = paint.severity(info.severity, info.severity.ljust(8))
        row = f"{on} {paint.bold(info.code)}  {info.name.ljust(wide)}  {severity}  {fix:<3}  {info.title}"
        sys.stdout.write(row.rstrip() + "\n")
    on = sum(1 for info in infos if info.code in session.codes)
    sys.stdout.write(f"{len(infos)} codes, {on} on here; `preaudit explain CODE` shows the page of one\n")
    return 0
