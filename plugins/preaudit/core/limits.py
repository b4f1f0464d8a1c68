"""How long one file may take: a check that never ends must cost one AUD000, not the commit."""

from __future__ import annotations

import signal

SECONDS = 20.0  # of this process's own time, so a busy machine stops nothing; the slowest real file seen took below 2
STOPS = 3  # checks of one file that may be stopped before the file is given up


class TooLong(BaseException):
    """The time of a file is over. No Exception, so that nobody who catches everything catches this."""

    def __init__(self, seconds: float = SECONDS):
        """Hold the limit, in seconds."""
        super().__init__(f"stopped after {seconds:g} s of processor time")


def _ring(number, frame):
    raise TooLong(_Limited.seconds)


class _Limited:
    """Rings once its time is over, again after each stop, until it is left."""

    seconds = SECONDS

    def __init__(self, times: int):
        """`times`: how many times the limit there is."""
        self.times, self.stops, self.armed = times, 0, False

    def __enter__(self):
        # a host's own use of the signal comes first
        if hasattr(signal, "setitimer") and signal.getsignal(signal.SIGVTALRM) in (signal.SIG_DFL, _ring):
            try:
                signal.signal(signal.SIGVTALRM, _ring)
            except ValueError:
                return self  # not the main thread, which alone can be interrupted
            self.armed = True
            self._start()
        return self

    def __exit__(self, *error):
        if self.armed:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _start(self):
        # The interval rings again where the first ring was lost in code that C called and that ignores errors.
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds * self.times, 1.0)

    def again(self, error: TooLong) -> None:
        """Give a stopped file the time for its other checks; raises the error once too many were stopped."""
        self.stops += 1
        if self.stops >= STOPS:
            raise error
        self._start()


class Apart:
    """Leaves the time of what runs inside out of the file that asked for it: reading another file has its own."""

    def __enter__(self):
        """Start the time of what runs inside, if a limit is running."""
        self.left = signal.getitimer(signal.ITIMER_VIRTUAL) if hasattr(signal, "getitimer") else (0.0, 0.0)
        if self.left[0] > 0:
            signal.setitimer(signal.ITIMER_VIRTUAL, _Limited.seconds, 1.0)
        return self

    def __exit__(self, *error):
        """Go on with the time that was left."""
        if self.left[0] > 0:
            signal.setitimer(signal.ITIMER_VIRTUAL, *self.left)


def limited(times: int = 1) -> _Limited:
    """Answer a context in which TooLong is raised once the code took too long; without effect outside the main thread."""
    return _Limited(times)
