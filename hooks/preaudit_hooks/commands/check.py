"""`preaudit check`: find what production audits find."""

from __future__ import annotations

import os
import sys

from preaudit.core.finding import SEVERITIES

from preaudit_hooks import output as formats
from preaudit_hooks.cli import Usage
from preaudit_hooks.commands import quick, terminal
from preaudit_hooks.commands.session import PARTS, Session, note, report_errors
from preaudit_hooks.output.context import is_live

EXAMPLES = """\
  preaudit check                                     the project around the working directory
  preaudit check src compose.yaml .env               some folders and files
  preaudit check --select AUD3,celery --fail-on high
  preaudit check --diff origin/main                  what this branch adds
  preaudit check --output-format concise --output-format sarif:preaudit.sarif
  preaudit check --stdin-filename app/orders.py - < buffer
  preaudit check -- -oddly-named.py

exit status: 0 clean, 1 findings of --fail-on or worse (or fixes made), 2 usage, configuration or a file that
could not be read
"""


def parser(command="check"):
    """Answer the parser of `check`, and of `fix`, which is `check --fix`."""
    from preaudit_hooks.commands import arguments

    fixing = command == "fix"
    text = "Apply the fixes of findings." if fixing else "Find what production audits of Python backends find."
    made = arguments.Parser(command, text, EXAMPLES.replace("preaudit check", f"preaudit {command}"))
    made.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders, or - for standard input (default: .)"
    )
    selection = arguments.add_selection(made)
    selection.add_argument(
        "--part", choices=PARTS, help="only rules on Python files, configuration files, or the project"
    )
    selection.add_argument("--diff", metavar="REF", help="only findings that the git revision REF does not have")
    group = made.add_argument_group("what counts and what is done")
    group.add_argument(
        "--fail-on", type=arguments.severity, metavar="SEVERITY", help="lowest severity that makes the exit status 1"
    )
    group.add_argument("--exit-zero", action="store_true", help="exit 0 whatever is found (errors are still 2)")
    if not fixing:
        group.add_argument("--fix", action="store_true", help="apply the fixes, and remove unused suppressions")
    group.add_argument("--no-baseline", action="store_true", help="show what the baseline has accepted, too")
    group = made.add_argument_group("output")
    group.add_argument(
        "--output-format",
        type=arguments.output,
        action="append",
        metavar="F[:FILE]",
        default=None,
        help=f"{', '.join(formats.FORMATS)}; may be given several times (default: full on a terminal, else concise)",
    )
    group.add_argument("--statistics", action="store_true", help="add the number of findings of each code")
    group.add_argument("--stdin-filename", metavar="PATH", help="the name of what comes on standard input")
    group = arguments.add_project(made)
    group.add_argument(
        "--force-exclude", action="store_true", help="leave out excluded files even where they are named, as hooks do"
    )
    arguments.add_common(group)
    return made


def run(argv, command="check"):
    """Run `preaudit check` with these arguments and answer the exit status."""
    options = quick.read(argv) or parser(command).parse_args(argv)
    if command == "fix":
        options.fix = True
    outputs = chosen_outputs(options.output_format)
    stdin_data, paths = standard_input(options)
    session = Session(options, start_of(paths, options))
    missing = [path for path in paths if not os.path.lexists(path)]
    paths = [path for path in paths if os.path.lexists(path)]
    stdin = stdin_data is not None and (session.inside(options.stdin_filename or "stdin"), stdin_data) or None
    if stdin is not None:
        paths = []
    elif not paths and not missing:
        paths = [session.base]
    result = session.run(paths, stdin)
    result.errors = [*((session.inside(path), "there is no such file") for path in missing), *result.errors]
    texts = {stdin[0]: stdin[1].decode("utf-8-sig", "replace")} if stdin else None
    findings, fixed = narrow(session, list(result.findings), result.errors, paths), []
    if options.fix:
        from preaudit_hooks.commands.fix import apply

        fixed, findings = apply(session, findings, result, stdin, paths)
    findings.sort(key=lambda finding: finding.sort_key())
    show(session, result, findings, outputs, options, texts, fixed)
    context = session.context(result, sys.stderr)
    if report_errors(result, context):
        return 2
    if options.exit_zero:
        return 0
    least = SEVERITIES[options.fail_on or session.settings.fail_on]
    failing = any(is_live(finding) and SEVERITIES[finding.severity] >= least for finding in findings)
    return 1 if failing or fixed else 0


def narrow(session, findings, errors, paths):
    """Mark what the baseline accepts, and leave out what --diff's revision had; answer the findings."""
    options = session.options
    if session.settings.per_file_ignores and any(os.path.abspath(path) == session.root for path in paths):
        from preaudit_hooks.commands.ignores import unused

        findings = findings + unused(session, findings)
    settings = session.settings
    there = os.path.lexists(os.path.join(session.root, settings.baseline)) or "baseline" in settings.given
    if there and not options.isolated and not options.no_baseline:
        from preaudit_hooks.commands.accepted import settle

        findings = settle(session, findings, errors, [] if options.diff else paths)
    if options.diff:
        from preaudit_hooks.commands.changes import only_new

        findings = only_new(session, findings, options.diff)
    return findings


def chosen_outputs(chosen):
    """Answer [(format, file or '')]; Usage if two of them want the same place."""
    if not chosen:
        return [("full" if terminal.is_terminal(sys.stdout) else "concise", "")]
    places = [path for _, path in chosen]
    for path in places:
        if places.count(path) > 1:
            where = f"the file {path}" if path else "standard output"
            raise Usage(
                f"check: --output-format: two formats for {where}; give one of them a file, as in sarif:out.sarif"
            )
    return chosen


def standard_input(options):
    """Answer (bytes of standard input or None, paths); Usage if `-` comes with other paths."""
    paths = list(options.paths)
    if "-" not in paths and not (options.stdin_filename and not paths):
        if options.stdin_filename:
            raise Usage("check: --stdin-filename speaks of standard input; leave out the paths, or write -")
        return None, paths
    if len(paths) > 1:
        raise Usage("check: - reads standard input; leave out the other paths")
    return sys.stdin.buffer.read(), []


def start_of(paths, options):
    """Answer where the search for the configuration starts.

    That is the folder that is checked, or the common one of several that belong to one project. Files in the working
    directory, and folders of several projects in it, are checked as the working directory's: a hook names the files
    that happen to have changed, and the project must not change with them.
    """
    from preaudit.core.settings import find_root

    if options.stdin_filename:
        return os.path.dirname(os.path.abspath(options.stdin_filename))
    folders = [os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path) or ".") for path in paths]
    base = os.getcwd()
    if not folders:
        return base
    try:
        common = os.path.commonpath(folders)
    except ValueError:
        return base
    if common != base and not common.startswith(base.rstrip(os.sep) + os.sep):
        return common
    if not all(os.path.isdir(path) for path in paths):
        return base
    roots = {find_root(folder) for folder in set(folders)}
    return roots.pop() if len(roots) == 1 else base


def show(session, result, findings, outputs, options, texts, fixed):
    """Write the findings in every format that was asked for."""
    for name, path in outputs:
        writer = formats.load(name)
        if not path:
            context = session.context(result, sys.stdout, options.statistics, texts)
            if name in ("concise", "full", "grouped"):
                for line in fixed_lines(fixed, context):
                    sys.stdout.write(line)
            writer.write(findings, context, sys.stdout)
            continue
        context = session.context(result, None, options.statistics, texts)
        context.color = options.color == "always"
        try:
            with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                writer.write(findings, context, stream)
        except OSError as error:
            raise Usage(f"check: --output-format: cannot write {path}: {error.strerror}") from error
    if all(path for _, path in outputs):
        from preaudit_hooks.output.terminal import summary

        note(summary(findings, session.context(result, sys.stderr)))


def fixed_lines(fixed, context):
    """Yield a line for each finding that was fixed."""
    from preaudit_hooks.output.concise import line
    from preaudit_hooks.output.terminal import Paint

    paint = Paint(context.color)
    for finding in fixed:
        yield f"{line(finding, context, paint)} {paint.green('[fixed]')}\n"
