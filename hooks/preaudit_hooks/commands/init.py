"""`preaudit init`: make preaudit live beside the project's flake8, ruff, pre-commit, editor and CI.

Every change is a text edit that leaves the rest of the file as it is, is parsed again before it is shown, and is
written only after a yes. Run twice it changes nothing.
"""

from __future__ import annotations

import os
import sys

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands import arguments, terminal
from preaudit_hooks.commands.session import Session, note
from preaudit_hooks.output.context import printable
from preaudit_hooks.output.terminal import Paint

EXAMPLES = """\
  preaudit init             show what would be written, and ask
  preaudit init --dry-run   show it only
  preaudit init --yes       write it; for scripts
  preaudit init --yes --no-baseline --ci none
"""


def parser():
    """Answer the parser of `init`."""
    made = arguments.Parser("init", "Set the project up: pre-commit, flake8, ruff, editor, CI, baseline.", EXAMPLES)
    group = made.add_argument_group("what is done")
    group.add_argument("--yes", action="store_true", help="write without asking")
    group.add_argument("--dry-run", action="store_true", help="show the changes, write nothing")
    group.add_argument("--no-baseline", action="store_true", help="do not accept today's findings")
    group.add_argument(
        "--ci",
        choices=("auto", "github", "gitlab", "none"),
        default="auto",
        help="which CI gets a step (auto: those the project has)",
    )
    arguments.add_common(group)
    return made


def run(argv):
    """Run `preaudit init` and answer the exit status."""
    options = parser().parse_args(argv)
    session = Session(options)
    from preaudit_hooks.commands.setup_files import plan

    changes, remarks = plan(session, options.ci)
    paint = Paint(terminal.wants_color(options.color, sys.stdout))
    for change in changes:
        show(change, paint)
    for remark in remarks:
        note(remark)
    baseline = not options.no_baseline and not os.path.exists(os.path.join(session.root, session.settings.baseline))
    if not changes and not baseline:
        sys.stdout.write("everything is in place\n")
        return 0
    if options.dry_run:
        return 0
    if not agreed(options, changes, baseline, session):
        return 0
    for change in changes:
        write(change, session.root)
        sys.stdout.write(f"wrote {printable(change.path)}\n")
    if baseline:
        from preaudit_hooks.commands.baseline import create

        # Settings that were just written are read afresh.
        written = create(Session(options), empty=False)
        if not changes and not written:
            sys.stdout.write("everything is in place\n")
            return 0
    sys.stdout.write("next: preaudit doctor tells what could still silence AUD codes; commit the files above\n")
    return 0


def show(change, paint):
    """Write the difference that a change makes, as a unified diff."""
    from difflib import unified_diff

    from preaudit.core.masking import mask_line

    # The lines around a change are the user's, and may hold a secret.
    held = set(change.before.splitlines())
    before = [mask_line(printable(line)) for line in change.before.splitlines()]
    after = [mask_line(printable(line)) if line in held else printable(line) for line in change.after.splitlines()]
    name = printable(change.path)
    sys.stdout.write(paint.bold(f"{name}: {change.why}") + "\n")
    for line in unified_diff(before, after, f"a/{name}" if change.before else "/dev/null", f"b/{name}", lineterm=""):
        color = {"+": "32", "-": "31"}.get(line[:1], "")
        sys.stdout.write((paint.code(color, line) if color else line) + "\n")
    sys.stdout.write("\n")


def agreed(options, changes, baseline, session):
    """Answer whether to write: --yes, or a yes on the terminal; Usage where nobody can be asked."""
    if options.yes:
        return True
    if not (terminal.is_terminal(sys.stdin) and terminal.is_terminal(sys.stdout)):
        raise Usage("init: nothing was written, for this is no terminal to ask on; write with --yes")
    what = ["the changes above"] if changes else []
    what += [f"the baseline {session.settings.baseline}"] if baseline else []
    sys.stdout.write(f"Write {' and '.join(what)}? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def write(change, root):
    """Write one change; Usage if the file changed meanwhile, leads out of the tree, or cannot be written."""
    from preaudit.core.edits import EditError, inside
    from preaudit.core.edits import write as replace

    full = os.path.join(root, change.path)
    try:
        if change.raw is not None:
            replace(full, change.raw, change.data(), root)
            return
        folder = os.path.dirname(full)
        if not inside(folder, root):
            raise Usage(f"init: {change.path} leads out of the project")
        os.makedirs(folder, exist_ok=True)
        with open(full, "xb") as stream:
            stream.write(change.data())
    except (OSError, EditError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Usage(f"init: {change.path} cannot be written: {said}") from error
