"""Many files over several processes.

Each process has its own part of the files and goes over it twice: first every file's summary, which all
processes then exchange, then the checks, which look into the summaries of other modules. The trees are kept
between the two, so that a file is parsed once. Results do not depend on how many processes there are: each
file is checked alone.
"""

from __future__ import annotations

import gc
import os

from preaudit.core.cache import dumps

BATCH = 16


def prepare_all(worker, part: list, others: bool = False) -> list:
    """Make the summaries of a part's Python files, their trees kept as far as there is room.

    Answer [(path, summary, its "outside")] as JSON texts: what `others`, if there are any, are told, and what is kept of
    a file whose tree is not.

    The trees are full of cycles and live until their check: the collector would visit them again and again for
    nothing. It sleeps while they are made, and leaves them alone afterwards; beyond that room it works as ever.
    """
    made = []
    gc.disable()
    for path, _ in part:
        summary = worker.prepare(path)
        if summary is not None and (others or path not in worker.project.parsed):
            made.append(_told(worker, path, summary))
            if path not in worker.project.parsed:
                worker.project.take_raw(made[-1:])
        if worker.project.is_full and not gc.isenabled():
            gc.freeze()
            gc.enable()
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 20, 20)
    return made


def parts_of(todo: list, jobs: int, size_of) -> list:
    """Answer the files in `jobs` parts of about the same size, largest files first."""
    parts: list = [[] for _ in range(jobs)]
    loads = [0] * jobs
    for row in sorted(todo, key=lambda row: (-size_of(row[0]), row[0])):
        least = loads.index(min(loads))
        parts[least].append(row)
        loads[least] += size_of(row[0]) + 500
    return [part for part in parts if part]


def _size(worker, path: str) -> int:
    text = worker.project.texts.get(path)
    if text is not None:
        return len(text)
    try:
        return os.stat(os.path.join(worker.root, path)).st_size
    except (OSError, ValueError):
        return 0


def _child(connection, worker, part):
    try:
        if worker.cache is not None:
            # a connection is not shared between processes
            worker.cache.reopen()
        connection.send(prepare_all(worker, part, others=True))
        worker.project.take_raw(connection.recv())
        for start in range(0, len(part), BATCH):
            rows = []
            for path, is_target in part[start : start + BATCH]:
                findings, *rest = worker.check(path, is_target)
                rows.append((path, is_target, [finding.to_row() for finding in findings], *rest))
            connection.send((rows, worker.cache.pending() if worker.cache is not None else None))
        connection.send(None)
    finally:
        connection.close()


def _told(worker, path: str, summary: dict) -> tuple:
    """Answer (path, summary, its "outside") as the other processes get them, and keep the same texts."""
    texts = (dumps(summary), dumps(summary["outside"]))
    if worker.cache is not None:
        worker.cache.keep_summary(path, worker.project.module_name(path), summary, texts)
    return path, *texts


def _received(connection):
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


def spread(worker, todo: list, jobs: int):
    """Give (path, is target, findings, flag, facts, errors) of each file, checked by `jobs` processes."""
    import multiprocessing
    from multiprocessing.connection import wait

    from preaudit.core.finding import Finding

    context = multiprocessing.get_context("fork")
    running = []
    left = dict(todo)
    try:
        for part in parts_of(todo, jobs, lambda path: _size(worker, path)):
            here, there = context.Pipe()
            process = context.Process(target=_child, args=(there, worker, part), daemon=True)
            process.start()
            there.close()
            running.append((process, here))
        made = [_received(here) or [] for _, here in running]
        for number, (_, here) in enumerate(running):
            try:
                here.send([row for other, rows in enumerate(made) if other != number for row in rows])
            except OSError:  # the process is gone; what it leaves undone is done below
                continue
        worker.project.take_raw([row for rows in made for row in rows])
        del made
        waiting = [here for _, here in running]
        while waiting:
            for here in wait(waiting):
                message = _received(here)
                if message is None:
                    waiting.remove(here)
                    continue
                rows, pending = message
                if pending is not None:
                    worker.cache.put_raw(*pending)
                for path, is_target, findings, *rest in rows:
                    left.pop(path, None)
                    yield path, is_target, [Finding.from_row(row) for row in findings], *rest
    finally:
        for process, here in running:
            here.close()
            process.join(5)
            if process.is_alive():
                process.terminate()
    # a process that the system has ended leaves files behind
    for path, is_target in left.items():
        yield path, is_target, *worker.check(path, is_target)
