"""`--diff REF`: findings that REF did not have, by fingerprint on both sides, never by a filter on lines."""

from __future__ import annotations

from preaudit.core.baseline import Baseline

from preaudit_hooks.commands.history import Past, Repository
from preaudit_hooks.output.context import is_live


def only_new(session, findings, ref):
    """Answer those of the findings that the merge base of REF and HEAD did not have, with all that do not count.

    Usage where git cannot tell: no repository, no such revision, a shallow clone.
    """
    repository = Repository(session.root)
    base = repository.base(ref)
    if not any(is_live(finding) for finding in findings):
        return findings
    renames = repository.renames(base)
    with Past(repository, session.settings) as past:
        past.show(base)
        old = found_before(session, past, findings, renames)
    known = Baseline.of(old)
    left = dict(known.entries)
    kept = []
    for finding in findings:
        if is_live(finding) and finding.code != "AUD000":
            stem = (finding.code, renames.get(finding.path, finding.path), finding.scope, finding.key)
            if left.get(stem):
                left[stem] -= 1
                continue
        kept.append(finding)
    return kept


def found_before(session, past, findings, renames):
    """Answer what counts in the old tree, in the files that have findings now."""
    paths = {renames.get(finding.path, finding.path) for finding in findings if is_live(finding)}
    paths = sorted(past.path(path) for path in paths if path in past)
    if not paths:
        return []
    result = session.run_at(past.folder, paths)
    return [finding for finding in result.findings if is_live(finding)]
