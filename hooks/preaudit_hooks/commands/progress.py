"""A progress bar on standard error, for runs that people wait for."""

from __future__ import annotations

from time import monotonic

from preaudit_hooks.commands.terminal import is_terminal

PATIENCE = 2.0  # seconds before the bar appears
PAUSE = 0.1  # seconds between two drawings
CELLS = 30


class Progress:
    """Draws a bar on a terminal once a run has lasted two seconds, and takes it away at the end."""

    def __init__(self, stream, clock=monotonic):
        """Draw on this stream, if it is a terminal; the clock counts seconds."""
        self.stream, self.clock, self.on = stream, clock, is_terminal(stream)
        self.start = self.drawn = clock()
        self.shown = False

    def step(self, done, total):
        """Say that `done` of `total` files are finished."""
        now = self.clock()
        if now - self.start < PATIENCE or now - self.drawn < PAUSE or not total:
            return
        self.drawn, self.shown = now, True
        cells = CELLS * done // total
        bar = "#" * cells + "-" * (CELLS - cells)
        self.stream.write(f"\r[{bar}] {done:,}/{total:,} files \x1b[K")
        self.stream.flush()

    def __enter__(self):
        """Answer the bar."""
        return self

    def __exit__(self, *_):
        """Take the bar away."""
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
