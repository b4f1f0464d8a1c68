"""Compose, app spec, shell, Procfile, Dockerfile, systemd and workflow readers."""

import pytest
from preaudit_hooks.documents.appspec import scalar_commands
from preaudit_hooks.documents.compose import ComposeDocument, Mount, Port, clean_target, is_shared
from preaudit_hooks.documents.kinds import read

MOUNTS = [
    ("./a:/data", Mount("bind", "./a", "/data", ())),
    ("vol:/data/", Mount("volume", "vol", "/data", ())),
    ("vol:/data:rw", Mount("volume", "vol", "/data", ())),
    ("vol:/data:z,ro", Mount("volume", "vol", "/data", ("ro", "z"))),
    ("/data", Mount("volume", "", "/data", ())),
    ("a:/data", Mount("volume", "", "a:/data", ())),  # a drive for Compose: no volume has a name of one letter
    ("${D:-./x}:/data", Mount("bind", "${D:-./x}", "/data", ())),
    ("$D/x:/data", Mount("bind", "${D}/x", "/data", ())),
    ("C:\\\\x:/data", Mount("bind", "C:\\\\x", "/data", ())),
    ("~/x:/data", Mount("bind", "~/x", "/data", ())),
    ("{type: bind, source: ./a, target: /data}", Mount("bind", "./a", "/data", ())),
    ("{type: volume, source: a, target: /data, read_only: true}", Mount("volume", "a", "/data", ("ro",))),
    ("{type: tmpfs, target: /data}", Mount("tmpfs", "", "/data", ())),
]


@pytest.mark.parametrize("text, mount", MOUNTS)
def test_mounts(text, mount):
    document = ComposeDocument("compose.yml", f"services:\n  w:\n    volumes:\n      - {text}\n")
    assert [found for _, found in document.service("w").mounts()] == [mount]


@pytest.mark.parametrize("text", ["a:", ":/data", "vol:/b:ro:x", "{type: bind}", "[a]", "''"])
def test_no_mounts(text):
    document = ComposeDocument("compose.yml", f"services:\n  w:\n    volumes:\n      - {text}\n")
    assert document.service("w").mounts() == []


PORTS = [
    ("80:80", Port("", "80", "80", "tcp")),
    ("'22:22'", Port("", "22", "22", "tcp")),
    ("3000", Port("", "", "3000", "tcp")),
    ("127.0.0.1:81:80/udp", Port("127.0.0.1", "81", "80", "udp")),
    ("'[::1]:81:80'", Port("::1", "81", "80", "tcp")),
    ("${P:-5433}:5432", Port("", "${P:-5433}", "5432", "tcp")),
    ("'${H}:${P}:5432'", Port("${H}", "${P}", "5432", "tcp")),
    ("8000-8002:8000-8002", Port("", "8000-8002", "8000-8002", "tcp")),
    ("{target: 80, published: '8080', host_ip: 127.0.0.1}", Port("127.0.0.1", "8080", "80", "tcp")),
]


@pytest.mark.parametrize("text, port", PORTS)
def test_ports(text, port):
    document = ComposeDocument("compose.yml", f"services:\n  w:\n    ports:\n      - {text}\n")
    assert [found for _, found in document.service("w").ports()] == [port]


@pytest.mark.parametrize(
    "path, expected", [("/data/", "/data"), ("//data//x/.", "/data/x"), ("/", "/"), ("${T}/", "${T}")]
)
def test_targets(path, expected):
    assert clean_target(path) == expected


COMPOSE = """\
x-base: &base
  environment: &env
    A: 1
    B: "two"   # why
services:
  web:
    <<: *base
    env_file: [a.env, b.env]
    depends_on:
      db: {condition: service_healthy}
  worker:
    environment:
      - C=3
      - D
    volumes: &vols
      - a:/a
  other:
    volumes: *vols
---
services:
  late: {image: x}
"""


def test_compose_entries():
    document = ComposeDocument("compose.yml", COMPOSE)
    assert [service.name for service in document.services] == ["web", "worker", "other", "late"]
    web, worker, other, late = document.services
    assert [(entry.key, entry.value, entry.place) for entry in web.entries("environment")] == [
        ("A", "1", (3, 5, 3, 9)),
        ("B", "two", (4, 5, 4, 13)),
    ]
    assert [(entry.key, entry.value) for entry in worker.entries("environment")] == [("C", "3"), ("D", None)]
    assert web.texts("env_file") == ["a.env", "b.env"] and web.texts("depends_on") == ["db"]
    assert late.text("image") == "x" and late.layer == 1
    assert is_shared(document, other.get("volumes")) and not is_shared(document, worker.get("environment"))
    assert is_shared(document, worker.get("volumes").items[0])


def test_a_command_in_a_compose_file():
    document = ComposeDocument("compose.yml", "services:\n  w:\n    command: 'sh -c \"celery -A a worker -Q q\"'\n")
    (command,) = scalar_commands(document, document.service("w").get("command"))
    assert command.option("-Q").place == (3, 44, 3, 45)


APP = """\
name: shop
envs:
- key: APP_KEY
  value: "1"
services:
- name: api
  run_command: gunicorn -w 2 app:app
  instance_count: 2
  envs:
  - key: DB_PASSWORD
    scope: RUN_TIME
    type: SECRET
    value: EV[1:abc]
  - key: NO_VALUE
databases:
- name: db
  engine: PG
  production: false
"""


def test_app_spec():
    document = read(".do/app.yaml", APP)
    assert [(each.name, each.value, each.type, each.component.name) for each in document.variables] == [
        ("APP_KEY", "1", "GENERAL", "shop"),
        ("DB_PASSWORD", "EV[1:abc]", "SECRET", "api"),
        ("NO_VALUE", None, "GENERAL", "api"),
    ]
    assert [(each.section, each.name) for each in document.components] == [("", "shop"), ("services", "api")]
    assert document.databases[0].text("production") == "false"
    assert document.variables[0].place == (3, 8, 3, 15)
    assert document.commands(document.components[1])[0].option("-w").place == (7, 28, 7, 29)
    template = "spec:\n" + "".join(f"  {line}\n" for line in APP.splitlines())
    assert len(read("deploy.template.yaml", template).variables) == 3


SHELL = """\
#!/bin/bash
# about
CHECK_INTERVAL=60 # seconds
export FOO="bar $BAZ" QUX='lit $NO'
TIMEOUT=5 curl -sf "http://x/#y" || docker compose restart web
cat > .env <<EOF
A=1
POSTGRES_PORT=$PORT
EOF
cat <<'EOF' | tee -a .env.prod
B=$NOT
EOF
echo "C=3" >> "$DIR/.env"
if true; then exec gunicorn -w ${W:-4} \\
   app:app & fi
. ./lib.sh
"""


def test_shell():
    document = read("run.sh", SHELL)
    assert [(each.name, each.value, each.raw, each.alone) for each in document.assignments] == [
        ("CHECK_INTERVAL", "60", "60", True),
        ("FOO", "bar $BAZ", '"bar $BAZ"', True),
        ("QUX", "lit $NO", "'lit $NO'", True),
        ("TIMEOUT", "5", "5", False),
    ]
    assert document.assignments[0].value_place == (3, 16, 3, 18)
    assert [
        (each.target, each.literal, [(e.name, e.value, e.place) for e in each.entries]) for each in document.written
    ] == [
        (".env", False, [("A", "1", (7, 1, 7, 2)), ("POSTGRES_PORT", "$PORT", (8, 1, 8, 14))]),
        (".env.prod", True, [("B", "$NOT", (11, 1, 11, 2))]),
        ("$DIR/.env", False, [("C", "3", (13, 7, 13, 8))]),
    ]
    assert sorted(document.reads) == ["BAZ", "DIR", "PORT", "W"]
    assert "gunicorn" in [command.program for command in document.commands]
    assert [comment.text for comment in document.comments] == ["#!/bin/bash", "# about", "# seconds"]
    assert [word.text for word in document.sources] == ["./lib.sh"]


def test_procfile():
    document = read("Procfile", "# c\nweb: gunicorn -w 3 app:app\nworker: celery -A a worker\nbad\n")
    assert [(each.name, [command.program for command in each.commands]) for each in document.processes] == [
        ("web", ["gunicorn"]),
        ("worker", ["celery"]),
    ]
    assert document.processes[0].commands[0].option("-w").place == (2, 18, 2, 19)


DOCKERFILE = """\
FROM python:3.12 AS build
ENV OLD value with blanks
ARG VERSION
ENV A=1 \\
    # a comment
    B="two words"
RUN <<EOF
ENV NOT=1
EOF
EXPOSE 8000
ENTRYPOINT ["sh", "-c", "exec \\"$@\\""]
FROM build
CMD ["gunicorn", "-w", "4", "app:app"]
"""


def test_dockerfile():
    document = read("Dockerfile", DOCKERFILE)
    assert [(each.name, each.value, each.instruction) for each in document.variables] == [
        ("OLD", "value with blanks", "ENV"),
        ("VERSION", None, "ARG"),
        ("A", "1", "ENV"),
        ("B", "two words", "ENV"),
    ]
    assert document.variables[3].place == (6, 5, 6, 18)
    assert document.entrypoint == [] and document.command[0].option("-w").place == (13, 24, 13, 27)
    assert document.exposed == ["8000"]
    assert read("Dockerfile", "CMD exec uvicorn a:b\n").command[0].program == "uvicorn"


def test_systemd():
    document = read(
        "w.service",
        '# c\n[Service]\nEnvironment="A=1 2" B=3\nEnvironmentFile=-/etc/x.env\n'
        "ExecStart=-/usr/bin/celery -A a \\\n  worker\n",
    )
    assert [(name, value) for name, value, _ in document.variables] == [("A", "1 2"), ("B", "3")]
    assert document.environment_files[0][:2] == ("/etc/x.env", True)
    assert document.commands[0].program == "celery"


WORKFLOW = """\
on: push
env: {TOP: 1}
jobs:
  test:
    env:
      JOB: ${{ secrets.X }}
    services:
      db:
        env: {POSTGRES_PASSWORD: postgres}
    steps:
      - uses: actions/checkout@v4
      - run: |
          export STEP=1
          echo "A=1" >> .env
          pytest
        env:
          OWN: x
"""


def test_workflow():
    document = read(".github/workflows/ci.yml", WORKFLOW)
    assert [name for name, _, _ in document.variables] == ["TOP", "JOB", "POSTGRES_PASSWORD", "OWN", "STEP"]
    assert [name for name, _ in document.written] == ["A"]
    assert "pytest" in [command.program for command in document.commands]
