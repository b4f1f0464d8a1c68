"""Passlib: hash() and verify() are slow on purpose, whatever the scheme."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "passlib"

_SCHEMES = "bcrypt bcrypt_sha256 argon2 pbkdf2_sha256 pbkdf2_sha512 sha256_crypt sha512_crypt scrypt"
_HASHER = {
    **each("cpu -> str", "hash encrypt"),
    "verify": "cpu -> bool",
    "identify": "free -> bool",
    "using": "free",
}
CLASSES = {
    "passlib.context.CryptContext": {
        "methods": {
            **each("cpu -> str", "hash encrypt"),
            "verify": "cpu -> bool",
            "verify_and_update": "cpu -> tuple",
            "dummy_verify": "cpu",
            **each("free", "identify needs_update update copy schemes"),
        },
    },
    **{f"passlib.hash.{name}": {"methods": _HASHER} for name in _SCHEMES.split()},
}
INSTEAD = {"passlib.": "asyncio.to_thread"}
