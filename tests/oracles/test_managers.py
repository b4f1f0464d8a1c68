"""What AUD006 and AUD007 claim of generator-based context managers and of retry decorators."""

from contextlib import contextmanager, suppress

import pytest


def test_a_path_without_a_yield_raises():
    @contextmanager
    def manager(found):
        if not found:
            return
        yield found

    with pytest.raises(RuntimeError, match="didn't yield"), manager(False):
        pass


def test_a_second_yield_hides_the_real_error():
    @contextmanager
    def manager():
        try:
            yield 1
        except ValueError:
            yield None

    with pytest.raises(RuntimeError, match="didn't stop after throw"), manager():
        raise ValueError("the real error")


def test_a_second_yield_after_a_good_block_raises():
    @contextmanager
    def manager():
        yield 1
        yield 2

    with pytest.raises(RuntimeError, match="didn't stop"), manager():
        pass


def test_clean_up_after_a_bare_yield_is_skipped():
    done = []

    @contextmanager
    def manager():
        yield
        done.append("cleaned")

    with pytest.raises(ValueError), manager():
        raise ValueError
    assert done == []


def test_a_manager_that_does_not_raise_swallows_the_error_of_the_caller():
    @contextmanager
    def manager():
        with suppress(Exception):
            yield

    after = []
    with manager():
        raise ValueError("lost")
    after.append(True)
    assert after == [True]


def calls_of_retried(generator):
    """Answer (how often the body ran, what a call gave) of a generator under tenacity's retry."""
    tenacity = pytest.importorskip(
        "tenacity", reason="runs the claim on the real tenacity: tests/knowledge/requirements.txt"
    )
    ran = []

    def body():
        ran.append(True)
        raise ConnectionError("not yet")
        yield

    def function():
        ran.append(True)
        raise ConnectionError("not yet")

    retried = tenacity.retry(stop=tenacity.stop_after_attempt(3), reraise=True)(body if generator else function)
    try:
        given = retried()
        for _ in given:
            pass
    except ConnectionError:
        given = None
    return len(ran)


def test_a_retry_decorator_on_a_generator_never_retries():
    assert calls_of_retried(generator=True) == 1
    assert calls_of_retried(generator=False) == 3
