"""Findings and a project for the tests of the formats."""

from preaudit.core.finding import Edit, Finding, Fix, Related
from preaudit.core.fingerprint import assign
from preaudit_hooks.output.context import Context

HOSTILE_PATHS = [
    "a b.py",
    "a\nb.py",
    "\x1b[31mred\x07.py",
    "::error file=x::pwned.py",
    "##vso[task]x.py",
    "per%cent:co,lon.py",
    "b\udcffyte.py",
    "<x>&\"'.py",
    "-rf.py",
    "\u202egnp.py",
    "日本\U0001f600.py",
    "a\u2028b.py",
    "bell\x00nul.py",
    "http:x.py",
    "back\\slash.py",
]
HOSTILE_MESSAGES = [
    "one\ntwo ::error::x",
    "\x1b]0;title\x07 bell",
    ']]> <tag attr="1"> & \'',
    "nul \x00 and \x0b \x1f \ufffe",
    "100% of a, b: c",
    "lone \udcff surrogate",
    "other.py:12:3: the place",
    "",
]


class Info:
    """Stands for a RuleInfo."""

    def __init__(self, code, name, severity):
        self.code, self.name, self.severity = code, name, severity
        self.title = "A Redis client brings a pool of its own"
        self.area, self.audits, self.fixable, self.default, self.since = "redis", ("A HIGH-6",), True, True, "0.1.0"

    def documentation(self):
        return f"{self.title}\n\n## What it does\n{'Long. ' * 400}\n\n## Why it matters\nIt does.\n"


def finding(path="app/cache.py", line=2, column=9, message="x opens a pool; pass connection_pool=", **fields):
    """Answer a finding."""
    fields = {"end_line": line, "end_column": column + 7, "severity": "medium", "code": "AUD201", **fields}
    code, severity = fields.pop("code"), fields.pop("severity")
    return Finding(code, "unpooled-redis", severity, path, line, column, message, **fields)


def project(tmp_path, **options):
    """Answer a context with two source files on disk."""
    (tmp_path / "app").mkdir(exist_ok=True)
    (tmp_path / "app/cache.py").write_text('import redis\ncache = redis.Redis(host="héé")\nlast\n', encoding="utf-8")
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    volumes: [a]\n")
    rules = {"AUD201": Info("AUD201", "unpooled-redis", "medium")}
    return Context(str(tmp_path), **{"rules": rules, "version": "0.1.0", "files": 2, **options})


def usual():
    """Answer findings of every kind: fixable, related, suppressed, baselined, twice on one line."""
    fix = Fix("Take the shared pool", (Edit(2, 9, 2, 20, "pool"), Edit(3, 1, 4, 1, "")))
    found = [
        finding(fix=fix, scope="cache", key="k", related=(Related("compose.yaml", 3, 5, "the volume"),)),
        finding(column=22, scope="cache", key="k"),
        finding(line=3, column=1, severity="critical", code="AUD001", message="no transaction", scope="cache", key="m"),
        finding(line=1, column=1, suppressed="it is a test", key="s"),
        finding(line=1, column=8, baselined=True, key="t"),
        finding(path="compose.yaml", line=3, column=5, severity="low", code="AUD901", key="v"),
    ]
    assign(found)
    return found


def hostile():
    """Answer findings whose path or message is out to break a format."""
    found = [finding(path=path, key=str(number)) for number, path in enumerate(HOSTILE_PATHS)]
    found += [finding(message=message, key="m" + str(number)) for number, message in enumerate(HOSTILE_MESSAGES)]
    assign(found)
    return found
