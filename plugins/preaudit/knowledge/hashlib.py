"""hashlib: digests are short, key derivation is slow on purpose."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

FUNCTIONS = {
    "hashlib.pbkdf2_hmac": "cpu -> bytes",
    "hashlib.scrypt": "cpu -> bytes",
    "hashlib.file_digest": "file",
    **each("free", "hashlib.new hashlib.md5 hashlib.sha1 hashlib.sha224 hashlib.sha256 hashlib.sha384 hashlib.sha512"),
}
INSTEAD = {"hashlib.": "asyncio.to_thread"}
