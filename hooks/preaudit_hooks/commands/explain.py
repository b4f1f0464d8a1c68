"""`preaudit explain CODE|name`: the documentation page of a rule, in the terminal, offline."""

from __future__ import annotations

import sys

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands import arguments, terminal
from preaudit_hooks.commands.markdown import render
from preaudit_hooks.output.terminal import Paint

EXAMPLES = """\
  preaudit explain AUD001
  preaudit explain commit-outside-transaction
  preaudit explain AUD001 --format markdown
"""


def parser():
    """Answer the parser of `explain`."""
    made = arguments.Parser("explain", "Show what a code means, why it matters and what to write instead.", EXAMPLES)
    made.add_argument("rules", nargs="+", metavar="CODE|NAME", help="a code or a rule name")
    group = made.add_argument_group("output")
    group.add_argument("--format", choices=("text", "markdown"), default="text", help="rendered, or as it is written")
    arguments.add_common(group)
    return made


def header(info, paint):
    """Answer the lines above a page: code, name, severity, whether it is on, where it comes from."""
    facts = [
        f"{info.severity} severity",
        "on by default" if info.default else "off by default",
        f"area {info.area}",
        f"since {info.since}",
    ]
    if info.fixable:
        facts.append("fixable with --fix")
    lines = [f"{paint.severity(info.severity, info.code)} {paint.bold(info.name)}", paint.dim(", ".join(facts))]
    if info.audits:
        lines.append(paint.dim(f"found in audits: {', '.join(info.audits)}"))
    if info.ruff:
        lines.append(paint.dim(f"near relatives in ruff: {', '.join(info.ruff)}"))
    if info.options:
        lines.append(paint.dim(f"options in [tool.preaudit]: {', '.join(info.options)}"))
    return lines


def find(word, registry):
    """Answer the RuleInfo of a code or name; Usage with the nearest if there is none."""
    from preaudit.core.selection import codes_of, nearest

    word = word.strip()
    info = registry.get(word) or registry.get(word.upper()) or registry.get(word.lower().replace("_", "-"))
    if info:
        return info
    several = sorted(codes_of(word, registry)[0])
    if several:
        some = ", ".join(several[:8]) + (", ..." if len(several) > 8 else "")
        raise Usage(f"explain: {word} stands for several codes; name one of {some}")
    near = nearest(word, registry)
    raise Usage(f"explain: there is no code or rule {word}" + (f"; did you mean {near}?" if near else ""))


def run(argv):
    """Run `preaudit explain` and answer the exit status."""
    from preaudit_hooks.registry import registry

    options = parser().parse_args(argv)
    infos = [find(word, registry()) for word in options.rules]
    color = terminal.wants_color(options.color, sys.stdout)
    paint = Paint(color)
    for number, info in enumerate(infos):
        if number:
            sys.stdout.write("\n")
        page = info.documentation().strip()
        if options.format == "markdown":
            sys.stdout.write(f"# {info.code} {info.name}\n\n{page}\n")
            continue
        title, _, rest = page.partition("\n")
        lines = [*header(info, paint), "", paint.bold(title), ""]
        lines += render(rest, min(terminal.terminal_width(), 100), color)
        sys.stdout.write("\n".join(lines) + "\n")
    return 0
