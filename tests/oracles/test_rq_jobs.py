"""What the rules on the event loop take for granted of RQ, on the real library."""

import asyncio

import pytest

Job = pytest.importorskip("rq.job", reason="asks the real library: tests/knowledge/requirements.txt").Job

loops = []


async def work():
    """Keep the loop, and tell what else runs on it."""
    loops.append(asyncio.get_running_loop())
    return len(asyncio.all_tasks())


class NoConnection:
    """Stands for a connection that a job which is only executed never asks."""

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name}")


def test_each_job_has_a_loop_of_its_own():
    loops.clear()
    for _ in range(2):
        job = Job("one", connection=NoConnection())
        job._func_name, job._args, job._kwargs, job._instance = f"{__name__}.work", (), {}, None
        job._data = b""
        assert job._execute() == 1  # nothing else runs there
    assert loops[0] is not loops[1]
