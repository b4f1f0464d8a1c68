"""tenacity: retry() only wraps; Retrying sleeps between attempts."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "tenacity"

CLASSES = {
    "tenacity.Retrying": {"call": "wait"},
    "tenacity.AsyncRetrying": {"call": "async"},
    "tenacity.stop_after_attempt": {},
    "tenacity.wait_exponential": {},
    "tenacity.wait_fixed": {},
}
FUNCTIONS = {**each("free", "tenacity.retry"), "tenacity.nap.sleep": "wait"}
INSTEAD = {"tenacity.": "tenacity.AsyncRetrying", "tenacity.nap.sleep": "asyncio.sleep"}
