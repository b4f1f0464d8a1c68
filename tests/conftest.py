"""The checkout's own sources and tools are what is tested, whatever is installed."""

import os
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
for folder in (HOME, HOME / "tests", HOME / "hooks", HOME / "plugins"):
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))
# Tests start processes of their own, too.
os.environ["PYTHONPATH"] = os.pathsep.join([str(HOME / "plugins"), str(HOME / "hooks")])


def pytest_terminal_summary(terminalreporter):
    """Say how many known missed alarms (`# todo AUDnnn`) the fixtures record; they are counted, never failed."""
    import harness

    if any("test_rules" in report.nodeid for report in terminalreporter.stats.get("passed", ())):
        texts = (path for path in harness.FIXTURES.rglob("*") if path.is_file() and path.suffix != ".pyc")
        count = sum(sum(harness.marks(path.read_text(errors="replace"))[1].values()) for path in texts)
        terminalreporter.write_line(f"known missed alarms in the fixtures: {count}")
