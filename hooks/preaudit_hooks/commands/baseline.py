"""`preaudit baseline`: accept today's findings, so that only new ones fail."""

from __future__ import annotations

import sys

from preaudit.core.baseline import Baseline

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands import arguments
from preaudit_hooks.commands.accepted import Accepted
from preaudit_hooks.commands.session import Session, report_errors
from preaudit_hooks.output.terminal import plural

EXAMPLES = """\
  preaudit baseline            accept what is found today; `preaudit check` then reports new findings only
  preaudit baseline --update   accept what is new since, and drop what was fixed
  preaudit baseline --prune    drop what was fixed, accept nothing
  preaudit baseline --check    in CI: exit 1 if entries are stale

The file is preaudit-baseline.json in the project's root (`baseline` in [tool.preaudit] names another); commit it.
`preaudit check` drops stale entries by itself, except in CI, where they are findings (AUD998).
"""


def parser():
    """Answer the parser of `baseline`."""
    made = arguments.Parser("baseline", "Accept today's findings; only new ones fail from then on.", EXAMPLES)
    group = made.add_argument_group("what is done").add_mutually_exclusive_group()
    group.add_argument("--update", action="store_true", help="accept new findings and drop stale entries")
    group.add_argument("--prune", action="store_true", help="drop stale entries, accept nothing")
    group.add_argument("--check", action="store_true", help="change nothing; exit 1 if entries are stale")
    group = made.add_argument_group("how it runs")
    group.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    group.add_argument("--jobs", type=arguments.positive, metavar="N", help="processes to use")
    arguments.add_common(group)
    return made


def run(argv):
    """Run `preaudit baseline` and answer the exit status: 0, 1 where --check finds stale entries, 2 on errors."""
    options = parser().parse_args(argv)
    session = Session(options)
    accepted = Accepted(session)
    changing = options.update or options.prune or options.check
    if accepted.baseline is None and (options.prune or options.check):
        raise Usage(f"baseline: there is no {accepted.name}; write it with `preaudit baseline`")
    if accepted.baseline is None:
        create(session)
        return 0
    result, counted = look(session)
    accepted.mark(counted)
    new = [finding for finding in counted if not finding.baselined]
    stale = accepted.stale(counted, result.errors, lambda path: True)
    gone = sum(stale.values())
    if not changing:
        say(f"{accepted.name} accepts {plural(len(accepted.baseline), 'finding')}; {len(new)} new, {gone} stale")
        if new or gone:
            say("--update accepts what is new and drops what is stale, --prune only drops")
        return 0
    if options.check:
        if gone:
            say(f"{accepted.name}: stale entries: {gone}; run preaudit baseline --prune")
        return 1 if gone else 0
    made = Baseline.of(counted) if options.update else accepted.baseline.without(stale)
    moved = len(accepted.baseline.moves())
    if made.text() != accepted.baseline.text():
        accepted.write(made)
    added = len(new) if options.update else 0
    renamed = f", {moved} renamed" if moved else ""
    say(f"{accepted.name}: {added} added, {gone} dropped{renamed}; it accepts {plural(len(made), 'finding')}")
    return 0


def look(session):
    """Answer (result, findings that a baseline can hold) of a whole run; Usage if a file could not be read."""
    result = session.run([session.root])
    if report_errors(result, session.context(result, sys.stderr)):
        raise Usage("baseline: some files could not be read, so what they hold is unknown; nothing was written")
    return result, [finding for finding in result.findings if not finding.suppressed]


def create(session, empty=True):
    """Write the first baseline, without findings only where an empty one is wanted; answer whether it was written."""
    accepted = Accepted(session)
    _, counted = look(session)
    made = Baseline.of(counted)
    if len(made) or empty:
        accepted.write(made)
        say(f"{accepted.name}: {plural(len(made), 'finding')} accepted; commit it")
        return True
    return False


def say(text):
    """Tell the user on standard output."""
    sys.stdout.write(text + "\n")
