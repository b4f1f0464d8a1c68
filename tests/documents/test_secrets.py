"""What names a secret, what is a literal one, and what may be kept of a value."""

import pytest
from preaudit.core.masking import mask_line
from preaudit.core.secrets import is_placeholder, is_secret_name, url_password
from preaudit_hooks.documents.secrets import literal_secret, redact, shape, url_parts

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


MASKED = [
    ("POSTGRES_PASSWORD=rosebud-41  # AUD907", "POSTGRES_PASSWORD=**********  # AUD907"),
    ("export API_TOKEN='rosebud 42'", "export API_TOKEN='**********'"),
    ("DB_PASSWORD=ab(cd)e", "DB_PASSWORD=*******"),
    ("SMTP_PASS=two words # c", "SMTP_PASS=********* # c"),
    ("      - POSTGRES_PASSWORD: rosebud-41", "      - POSTGRES_PASSWORD: **********"),
    ("      - API_KEY=${API_KEY:-9f86}", "      - API_KEY=${API_KEY:-****}"),
    ("URL=postgres://shop:rosebud-41@db/shop", "URL=postgres://shop:**********@db/shop"),
    ("        value: 5c1e2f8a9b7d4e60", "        value: ****************"),
    ("  - {key: SLACK_BOT_TOKEN, value: xoxb-1234-5678}", "  - {key: SLACK_BOT_TOKEN, value: **************}"),
    ('JWT_SECRET = os.getenv("JWT_SECRET", "dev-secret")', 'JWT_SECRET = os.getenv("JWT_SECRET", "**********")'),
    ('password: str = "hunter2"', 'password: str = "*******"'),
    ('client = Client(api_key="abc", host="h")', 'client = Client(api_key="***", host="h")'),
    ('if token == "abc": pass', 'if token == "***": pass'),
    ('{"password": "hunter2", "user": "me"}', '{"password": "*******", "user": "me"}'),
    ('key = "sk-proj-8fJ2kQ7LmN4pR6tV"', 'key = "************************"'),
]
SHOWN = """DB_PASSWORD: ${DB_PASSWORD}|DB_PASSWORD=$DB_PASSWORD|value: ${shop-db.PASSWORD}|token = get_token()
self.password = settings.password|CACHE_KEY = "users"|    image: postgres:16|      - ./uploads:/srv/uploads
TOKEN_URL=https://id/token|x = "plain"|headers = {"Authorization": f"Bearer {token}"}|password=None"""


@pytest.mark.parametrize("text, expected", MASKED)
def test_a_shown_line_hides_secrets_and_keeps_its_columns(text, expected):
    assert mask_line(text) == expected and len(expected) == len(text)


@pytest.mark.parametrize("text", [line for row in SHOWN.splitlines() for line in row.split("|")])
def test_a_harmless_line_is_shown_as_it_is(text):
    assert mask_line(text) == text
