"""glob: walks directories."""

from __future__ import annotations

DISTRIBUTION = ""

FUNCTIONS = {"glob.glob": "metadata -> list", "glob.iglob": "metadata", "glob.escape": "free"}
INSTEAD = {"glob.": "asyncio.to_thread"}
