"""bcrypt: hashing is slow on purpose."""

from __future__ import annotations

DISTRIBUTION = "bcrypt"

FUNCTIONS = {
    "bcrypt.hashpw": "cpu -> bytes",
    "bcrypt.checkpw": "cpu -> bool",
    "bcrypt.kdf": "cpu -> bytes",
    "bcrypt.gensalt": "free -> bytes",
}
INSTEAD = {"bcrypt.": "asyncio.to_thread"}
