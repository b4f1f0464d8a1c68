"""json: dumps and loads are short; load and dump cost what the file they are given costs."""

from __future__ import annotations

DISTRIBUTION = ""

CLASSES = {
    "json.JSONEncoder": {"methods": {"encode": "free -> str", "default": "free"}},
    "json.JSONDecoder": {"methods": {"decode": "free", "raw_decode": "free -> tuple"}},
}
FUNCTIONS = {"json.dumps": "free -> str", "json.loads": "free", "json.load": "free", "json.dump": "free"}
CANONICAL = {
    "json.encoder.JSONEncoder": "json.JSONEncoder",
    "json.decoder.JSONDecoder": "json.JSONDecoder",
}
