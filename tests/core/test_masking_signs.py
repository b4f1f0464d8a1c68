"""Lines without a sign of a secret are not looked at by the patterns: nothing that they mask may lack one."""

from pathlib import Path

from preaudit.core import masking

HOME = Path(__file__).resolve().parent.parent
SECRETS = (
    "DB_PASSWORD=hunter2hunter2", 'api_key = "a8f5f167f44f4964"', "url: postgres://me:s3cr3tword@db/shop", "AKIAIOSFODNN7EXAMPLQ",
    "sk_live_4eC39HqLyjWDarjt", "ghp_0123456789abcdefghij", "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM", "Bearer abcdef0123456789",
    "https://hooks.slack.com/services/T000/B000/XXXX", "SharedAccessSignature=sr0123456789", "value: hunter2hunter2",
    "mysql -u root -phunter2 shop", "redis-cli -h cache -a hunter2 ping", '- "--requirepass hunter2hunter2"', "ENV TOKEN abcdef012345",
    'auth=("shop", "hunter2hunter2")', 'BasicAuth("shop", "hunter2hunter2")', "npm_0123456789abcdefghij", "AccountKey=abcdef012345",
)  # fmt: skip


def test_what_the_patterns_mask_has_a_sign():
    shown = 0
    for path in sorted(HOME.rglob("*")):
        if path.suffix in (".py", ".yml", ".yaml", ".env", ".sh", ".toml") and path.is_file():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if len(line) < 300:
                    assert masking.mask_line(line) == masking._mask(line), f"{path}: {line}"
                    shown += masking.mask_line(line) != line
    assert shown > 100


def test_known_forms_are_masked():
    for line in SECRETS:
        assert masking.mask_line(line) == masking._mask(line) != line, line
