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
