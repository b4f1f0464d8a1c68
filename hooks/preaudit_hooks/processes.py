"""Many files over several processes. Results do not depend on how many there are: each file is checked alone."""

from __future__ import annotations

_worker = None


def _begin(worker):
    global _worker
    _worker = worker
    if worker.cache is not None:
        # a connection is not shared between processes
        worker.cache._db = None


def _chunk(part):
    worker = _worker
    worker.project.keep_parsed = frozenset(path for path, _ in part)
    made = []
    for path, is_target in part:
        findings, facts, errors = worker.check(path, is_target)
        rows = worker.cache.pending() if worker.cache is not None else None
        made.append((path, is_target, [finding.to_row() for finding in findings], facts, rows, errors))
    worker.project.parsed.clear()
    return made


def spread(worker, todo: list, jobs: int):
    """Give (path, is target, findings, facts, cache rows, errors) of each file, checked by `jobs` processes."""
    import multiprocessing

    from preaudit.core.finding import Finding

    # neighbours ask for each other's summaries: they go to one process
    ordered = sorted(todo)
    size = max(1, min(60, len(ordered) // (jobs * 4) + 1))
    parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, initializer=_begin, initargs=(worker,)) as pool:
        for made in pool.imap(_chunk, parts):
            for path, is_target, findings, facts, rows, errors in made:
                yield path, is_target, [Finding.from_row(row) for row in findings], facts, rows, errors
