"""What in code holds a secret by its name, and what looks like one by its value."""

import pytest
from preaudit.core.secrets import holds_secret, is_random


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("JWT_SECRET", True), ("secretKey", True), ("db_password_2", True), ("API_KEY", True), ("AWS_SECRET_ACCESS_KEY", True),
        ("FERNET_KEY", True), ("password_hash_scheme", False), ("SECRET_SANTA", False), ("TOKEN_URL", False),
        ("PASSWORD_FILE", False), ("MAX_TOKENS", False), ("PUBLIC_KEY", False), ("key", False), ("", False),
    ],
)  # fmt: skip
def test_names(name, holds):
    assert holds_secret(name) is holds


@pytest.mark.parametrize(
    ("value", "random"),
    [
        ("9f86d081884c7d659a2f", True), ("lantern-harbor-41", True), ("Your password", False), ("reset_password", False),
        ("a1", False), ("changeme123", False), ("/run/secrets/k3y", False), ("https://a.example/1234", False),
        ("{password}12345", False), ("11111111a", False),
    ],
)  # fmt: skip
def test_values(value, random):
    assert is_random(value) is random
