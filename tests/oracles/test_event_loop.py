"""What the pages of the async family say of asyncio, executed: nothing but the standard library is needed."""

import asyncio
import gc
import threading
import time
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest


async def load():
    return 1


def threads_of(*functions):
    """Answer whether each function ran in the thread of the loop."""
    home = threading.get_ident()
    seen = []

    def note():
        seen.append(threading.get_ident() == home)

    async def main():
        for function in functions:
            await function(note)

    asyncio.run(main())
    return seen


async def in_place(note):
    note()


async def in_thread(note):
    await asyncio.to_thread(note)


async def in_executor(note):
    await asyncio.get_running_loop().run_in_executor(None, lambda: note())


async def soon(note):
    asyncio.get_running_loop().call_soon(note)
    await asyncio.sleep(0)


async def later(note):
    asyncio.get_running_loop().call_later(0, note)
    await asyncio.sleep(0.01)


async def task_done(note):
    task = asyncio.ensure_future(load())
    task.add_done_callback(lambda _: note())
    await task
    await asyncio.sleep(0)


async def future_done(note):
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(time.sleep, 0.01)
        future.add_done_callback(lambda _: note())


@pytest.mark.parametrize(
    ("function", "on_loop"),
    [
        (in_place, True),
        (soon, True),
        (later, True),
        (task_done, True),
        (in_thread, False),
        (in_executor, False),
        (future_done, False),
    ],
)
def test_where_a_function_runs(function, on_loop):
    assert threads_of(function) == [on_loop]


def test_a_blocking_call_stops_all_other_coroutines():
    order = []

    async def beat():
        await asyncio.sleep(0)
        order.append("beat")

    async def main():
        task = asyncio.ensure_future(beat())
        time.sleep(0.01)
        order.append("blocked")
        await task

    asyncio.run(main())
    assert order == ["blocked", "beat"]


def test_a_task_that_nothing_keeps_can_vanish():
    async def forever():
        await asyncio.get_running_loop().create_future()

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        found = weakref.ref(asyncio.create_task(forever()))
        await asyncio.sleep(0)
        gc.collect()
        return found() is None

    assert asyncio.run(main())


def test_a_coroutine_that_is_not_awaited_never_runs():
    ran = []

    async def work():
        ran.append(1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert work()
        gc.collect()
    assert not ran


@pytest.mark.parametrize("wrong", [load, 1, None, [load]], ids=repr)
def test_run_wants_a_coroutine(wrong):
    with pytest.raises((ValueError, TypeError)):
        asyncio.run(wrong)


def test_run_refuses_a_future_of_gather():
    # gather() asks for a running loop, and the future it would give is no coroutine
    coroutine = load()
    with pytest.raises((ValueError, TypeError, RuntimeError)), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.run(asyncio.gather(coroutine))
    coroutine.close()


@pytest.mark.parametrize("way", ["run", "run_until_complete"])
def test_a_running_loop_cannot_be_run(way):
    async def main():
        coroutine = load()
        try:
            if way == "run":
                asyncio.run(coroutine)
            else:
                asyncio.get_running_loop().run_until_complete(coroutine)
        finally:
            coroutine.close()

    with pytest.raises(RuntimeError):
        asyncio.run(main())
