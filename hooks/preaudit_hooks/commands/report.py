"""`preaudit report`: the audit report, and the tracker of what was fixed, is open and is new."""

from __future__ import annotations

import os
import sys

from preaudit_hooks.cli import Usage
from preaudit_hooks.commands import arguments, terminal
from preaudit_hooks.commands.session import Session, note, report_errors

FORMATS = ("md", "html", "json")
SAMPLES = 10  # points of the trend in HTML, unless --history says otherwise
STEP_LIMIT = 900_000  # bytes; GitHub refuses a step summary of more than 1 MiB

EXAMPLES = """\
  preaudit report > audit.md
  preaudit report --since v1.4 --format html --output audit.html
  preaudit report --format json --select audit
  preaudit report --step-summary          in GitHub Actions: also append it to the step summary

The report holds every finding, those of the baseline too; suppressed ones are counted. --since compares with what
that revision had, by fingerprint. exit status: 0, or 2 where something could not be read
"""


def parser():
    """Answer the parser of `report`."""
    made = arguments.Parser("report", "Write the audit report and the progress tracker.", EXAMPLES)
    arguments.add_selection(made)
    group = made.add_argument_group("output")
    group.add_argument("--since", metavar="REF", help="track what was fixed, is open and is new since this revision")
    group.add_argument("--format", choices=FORMATS, help="md (default), html, json; default by the name of --output")
    group.add_argument("--output", metavar="FILE", help="write there instead of standard output")
    group.add_argument(
        "--history",
        type=history,
        metavar="N",
        help=f"revisions in the trend, 0 for none (default: {SAMPLES} in html, else 0)",
    )
    group.add_argument("--step-summary", action="store_true", help="append the report to $GITHUB_STEP_SUMMARY as well")
    arguments.add_common(arguments.add_project(made))
    return made


def history(text):
    """Answer a number of revisions."""
    import argparse

    if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= 200 or int(text) == 1:
        raise argparse.ArgumentTypeError(f"{text!r} is neither 0 nor a number from 2 to 200")
    return int(text)


def run(argv):
    """Run `preaudit report` and answer the exit status."""
    options = parser().parse_args(argv)
    name = format_of(options)
    session = Session(options)
    result = session.run([session.root])
    context = session.context(result, None)
    from preaudit_hooks.commands.audit import Audit

    audit = Audit(session, result, context)
    points = options.history if options.history is not None else SAMPLES if name == "html" else 0
    if options.since or points:
        look_back(audit, session, options.since, points)
    text = render(name, audit)
    if options.output:
        try:
            with open(options.output, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise Usage(f"report: cannot write {options.output}: {error.strerror}") from error
        note(f"{options.output}: {audit.headline()}")
    else:
        sys.stdout.write(text)
    if options.step_summary:
        append_summary(audit)
    return 2 if report_errors(result, session.context(result, sys.stderr)) else 0


def format_of(options):
    """Answer the format that the options ask for, by name or by the file's ending."""
    if options.format:
        return options.format
    ending = (options.output or "").rpartition(".")[2].lower()
    return {"htm": "html", "html": "html", "json": "json"}.get(ending, "md")


def look_back(audit, session, since, points):
    """Fill in the tracker and the trend; Usage where --since cannot be answered."""
    from preaudit_hooks.commands.history import Past, Repository

    try:
        repository = Repository(session.root)
        if since:
            repository.refuse_shallow()
        elif repository.is_shallow():
            raise Usage("the clone is shallow")
        commit = repository.commit(since) if since else ""
        samples = repository.samples(commit, points) if points else []
    except Usage as error:
        if since:
            raise
        note(f"no trend: {error}")
        return
    with Past(repository, session.settings) as past:
        for number, (sample, seconds) in enumerate(samples, 1):
            if terminal.is_terminal(sys.stderr):
                sys.stderr.write(f"\rpreaudit: revision {number} of {len(samples)} \x1b[K")
            past.show(sample)
            audit.add_point(sample, seconds, session.run_at(past.folder, [past.folder]).findings)
        if terminal.is_terminal(sys.stderr) and samples:
            sys.stderr.write("\r\x1b[K")
        if since:
            past.show(commit)
            old = session.run_at(past.folder, [past.folder]).findings
            audit.track(since, commit, old, repository.renames(commit))
    if samples:
        audit.add_point("", 0, audit.findings)


def render(name, audit, most=0):
    """Answer the report as text; `most` limits the places shown of one code."""
    if name == "json":
        from json import dumps

        return dumps(audit.as_object(), indent=1) + "\n"
    if name == "html":
        from preaudit_hooks.commands.audit_html import page

        return page(audit)
    from preaudit_hooks.commands.audit_markdown import page

    return page(audit, most)


def append_summary(audit):
    """Append the Markdown report to the step summary of GitHub Actions, shortened until it fits."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        raise Usage("report: --step-summary: GITHUB_STEP_SUMMARY is not set; this is no step of GitHub Actions")
    for most in (0, 50, 10, 3, 1):
        text = render("md", audit, most)
        if len(text.encode()) < STEP_LIMIT:
            break
    else:
        text = f"# {audit.title}\n\n{audit.headline()}\n"
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise Usage(f"report: cannot append to the step summary: {error.strerror}") from error
