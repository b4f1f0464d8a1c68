"""A check that never ends costs one AUD000, and the others go on."""

import ast
import signal
import threading
import time

import pytest
from preaudit.core import limits
from preaudit.core.registry import registry
from preaudit.core.runner import check_text

TEXT = "from . import a\n\n\ntry:\n    f()\nexcept:\n    pass\n"


def endless(node, ctx):
    """Never end, whatever is raised inside."""
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue
    yield


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(limits._Limited, "seconds", 0.1)


def codes(findings):
    return sorted((finding.code, finding.line) for finding in findings)


def test_an_endless_check_is_stopped_and_the_others_go_on(monkeypatch):
    rule = registry().get("AUD401").load()
    monkeypatch.setattr(rule, "node_checks", [((ast.ExceptHandler,), endless)])
    findings = check_text(TEXT, codes={"AUD101", "AUD401"})
    assert codes(findings) == [("AUD000", 6), ("AUD101", 1)]
    assert "the check AUD401 was stopped after 0.1 s" in [f.message for f in findings if f.code == "AUD000"][0]


def test_a_file_of_endless_checks_is_given_up(monkeypatch):
    for code in ("AUD401", "AUD402", "AUD403", "AUD404"):
        monkeypatch.setattr(registry().get(code).load(), "node_checks", [((ast.Module,), endless)])
    findings = check_text(TEXT.replace("except:", "except Exception:"))
    assert codes(findings) == [("AUD000", 1)]
    assert "cannot be checked: stopped after" in findings[0].message


def test_nothing_rings_later(monkeypatch):
    check_text(TEXT)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_outside_the_main_thread_nothing_is_limited_and_nothing_fails():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(codes(check_text(TEXT, codes={"AUD101"}))))
    thread.start()
    thread.join()
    assert seen == [[("AUD101", 1)]]


def test_a_host_that_uses_the_signal_keeps_it():
    def mine(number, frame):
        raise AssertionError("not expected")

    before = signal.signal(signal.SIGVTALRM, mine)
    try:
        assert codes(check_text(TEXT, codes={"AUD101"})) == [("AUD101", 1)]
        assert signal.getsignal(signal.SIGVTALRM) is mine
    finally:
        signal.signal(signal.SIGVTALRM, before)


def test_reading_other_files_has_a_time_of_its_own():
    """The first file of a large project that asks about all others must not pay for them."""

    def spend(seconds):
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass

    with limits.limited():
        for _ in range(3):
            with limits.Apart():
                spend(0.06)
        with pytest.raises(limits.TooLong):
            spend(1.0)
    with limits.limited(), pytest.raises(limits.TooLong), limits.Apart():
        spend(1.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    with limits.Apart():  # outside a limit nothing is limited
        spend(0.2)
