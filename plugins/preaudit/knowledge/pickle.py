"""pickle: free apart from the file it is given."""

from __future__ import annotations

DISTRIBUTION = ""

FUNCTIONS = {
    "pickle.dumps": "free -> bytes",
    "pickle.loads": "free",
    "pickle.load": "free",
    "pickle.dump": "free",
}
