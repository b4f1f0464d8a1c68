"""The progress bar: on a terminal only, after two seconds, and gone at the end."""

import io

from preaudit_hooks.commands.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def drawn(stream, seconds):
    """Answer what is written when a file of ten is done at each of these seconds."""
    clock = Clock()
    with Progress(stream, clock) as progress:
        for done, now in enumerate(seconds, 1):
            clock.now = now
            progress.step(done, 10)
    return stream.getvalue()


def test_short_runs_draw_nothing():
    assert drawn(Terminal(), [0.1, 1.0, 1.9]) == ""


def test_long_runs_draw_and_clean_up():
    text = drawn(Terminal(), [1.0, 2.5, 2.55, 3.0])
    assert [part.strip() for part in text.split("\r")] == [
        "",
        "[######------------------------] 2/10 files \x1b[K",
        "[############------------------] 4/10 files \x1b[K",
        "\x1b[K",
    ]


def test_no_terminal_no_bar():
    assert Progress(io.StringIO()).on is False and Progress(None).on is False and Progress(Terminal()).on is True


def test_an_empty_run_divides_by_nothing():
    clock = Clock()
    with Progress(Terminal(), clock) as progress:
        clock.now = 5
        progress.step(0, 0)
    assert progress.stream.getvalue() == ""
