"""cryptography: only what is slow on purpose, and the making of RSA keys."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "cryptography"

_KDF = "cryptography.hazmat.primitives.kdf."
CLASSES = {
    f"{_KDF}{name}": {"methods": {"derive": "cpu -> bytes", "verify": "cpu"}}
    for name in ("pbkdf2.PBKDF2HMAC", "scrypt.Scrypt", "argon2.Argon2id")
}
CLASSES["cryptography.fernet.Fernet"] = {
    "methods": {**each("free -> bytes", "encrypt decrypt generate_key"), "extract_timestamp": "free -> int"}
}
FUNCTIONS = {"cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key": "cpu"}
INSTEAD = {"cryptography.": "asyncio.to_thread"}
