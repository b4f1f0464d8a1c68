"""What Compose itself says of the files: our merge, our grammar of `.env`, and what a file means before and after a fix.

Needs Compose: the one of tests/knowledge/requirements.txt, `docker compose` or docker-compose.
Without any the comparison cannot be made and is skipped.
"""

import importlib.util
import json
import os
import posixpath
import re
import shutil
import subprocess

import pytest
from preaudit.core.edits import apply_to_bytes
from preaudit_hooks.documents.interpolate import evaluate
from preaudit_hooks.documents.kinds import read
from preaudit_hooks.documents.stacks import _stacks, build, env_values
from preaudit_hooks.facts.compose import collect_document
from preaudit_hooks.facts.dotenv import collect_document as collect_dotenv
from preaudit_hooks.registry import registry
from ruamel.yaml import YAML


def find():
    """Answer the command that runs Compose, [] if this machine has none."""
    package = importlib.util.find_spec("compose")
    if package is not None and package.origin:
        # the program itself: what the package puts beside the interpreter loses its exit status
        inside = os.path.join(os.path.dirname(package.origin), "docker-compose")
        if os.access(inside, os.X_OK):
            return [inside]
    if shutil.which("docker"):
        try:
            if subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=30).returncode == 0:
                return ["docker", "compose"]
        except (OSError, subprocess.SubprocessError):
            pass
    return ["docker-compose"] if shutil.which("docker-compose") else []


def version():
    """Answer the first number of Compose's version, 0 without Compose."""
    if not COMPOSE:
        return 0
    said = subprocess.run([*COMPOSE, "version"], capture_output=True, text=True, timeout=60).stdout
    return int(re.search(r"(\d+)\.\d+\.\d+", said)[1])


COMPOSE = find()
VERSION = version()
if not COMPOSE and os.environ.get("PREAUDIT_REQUIRE_PACKAGES"):
    raise RuntimeError("Compose is missing: tests/knowledge/requirements.txt")
pytestmark = pytest.mark.skipif(not COMPOSE, reason="neither docker compose nor docker-compose is installed here")
of_compose_2 = pytest.mark.skipif(VERSION < 2, reason="Compose 1 knows neither these keys nor this grammar")


def config(folder, files=(), options=()):
    """Answer what Compose makes of the files of a folder, as plain data; fails with its own words."""
    names = [word for name in files for word in ("-f", name)]
    command = [*COMPOSE, *names, "config", *options]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(result.stdout), default=str))


def targets(services):
    """Answer {service: sorted targets of its mounts} of Compose's answer."""
    return {name: sorted(target_of(each) for each in body.get("volumes", ())) for name, body in services.items()}


def target_of(volume):
    return volume["target"] if isinstance(volume, dict) else volume.split(":")[1]


def published(services):
    found = {}
    for name, body in services.items():
        ports = []
        for port in body.get("ports", ()):
            if isinstance(port, dict):
                ports.append((int(port["published"]) if port.get("published") else None, int(port["target"])))
            else:
                head = str(port).partition("/")[0].split(":")
                ports.append((int(head[-2]) if len(head) > 1 else None, int(head[-1])))
        found[name] = sorted(ports, key=str)
    return found


BASE = """\
version: "3.8"
x-common: &common
  restart: always
  volumes:
    - ./common:/srv/common
services:
  web:
    <<: *common
    image: shop
    ports: ["${WEB_PORT:-8000}:80", "9000:90"]
    environment: {A: "1", B: "2"}
    volumes:
      - ./uploads:/srv/uploads
      - data:/srv/data
  worker:
    <<: *common
    image: shop
    environment:
      - A=1
      - C=3
    ports: ["${PUBLISHED}:5000"]
volumes: {data: {}}
"""
OVER = """\
version: "3.8"
services:
  web:
    ports: ["9001:91"]
    environment: {B: "3"}
    volumes:
      - ./local:/srv/uploads
  worker:
    image: shop:2
    environment: [A=2, D=4]
  extra:
    image: other
    volumes: ["./x:/x:ro"]
"""
ENV = "PUBLISHED=5005\nWEB_PORT=8001\n"


@pytest.mark.parametrize("files", [("docker-compose.yml",), ("docker-compose.yml", "docker-compose.override.yml")])
@pytest.mark.parametrize("env", [ENV, "PUBLISHED=5006\n"])
def test_our_merge_is_theirs(tmp_path, files, env):
    texts = {"docker-compose.yml": BASE, "docker-compose.override.yml": OVER}
    for name in files:
        (tmp_path / name).write_text(texts[name])
    (tmp_path / ".env").write_text(env)
    theirs = config(tmp_path, files)["services"]
    facts = {name: collect_document(read(name, texts[name])) for name in files}
    ours = build(files, "", env_values(collect_dotenv(read(".env", env))), facts)
    assert sorted(ours.services) == sorted(theirs)
    assert {
        name: sorted(row[4] for row in service.fact.get("volumes", ())) for name, service in ours.services.items()
    } == targets(theirs)
    assert {
        name: sorted(((port.published, port.target) for port in service.ports()), key=str)
        for name, service in ours.services.items()
    } == published(theirs)
    assert {
        name: sorted(row[2] for row in service.fact.get("environment", ())) for name, service in ours.services.items()
    } == {name: sorted(body.get("environment", ())) for name, body in theirs.items()}
    assert {name: service.fact["image"] for name, service in ours.services.items()} == {
        name: body["image"] for name, body in theirs.items()
    }


DUPLICATES = [
    ("a block list", "    volumes:\n      - ./a:/srv/a\n      - ./b:/srv/b\n      - ./a:/srv/a  # again\n"),
    ("brackets", "    volumes: ['./a:/srv/a', './b:/srv/b', './a:/srv/a']\n"),
    ("environment", "    environment:\n      - A=1\n      - B=2\n      - A=1\n"),
    ("environment, three times", "    environment:\n      - A=1\n      - A=2\n      - A=1\n"),
    ("networks", "    networks: [one, two]\n    environment: [A=1, A=1]\n"),
]


@pytest.mark.parametrize("body", [row[1] for row in DUPLICATES], ids=[row[0] for row in DUPLICATES])
def test_a_fix_keeps_what_the_file_means(tmp_path, body):
    text = f'version: "3.8"\nservices:\n  web:\n    image: shop\n{body}networks: {{one: {{}}, two: {{}}}}\n'
    path = tmp_path / "docker-compose.yml"
    path.write_text(text)
    document = read("docker-compose.yml", text)
    drafts = [
        draft
        for code in ("AUD901", "AUD902")
        for kinds, check in registry().get(code).load().document_checks
        if "compose" in kinds
        for draft in check(document, None)
    ]
    assert drafts
    fixed = [draft for draft in drafts if draft.fix]
    try:
        before = config(tmp_path)
    except AssertionError as error:
        # Compose 1 refuses repeated entries that Compose 2 takes: then the fix is what makes the file valid.
        assert "unique" in str(error)
        before = None
    for draft in fixed:
        path.write_bytes(apply_to_bytes(text.encode(), draft.fix.edits))
        if before is not None:
            assert config(tmp_path) == before
    if before is None and fixed:
        config(tmp_path)


S = "services:\n  web:\n    image: shop\n"
PROJECTS = {
    "extends a file": {
        "compose.yaml": S.replace("image: shop", "extends: {file: common/base.yml, service: app}")
        + "    ports: ['8001:80']\n    environment: {B: '2'}\nvolumes: {data: {}}\n",
        "common/base.yml": "services:\n  app:\n    image: base\n    ports: ['8000:80']\n    environment: [A=1, B=1]\n"
        "    volumes: ['data:/data']\nvolumes: {data: {}}\n",
    },
    "extends a service": {
        "compose.yaml": "services:\n  base:\n    image: base\n    volumes: ['/a:/a', '/b:/b']\n    environment: {A: '1'}\n"
        "  web:\n    extends: base\n    volumes: ['/c:/b']\n    environment: {A: '2', C: '3'}\n",
    },
    "extends two deep": {
        "compose.yaml": "services:\n  a: {image: a, environment: {A: '1'}, ports: ['1:1']}\n"
        "  b: {extends: a, environment: {B: '1'}, ports: ['2:2']}\n  c: {extends: {service: b}, environment: {A: '3'}}\n",
    },
    "override with a list over a mapping": {
        "compose.yaml": S + "    environment: {A: '1', B: '2'}\n    ports: ['80:80']\n",
        "compose.override.yaml": "services:\n  web:\n    environment: [B=3, C]\n    ports: ['80:80', '81:81']\n",
    },
    "reset and override": {
        "compose.yaml": S + "    ports: ['80:80', '81:81']\n    environment: {A: '1'}\n    volumes: ['/a:/a']\n",
        "compose.override.yaml": "services:\n  web:\n    ports: !override ['82:82']\n    environment: !reset {}\n"
        "    volumes: !reset null\n",
    },
    "long and short syntax": {
        "compose.yaml": S + "    ports: [{target: 80, published: '8080'}, '9000-9002:90-92', '53:53/udp', '127.0.0.1::70']\n"
        "    volumes: [{type: bind, source: /x, target: /data}, '/y:/srv//z/', '/anonymous']\n",
        "compose.override.yaml": "services:\n  web:\n    volumes: ['/other:/data', {type: tmpfs, target: /srv/z}]\n",
    },
    "interpolation": {
        "compose.yaml": "services:\n  web:\n    image: ${REGISTRY:-local}/shop:${TAG-latest}\n"
        "    ports: ['${PORT}:80', '${OTHER:-81}:81', '${EMPTY:-82}:82', '${PORT:+83}:83', '${NESTED:-${DEEP:-84}}:84']\n"
        "    environment: {A: '$$X', B: '${PORT:?needed}'}\n",
        ".env": "PORT=8080\nEMPTY=\n",
    },
    "profiles": {
        "compose.yaml": S + "  tool: {image: t, profiles: [debug], ports: ['1:1']}\n"
        "  other: {image: t, profiles: [debug, ops], ports: ['2:2']}\n",
    },
    "include": {
        "compose.yaml": "include: [lib/compose.yaml, {path: more.yml}]\n" + S + "    ports: ['80:80']\n",
        "lib/compose.yaml": "services:\n  db: {image: pg, ports: ['5432:5432'], volumes: ['data:/d']}\nvolumes: {data: {}}\n",
        "more.yml": "services: {cache: {image: redis, ports: ['6379:6379']}}\n",
    },
    "anchors and merges": {
        "compose.yaml": "x-a: &a {A: '1', B: '2'}\nx-b: &b {B: '3', C: '4'}\nx-v: &v ['/x:/x', '/y:/y']\n"
        "services:\n  web:\n    image: s\n    environment: {<<: [*a, *b], D: '5'}\n    volumes: *v\n"
        "  api: &api\n    image: s\n    environment: {<<: *a, B: '9'}\n    ports: ['1:1']\n"
        "  copy: {<<: *api, image: t}\n",
    },
    "COMPOSE_FILE": {
        "one.yml": S + "    environment: {A: '1'}\n", "two.yml": "services: {web: {environment: {B: '2'}}}\n",
        "compose.yaml": "services: {never: {image: x}}\n", ".env": "COMPOSE_FILE=one.yml:two.yml\n",
    },
}  # fmt: skip


def of_ours(files):
    """Answer {service: {...}} of the stack that a plain `docker compose` runs in a folder of these files."""
    compose, dotenv = {}, {}
    for path, text in files.items():
        document = read(path, text, "compose" if path.endswith((".yml", ".yaml")) else "")
        (compose if document.kind == "compose" else dotenv)[path] = (
            collect_document(document) if document.kind == "compose" else collect_dotenv(document)
        )
    stack = next(stack for stack in _stacks(compose, dotenv) if stack.folder == "")
    return {
        name: {
            "volumes": sorted(row[4] for row in service.fact.get("volumes", ())),
            "ports": sorted({(port.published, port.target) for port in service.ports()}, key=str),
            "environment": sorted(row[2] for row in service.fact.get("environment", ())),
            "image": evaluate(service.fact.get("image", ""), stack.values).text,
        }
        for name, service in stack.services.items()
    }


def of_theirs(services):
    """Answer the same of what Compose says."""
    ports, mounts = published(services), targets(services)
    return {
        name: {
            "volumes": sorted(posixpath.normpath(each) for each in mounts[name]),
            "ports": sorted(set(ports[name]), key=str),
            "environment": sorted(body.get("environment") or ()),
            "image": body["image"],
        }
        for name, body in services.items()
    }


@of_compose_2
@pytest.mark.parametrize("files", PROJECTS.values(), ids=PROJECTS)
def test_a_project_is_what_compose_makes_of_it(tmp_path, files):
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    profiles = ["--profile", "*"]
    result = subprocess.run(
        [*COMPOSE, *profiles, "config", "--format", "json"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    ours = of_ours(files)
    if not any("${" in text for text in files.values()):
        for service in ours.values():
            service["image"] = service["image"].rpartition(":latest")[0] or service["image"]
    assert ours == of_theirs(json.loads(result.stdout)["services"])


TWICE = [
    ("['/a:/x', '/b:/x']", [("/b", "/x")]),
    ("['/a:/x', '/b:/x/']", [("/b", "/x")]),
    ("['/a:/x', '/b:/x//y/..']", [("/b", "/x")]),
    ("['/a:/x', {type: bind, source: /b, target: /x}]", [("/b", "/x")]),
    ("['/a:/x', {type: bind, source: /b, target: /x/}]", "target /x already mounted"),
    ("['/a:/x', '/b:/y', '/c:/x']", [("/c", "/x"), ("/b", "/y")]),
]


@of_compose_2
@pytest.mark.parametrize("volumes, expected", TWICE)
def test_of_two_mounts_at_one_target_the_later_takes_the_place_of_the_earlier(tmp_path, volumes, expected):
    """What AUD901 says, silently but for the long syntax with another spelling, which is refused."""
    (tmp_path / "compose.yaml").write_text(S + f"    volumes: {volumes}\n")
    if isinstance(expected, str):
        with pytest.raises(AssertionError, match=expected):
            config(tmp_path)
        return
    found = config(tmp_path, options=["--format", "json"])["services"]["web"]["volumes"]
    assert [(each["source"], each["target"]) for each in found] == expected


LINES = r"""A=1|A = 1|A: 1|export A=1|A="x y"|A='x y'|A='x ${B} y'|A="x ${B} y"|A=x # c|A=x#c|A="x" # c|A='a # b'|A=|A=""|A
A=a b c|A="a\nb"|A='a\nb'|A="a\"b"|A='it\'s'|A=$B|A=$$B|A=${C:-d}|A=${C-d}|A="${C:-d e}"|A=a=b|A=a:b|A.B=1|A-B=1|A[0]=1
  A=1|A=1  |A=\tx|A="a\tb"|A=a\nb|A='a"b'|A="a'b"|A=#x|A= # x|A="multi\nline"|A=ü|A="#"|A=!x|A=\$B|A="\$B"|A=a;b|A={"k": 1}"""


@of_compose_2
@pytest.mark.parametrize("line", [line for row in LINES.splitlines() for line in row.split("|")])
def test_the_grammar_of_env_files_is_theirs(tmp_path, line):
    text = f"B=inner\n{line}\nLAST=1\n"
    (tmp_path / "x.env").write_text(text)
    (tmp_path / "compose.yaml").write_text("services: {web: {image: x, env_file: x.env}}\n")
    theirs = config(tmp_path, options=["--format", "json"])["services"]["web"]["environment"]
    document = read("x.env", text)
    assert not document.problems
    ours: dict = {}
    for entry in document.entries:
        value = entry.value if entry.literal else evaluate(entry.value, ours).text.replace("${UNSET}", "")
        ours[entry.name] = None if entry.inherited else value
    # a name alone is taken from the environment of the caller, which has none of it
    ours = {name: value for name, value in ours.items() if value is not None}
    assert ours == {name: value.replace("$$", "$") for name, value in theirs.items()}
