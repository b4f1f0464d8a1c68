"""Some messages with pictures or tags, others without

## What it does
Reports, once a file, the first log message or error text whose style is not the one that most messages of the project
have: with an emoji, with a tag in brackets (`[worker] started`), or plain.

## Why it matters
Logs are searched and filtered by what their lines begin with. A search for `[billing]` that finds half of what billing says
is worse than none, and a picture in front of some failures hides the others.

## Bad
```python
import logging

logger = logging.getLogger(__name__)


def run(jobs):
    logger.info("run started")
    logger.info("%d jobs wait", len(jobs))
    for job in jobs:
        logger.info("job %s started", job)
        job.run()
        logger.info("✅ job %s finished", job)  # AUD704
    logger.info("run finished")
```

## Good
```python
import logging

logger = logging.getLogger(__name__)


def run(jobs):
    logger.info("run started")
    logger.info("%d jobs wait", len(jobs))
    for job in jobs:
        logger.info("job %s started", job)
        job.run()
        logger.info("job %s finished", job)
    logger.info("run finished")
```

## Fixed
There is no fix. What a tag says belongs into the name of the logger, what a picture says into the level.

## Options
None.

## Limits
Off by default: a matter of taste. Logs and error texts are judged apart, and only where a project has five of a kind.
Messages that are not written out in the call are not seen.

## Origin
Audit A MEDIUM-7: a third of the messages had emoji, another third tags.
"""

from __future__ import annotations

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD704",
    name="mixed-message-style",
    severity="low",
    scope="project",
    default=False,
    message="this {kind} {has}, {count} of {all} in the project {have}; write all of them alike",
    since="0.1.0",
    audits=("A MEDIUM-7",),
    files=r"\.py$",
)

LEAST = 5
HAS = {"plain": "has no mark", "emoji": "has an emoji", "tag": "has a tag in brackets"}
HAVE = {"plain": "have no mark", "emoji": "have an emoji", "tag": "have a tag in brackets"}
KINDS = {"log": "message", "error": "error text"}


@RULE.on_project("message-styles")
def check(project):
    """Report in each file the first message of a style that is not the project's."""
    said = [
        (path, fact)
        for path, fact in project.facts("message-styles")
        if not project.is_test(path) and not project.settings.is_migration(path)
    ]
    for kind, shown in KINDS.items():
        totals = {"plain": 0, "emoji": 0, "tag": 0}
        for _, kinds in said:
            for style, count, _ in kinds.get(kind, ()):
                totals[style] += count
        whole = sum(totals.values())
        usual = max(totals, key=totals.get)
        if whole < LEAST or totals[usual] == whole:
            continue
        for path, kinds in said:
            for style, _, place in kinds.get(kind, ()):
                if style != usual:
                    yield RULE.at(
                        tuple(place), path=path, kind=shown, has=HAS[style], have=HAVE[usual], count=totals[usual], all=whole
                    )  # fmt: skip
                    break
