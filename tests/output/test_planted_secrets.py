"""Secrets of many shapes, planted wherever a project can hold one, stand in no output, no cache and no baseline.

Every planted text holds the word `quartz` (in some spelling), which nothing else in the project does.
"""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest
from editors.lsp_client import Client
from preaudit.core.masking import STANDS_FOR, kept, mask_line, masked, standing_for
from preaudit.core.secrets import is_live_key, is_placeholder, is_random, is_throw_away, url_password
from preaudit.core.tree import walk
from preaudit_hooks.output import FORMATS

WORD = re.compile(rb"(?i)quartz")
PYTHON = '''
import os
import ssl

import redis
import requests
import sqlalchemy
from celery import Celery
from decouple import config
from environs import Env
from fastapi import FastAPI
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings
from requests.auth import HTTPBasicAuth

from app.names import STATUS

env = Env()
PASSWORD = "quartz"
DB_PASSWORD: str = "quartz17"
SECRET_KEY = "quartz-harbor-41"
API_KEY = b"quartz".decode()
API_TOKEN = "QUARTZ_17_HARBOR"
ACCESS_TOKEN = "quartz.harbor"
SIGNING_KEY = "quartz/17+ab=="
JWT_SECRET = os.getenv("JWT_SECRET", "quartz17")
OTHER = os.environ.get("OTHER_PASSWORD") or "quartz-17"
THIRD = os.environ["THIRD_TOKEN"] if "THIRD_TOKEN" in os.environ else "quartz-19"
FOURTH = config("FOURTH_SECRET", default="quartz_20")
FIFTH = env.str("FIFTH_TOKEN", "quartz_21")
BROKER = "amqp://shop:quartz17@mq:5672//"
DATABASE = f"postgresql://shop:quartz17@{os.environ['HOST']}/shop"
CACHE = "redis://:quartz17@cache:6379/0"
DSN = "host=db user=shop password=quartz17 dbname=shop"
STORAGE = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=quartz17+abc==;EndpointSuffix=x"
LIVE = "sk_live_quartz1700000000"
GITHUB = "ghp_quartz1700000000000000000000000000"
HEADERS = {"Authorization": "Bearer quartz17.abc", "X-Api-Key": "quartz17"}
TOKEN = "eyJquartzabc.eyJquartzdef.quartz-1"
HOOK = "https://hooks.slack.com/services/T000/B000/quartz17abc"
LOGIN = {"user": "shop", "password": "quartz17"}
PAIRS = [("password", "quartz17")]
PASSWORDS = ["quartz", "quartz.two"]
PRIVATE_KEY = """-----BEGIN RSA PRIVATE KEY-----
MIIEquartz17abcdefghijklmnopqrstuvwxyz
quartz17==
-----END RSA PRIVATE KEY-----"""

app = FastAPI()
celery = Celery("shop", broker="redis://:quartz17@cache/0", backend="db+postgresql://u:quartz17@db/x")
celery.conf.update(result_backend="redis://:quartz17@cache/1", redis_password="quartz17")
celery.conf.broker_password = "quartz_17"
engine = sqlalchemy.create_engine("postgresql://shop:quartz17@db/shop")
client = redis.Redis(host="cache", password="quartz17")
app.state.api_token = "quartz"
os.environ["SHOP_TOKEN"] = "quartz17"
os.environ.setdefault("SHOP_SECRET", "quartz17")


class Settings(BaseSettings):
    secret_key: str = "quartz17"
    api_token: SecretStr = SecretStr("quartz.token")
    admin_password: str = Field(default="quartz17", description="x")
    broker_url: str = "amqp://shop:quartz17@mq//"
    smtp_password: str = Field("quartz")


class Row(BaseModel):
    token: str = "quartz"


class Client:
    def __init__(self, password="quartz17", *, api_key="quartz_17"):
        self.password = "quartz.self"
        self._secret = password or "quartz_x"

    def get_password(self):
        return "quartz"


@celery.task
def charge(order, token="quartz17"):
    print(token == "quartz")
    requests.get("https://api/x", auth=("shop", "quartz17"), headers={"X-Token": "quartz"})
    requests.post("https://shop:quartz17@api/x", params={"api_key": "quartz17"})
    requests.post("https://api/x?token=quartz17&a=1", auth=HTTPBasicAuth("shop", "quartz.auth"))
    redis.Redis(password="quartz17").set("quiet", 1)
    charge.delay(1, token="quartz17")
    charge.apply_async(args=[1], kwargs={"password": "quartz.kw"})


@app.get("/login")
async def login(password: str = "quartz17"):
    user = requests.get("https://api/me", headers={"Authorization": "Bearer quartz17abc"}).json()
    if password == "quartz" or user["token"] == "quartz17":
        print("password", password)
        set_password("quartz17")
    client.get("status"), ssl, STATUS
    return {"ok": True}


def set_password(password):
    """Set it; the first one was set_password("quartz17"), with API_TOKEN=quartz.doc and password: quartz."""
    try:
        os.environ["SET_PASSWORD"] = password or "quartz17"
    except:  # SET_PASSWORD = "quartz.comment"
        pass


# DB_PASSWORD = "quartz17"
# broker: amqp://shop:quartz17@mq:5672//, Authorization: Bearer quartz17abc
def silenced(password):
    try:
        os.environ["A"] = "a"
    except:  # preaudit: ignore[AUD401] the peer wants password=quartz17, see https://u:quartz17@wiki/x
        pass
    try:
        os.environ["A"] = "a"
    except:  # noqa: AUD401 api_key=quartz17
        pass
    requests.get("https://api/x")  # preaudit: ignore[AUD401] token: quartz.unused
    requests.get("https://api/x")  # noqa: AUD402 DB_PASSWORD=quartz17
    os.environ["B"] = "b"  # preaudit: ignore[AUD4O1, password=quartz17]
'''
FILES = {
    "app/__init__.py": "",
    "app/names.py": 'STATUS = "status"\n',
    "app/main.py": PYTHON,
    "app/tasks.py": PYTHON.replace('"/login"', '"/login2"'),
    "requirements.txt": "celery\nfastapi\nredis\nrequests\nsqlalchemy\npytest-cov\n",
    ".env": "POSTGRES_PASSWORD=quartz17\nPOSTGRES_PASSWORD=quartz17\nAPI_TOKEN=QUARTZ_HARBOR_17\n"
    "REDIS_URL=redis://:quartz17@localhost:6379/0\nREDIS_PORT=6379\nREDIS_HOST=localhost\nSHOP_SECRET=quartz.harbor\n"
    "PRIVATE_KEY='-----BEGIN KEY-----\nquartz.line.two\n-----END KEY-----'\nUSER_TOKEN=\"quartz.a\nquartz.b QUARTZ_B\"\n"
    "STRIPE=sk_live_quartz1700000000\nADMIN_EMAIL=jane.miller@gmail.com\nWEBHOOK=https://hooks.slack.com/services/T/B/quartz1\n"
    "LOGIN_PASSWORD=quartz\n# OLD_PASSWORD=quartz17\n#API_TOKEN=quartz.c\nDEBUG=1 # SHOP_TOKEN=quartz17\n"
    "# preaudit: ignore[AUD907] password=quartz17\nSESSION_SECRET=changeme\n# preaudit: ignore[AUD401] token=quartz17\nA=1\n",
    ".env.example": "POSTGRES_PASSWORD=quartz17\nPOSTGRES_PASSWORD=quartz18\nSHOP_SECRET=quartz\n",
    "docker-compose.yml": "services:\n  db:\n    image: postgres\n    ports: ['5433:5432']\n    environment:\n"
    "      - DB_PASSWORD=quartz17\n      - DB_PASSWORD=quartz18\n      - API_KEY=${API_KEY:-quartz17}\n"
    "      - SHOP_URL=postgres://shop:quartz17@db/shop\n    volumes: ['a:/b', 'c:/b']\n"
    "  cache:\n    image: redis\n    ports: ['6380:6379']\n    command: redis-server --requirepass quartz17\n"
    "    healthcheck:\n      test: redis-cli -a quartz17 ping\n"
    "  web:\n    build: .\n    environment:\n      JWT_SECRET: quartz.harbor\n"
    "      SIGNING_KEY: |\n        quartz.one\n        QUARTZ_TWO\n"
    "      SIGNING_KEY: quartz\n    command: ['celery', '-A', 'app.main', 'worker', '-P', 'solo', '-b', 'redis://:quartz17@cache/0']\n"
    "  two:\n    build: .\n    entrypoint: redis-cli -a quartz17\n    command: celery -A app.main worker --broker-password quartz.x\n"
    "  three:\n    build: .\n    command: [mysqldump, -pquartz17, --password, quartz.y, app.dump]\n"
    "    # DB_PASSWORD: quartz17\n    volumes: ['a:/b', 'c:/b'] # password=quartz17\n"
    "    ports: ['5434:5432'] # preaudit: ignore[AUD401, AUD906] password=quartz17\n",
    ".do/app.yaml": "name: x\nservices:\n- name: w\n  http_port: 1\n  run_command: gunicorn app.main:app --token quartz.z\n  envs:\n"
    "  - key: JWT_SECRET\n    value: quartz17\n  - key: API_KEY\n    type: SECRET\n    value: quartz.harbor\n"
    "  - {key: STRIPE_TOKEN, value: quartz_17}\ndatabases:\n- name: db\n",
    "run.sh": "#!/bin/sh\nexport API_TOKEN=quartz17\nRETRY_TIMEOUT=5\nexport DB_PASSWORD='quartz.a\nquartz.b'\n"
    "curl -H 'Authorization: Bearer quartz17' -u shop:$API_TOKEN http://shop:quartz17@x\nmysql -pquartz17 shop\n"
    "cat > .env <<EOF\nSHOP_SECRET=quartz17\nSHOP_URL=redis://:quartz17@h\nEOF\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    env:\n      API_TOKEN: quartz17\n      DB_PASSWORD: QUARTZ_HARBOR\n"
    "    services:\n      db:\n        image: postgres\n        env:\n          POSTGRES_PASSWORD: quartz.db\n"
    "    steps:\n      - run: |\n          export SECRET_KEY=quartz.run\n          pytest --token quartz.t\n",
    "Dockerfile": "FROM python\n# ENV OLD_TOKEN=quartz17\nENV API_TOKEN=quartz17\nENV DB_PASSWORD quartz.x\nARG BUILD_SECRET=quartz\n"
    'CMD ["gunicorn", "app.main:app", "--password", "quartz.cmd"]\n',
    "Procfile": "web: API_TOKEN=quartz.p gunicorn app.main:app\nworker: celery -A app.main worker --password=quartz.q\n",
    "setup.cfg": "[flake8]\nmax-line-length = 100  # x\n[shop]\npassword = QUARTZ_CFG\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for path, text in FILES.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git(folder, "init", "-q")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-qm", "x")
    (folder / "app/main.py").write_text(PYTHON + "\nfor_git = requests.get('https://u:quartz17@x')\n")
    return folder


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def preaudit(folder, *arguments):
    command = [sys.executable, "-m", "preaudit_hooks", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, timeout=300)
    assert result.returncode in (0, 1), result.stderr
    return result.stdout + result.stderr


def leaks(data):
    """Answer what stands around each planted text in some bytes."""
    return [data[max(0, each.start() - 60) : each.end() + 20] for each in WORD.finditer(data)]


def kept_files(folder):
    return [
        path for path in folder.rglob("*")
        if path.is_file() and ".git/" not in f"{path}/" and str(path.relative_to(folder)) not in FILES
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_formats(project, name):
    shown = preaudit(project, "check", ".", "--select", "AUD", "--output-format", name)
    assert b"AUD907" in shown and not leaks(shown)


DOORS = [
    ["check", ".", "--select", "AUD", "--diff", "HEAD"],
    ["check", "app/main.py", "--select", "AUD", "--no-cache"],
    ["report", "--select", "AUD", "--format", "html"],
    ["report", "--select", "AUD", "--since", "HEAD"],
    ["report", "--select", "AUD", "--format", "json"],
    ["doctor"],
    ["init", "--dry-run"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", DOORS, ids=" ".join)
def test_doors(project, arguments):
    shown = preaudit(project, *arguments)
    assert shown and not leaks(shown)


def test_cache_and_baseline(project):
    preaudit(project, "check", ".", "--select", "AUD", "--jobs", "1")
    preaudit(project, "baseline", "--update")
    files = kept_files(project)
    assert any(path.suffix == ".db" for path in files) and any("baseline" in path.name for path in files)
    for path in files:
        assert not leaks(path.read_bytes()), path


LANGUAGES = {".py": "python", ".yml": "yaml", ".yaml": "yaml", ".sh": "shellscript"}


@pytest.mark.skipif(importlib.util.find_spec("pygls") is None, reason="pygls is not installed; preaudit[lsp] brings it")
def test_language_server(tmp_path):
    """Whatever the server sends: diagnostics, fixes, messages, its log and its errors."""
    for path, text in {**FILES, "preaudit.toml": 'select = ["all"]\n'}.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    code = "import sys; from preaudit_hooks.cli import entry; sys.argv = ['preaudit', 'lsp', '--stdio']; entry()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    client = Client([sys.executable, "-c", code], tmp_path, environment)
    found, actions = {}, 0
    try:
        client.start(tmp_path)
        for path, text in FILES.items():
            if path.endswith((".txt", ".cfg")):
                continue
            diagnostics = client.settled(tmp_path / path, text, LANGUAGES.get(os.path.splitext(path)[1], "plaintext"))
            found[path] = {each["code"] for each in diagnostics}
            whole = {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n"), "character": 0}}
            identifier = {"uri": (tmp_path / path).as_uri()}
            context = {"diagnostics": diagnostics}
            actions += len(
                client.ask("textDocument/codeAction", {"textDocument": identifier, "range": whole, "context": context})
            )
        broken = client.settled(tmp_path / "app/main.py", PYTHON + "\nPASSWORD = 'quartz17\n")
        found["broken"] = {each["code"] for each in broken}
    finally:
        client.stop()
    assert found["broken"] == {"AUD000"} and actions
    assert "AUD907" in found[".env"] | found["docker-compose.yml"] and "AUD998" in found["app/main.py"]
    for message in client.heard:
        assert not leaks(message), json.loads(message)
    assert not leaks("".join(client.errors).encode())


VALUES = """quartz quartz17 quartz-harbor-41 Quartz! changeme your-key test dev-quartz1 sk_live_quartz1700000000 xxxxxxx
    ghp_quartz17000000000000000 example-quartz-1 s3cr3t postgres A1b2C3d4E5f6 sk_live_xxxxxxxxxxxx -quartz-17-dev secret""".split()
KINDS = (is_placeholder, is_throw_away, is_random, is_live_key)


@pytest.mark.parametrize("value", VALUES)
def test_what_stands_for_a_secret_answers_as_the_secret_does(value):
    stands = standing_for(value)
    assert [ask(stands) for ask in KINDS] == [ask(value) for ask in KINDS] and "uartz" not in stands


@pytest.mark.parametrize("key, text", STANDS_FOR.items())
def test_each_text_that_stands_for_secrets_is_of_its_kind(key, text):
    assert tuple(bool(ask(text)) for ask in KINDS) == key


@pytest.mark.parametrize("password", VALUES)
def test_the_password_of_a_url_keeps_its_kind(password):
    before, after = f"redis://u:{password}@h:1/0", masked(f"redis://u:{password}@h:1/0")
    assert bool(url_password(before)) == bool(url_password(after)) and after.endswith("@h:1/0")
    assert is_throw_away(url_password(before)) == is_throw_away(url_password(after)) and "uartz" not in after


KEPT = '''
QUEUE = "password_reset"; TOKEN = "token"; REFRESH_TOKEN = "refresh-token"; token_key = "session:{}"
NAME = os.getenv("TOKEN_URL", "orders"); task = "app.tasks.send_password"; URL = "redis://cache:6379/0"
ROUTES = {"app.tasks.token": {"queue": "token_queue"}}; KEY = "orders"; password_file = "/run/secrets/x"
SECRET = None; password = ""; api_key = "x"; TOKEN_TTL = 3600; OTHER = f"redis://{host}/0"; A = "${DB_PASSWORD}"
B = "postgres://u:${P}@h/d"; C = "postgres://{user}:{password}@h"; d = redis.get("token:1"); E = "a=1&b=2"'''


def test_constants_that_are_no_secrets_are_kept():
    tree = ast.parse(KEPT)
    walk(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            assert kept(node) == node.value, ast.unparse(node.parent_)


LINES = [
    'x = os.environ["A_TOKEN"] if "A_TOKEN" in os.environ else "quartz"',
    'get("https://h/x?token=quartz&a=1", auth=("me", "quartz"))',
    'HTTPBasicAuth("me", "quartz")', 'user.set_password("quartz")', 'api_token: SecretStr = SecretStr("quartz")',
    "web: API_TOKEN=quartz gunicorn app:app", "ENV DB_PASSWORD quartz harbor", 'CMD ["x", "--password", "quartz"]',
    "redis-cli -a quartz ping", "mysql -u root -pquartz shop", "curl -H 'Authorization: Bearer quartz17'",
    'USER_TOKEN="quartz and', "https://hooks.slack.com/services/T0/B0/quartz", "a AccountKey=quartz==;b",
    "key: eyJquartzabc.eyJquartzdef.quartz-1", "preaudit: ignore[password=quartz17] names no rule", "note:password=quartz",
    "x = {url:password=quartz}, a=b=api_token=quartz",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_lines_hide_what_is_a_secret_by_its_place(line):
    shown = mask_line(line)
    assert "uartz" not in shown and len(shown) == len(line)
