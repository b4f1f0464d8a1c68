"""argon2-cffi: hashing is slow on purpose."""

from __future__ import annotations

DISTRIBUTION = "argon2-cffi"

CLASSES = {
    "argon2.PasswordHasher": {
        "methods": {"hash": "cpu -> str", "verify": "cpu -> bool", "check_needs_rehash": "free -> bool"},
    },
}
FUNCTIONS = {
    "argon2.low_level.hash_secret": "cpu -> bytes",
    "argon2.low_level.hash_secret_raw": "cpu -> bytes",
    "argon2.low_level.verify_secret": "cpu -> bool",
}
INSTEAD = {"argon2.": "asyncio.to_thread"}
