"""What names a secret, what is a literal one, and what may be kept of a value."""

import pytest
from preaudit_hooks.documents.secrets import (
    is_placeholder,
    is_secret_name,
    literal_secret,
    redact,
    shape,
    url_parts,
    url_password,
)

SECRET = """PASSWORD DB_PASSWORD POSTGRES_PASSWORD dbPassword SECRET_KEY JWT_SECRET API_KEY OPENAI_API_KEY apiKey
    AWS_SECRET_ACCESS_KEY GITHUB_TOKEN FERNET_KEY PRIVATE_KEY ENCRYPTION_KEY SLACK_BOT_TOKEN SMTP_PASS
    MYSQL_ROOT_PASSWORD CLIENT_SECRET"""
HARMLESS = """PASSWORD_FILE POSTGRES_PASSWORD_FILE TOKEN_URL TOKEN_EXPIRE_MINUTES ACCESS_TOKEN_EXPIRE_SECONDS
    MAX_TOKENS JWT_ALGORITHM PASSWORD_MIN_LENGTH PUBLIC_KEY STRIPE_PUBLISHABLE_KEY CACHE_KEY PRIMARY_KEY
    SECRET_NAME TOKENIZERS_PARALLELISM COMPASS API_KEY_HEADER PASSWORD_HASHERS KEYBOARD SECRETS_DIR
    AUTH_ENABLED PASS_THROUGH USERNAME NEXT_PUBLIC_API_KEY"""


@pytest.mark.parametrize("name", SECRET.split())
def test_secret_names(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS.split())
def test_harmless_names(name):
    assert not is_secret_name(name)


PLACEHOLDERS = """changeme change-me CHANGE_ME_PLEASE xxx xxxxxx <password> your-secret-key your_api_key replace-me
    placeholder example dummy *** {{secret}} @SECRET@ true none todo my-secret insert-key-here"""


@pytest.mark.parametrize(
    "value",
    [
        *PLACEHOLDERS.split(),
        "",
        "change this",
        "sk-xxxxxxxx",
        "CHANGE_AND_ENCRYPT_ME",
        "MySecurePassword",
        "ChooseYourOwn",
        "mysmtppassword",
    ],
)
def test_placeholders(value):
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["hunter2", "s3cr3t!", "postgres", "4f9c2b7a11", "P@ssw0rd"])
def test_no_placeholders(value):
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("hunter2", "literal"),
        ("", ""),
        ("${X}", ""),
        ("$X", ""),
        ("${X:?set it}", ""),
        ("${X:-hunter2}", "default"),
        ("${X-hunter2}", "default"),
        ("${X:-}", ""),
        ("${X:-${Y}}", ""),
        ("${X:-changeme}", ""),
        ("EV[1:abc:def]", ""),
        ("changeme", ""),
        ("${db.PASSWORD}", ""),
        ("${{ secrets.X }}", ""),
        ("vault:kv/x", ""),
    ],
)
def test_literal_secrets(value, expected):
    assert literal_secret(value) == expected


@pytest.mark.parametrize(
    "value, expected",
    [
        ("postgres://u:hunter2@h:5432/d", "hunter2"),
        ("postgresql+asyncpg://u:p4ss@h/d", "p4ss"),
        ("redis://:pw1@h", "pw1"),
        ("postgres://u:${P}@h/d", ""),
        ("postgres://u@h/d", ""),
        ("postgres://u:$P@h/d", ""),
        ("http://h:80/x", ""),
        ("postgres://user:changeme@h/d", ""),
        ("text", ""),
    ],
)
def test_url_passwords(value, expected):
    assert url_password(value) == expected


def test_url_parts():
    assert url_parts("postgresql://u:p@LocalHost:5433/d") == {"scheme": "postgresql", "host": "localhost", "port": 5433}
    assert url_parts("redis://redis/0") == {"scheme": "redis", "host": "redis", "port": None}
    assert url_parts("plain") == {}


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("PORT", "5432", {"kind": "number", "number": "5432"}),
        ("DB_PASSWORD", "5432", {"kind": "text"}),
        ("X", "", {"kind": "empty"}),
        ("X", "${A}", {"kind": "reference", "refs": ["A"]}),
        ("DEBUG", "True", {"kind": "boolean", "text": "true"}),
        ("DB_HOST", "localhost", {"kind": "host", "host": "localhost"}),
        ("URL", "redis://u:pw@h:1/0", {"kind": "url", "scheme": "redis", "host": "h", "port": 1}),
        ("NAME", "hunter2", {"kind": "text"}),
    ],
)
def test_shapes_hold_no_secret(name, value, expected):
    assert shape(name, value) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("redis-server --requirepass hunter2", "redis-server --requirepass ***"),
        ("redis-server --requirepass $P", "redis-server --requirepass $P"),
        ("x --password=a --token 'b c' y", "x --password=*** --token *** y"),
        ("MYSQL_PASSWORD=x mysqld", "MYSQL_PASSWORD=*** mysqld"),
        ("curl http://u:p@h/", "curl http://u:***@h/"),
        ("celery -A app worker -Q a", "celery -A app worker -Q a"),
    ],
)
def test_redact(text, expected):
    assert redact(text) == expected
