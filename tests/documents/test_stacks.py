"""What Compose runs: files merged in order, entries with their origin; and what facts keep."""

import json

import pytest
from preaudit_hooks.documents.kinds import read
from preaudit_hooks.documents.removal import Refused, remove_item, remove_line, remove_pair
from preaudit_hooks.documents.stacks import build, env_values, stacks
from preaudit_hooks.facts import compose, dotenv, environment, tooling


class Project:
    """A project of facts, as project rules see one."""

    def __init__(self, files):
        self.texts, self.memo = files, {}

    def facts(self, kind):
        module = {"compose": compose, "dotenv": dotenv}[kind]
        found = []
        for path, text in sorted(self.texts.items()):
            document = read(path, text)
            if document is not None and document.kind in module.DOCUMENTS:
                fact = module.collect_document(document)
                if fact:
                    found.append((path, json.loads(json.dumps(fact))))
        return found

    def once(self, key, make):
        return self.memo.setdefault(key, make())


def services(text):
    return "services:\n" + "".join(f"  {line}\n" for line in text.strip().splitlines())


WEB = services("web:\n  image: shop\n  ports: ['80:80']")

STACKS = [
    ("one file", {"compose.yaml": WEB}, [["compose.yaml"]]),
    (
        "an override beside it",
        {"docker-compose.yml": WEB, "docker-compose.override.yml": WEB},
        [["docker-compose.yml", "docker-compose.override.yml"]],
    ),
    ("the new name wins", {"compose.yaml": WEB, "docker-compose.yml": WEB}, [["compose.yaml"], ["docker-compose.yml"]]),
    (
        "a file that needs the base",
        {"compose.yaml": WEB, "compose.prod.yaml": services("web:\n  restart: always")},
        [["compose.yaml"], ["compose.yaml", "compose.prod.yaml"]],
    ),
    ("a file of its own", {"compose.yaml": WEB, "compose.test.yaml": WEB}, [["compose.yaml"], ["compose.test.yaml"]]),
    (
        "COMPOSE_FILE",
        {
            "compose.yaml": WEB,
            "a.compose.yml": WEB,
            "b.compose.yml": WEB,
            ".env": "COMPOSE_FILE=a.compose.yml:b.compose.yml\n",
        },
        [["a.compose.yml", "b.compose.yml"], ["compose.yaml"]],
    ),
    (
        "COMPOSE_FILE with a separator",
        {
            "a.compose.yml": WEB,
            "b.compose.yml": WEB,
            ".env": "COMPOSE_FILE=b.compose.yml,a.compose.yml\nCOMPOSE_PATH_SEPARATOR=,\n",
        },
        [["b.compose.yml", "a.compose.yml"]],
    ),
    ("a folder each", {"a/compose.yaml": WEB, "b/compose.yaml": WEB}, [["a/compose.yaml"], ["b/compose.yaml"]]),
]


@pytest.mark.parametrize("files, expected", [row[1:] for row in STACKS], ids=[row[0] for row in STACKS])
def test_which_files_make_a_stack(files, expected):
    assert [stack.paths for stack in stacks(Project(files))] == expected


def merged(*texts, env=""):
    facts = {
        f"{index}.yml": compose.collect_document(read(f"{index}.yml", text, "compose"))
        for index, text in enumerate(texts)
    }
    values = env_values(dotenv.collect_document(read(".env", env))) if env else {}
    return build(list(facts), "", values, facts)


def test_lists_are_merged_by_their_key_and_keep_their_origin():
    stack = merged(
        services("web:\n  image: a\n  volumes: ['xx:/one', 'yy:/two']\n  environment: {A: 1, B: 2}\n  profiles: [p]"),
        services(
            "web:\n  image: b\n  volumes: ['z1:/one/']\n  environment: [B=3, C=4]\n  depends_on: [db]\n  profiles: [q]"
        ),
    )
    fact = stack.services["web"].fact
    assert [(row[0], row[3], row[4]) for row in fact["volumes"]] == [("1.yml", "z1", "/one"), ("0.yml", "yy", "/two")]
    assert [(row[0], row[2]) for row in fact["environment"]] == [("0.yml", "A"), ("1.yml", "B"), ("1.yml", "C")]
    assert fact["image"] == "b" and fact["profiles"] == ["p", "q"] and fact["depends_on"] == ["db"]
    assert stack.services["web"].path == "0.yml"


@pytest.mark.parametrize(
    "over, expected",
    [
        ("ports: ['81:81']", [80, 81]),
        ("ports: !reset []", []),
        ("ports: !override ['81:81']", [81]),
        ("ports: ['80:80']", [80]),
    ],
)
def test_tags_of_an_override(over, expected):
    stack = merged(WEB, services(f"web:\n  {over}"))
    assert sorted(port.published for port in stack.services["web"].ports()) == expected


def test_extends_in_the_file_and_in_another():
    base = services("base:\n  image: a\n  ports: ['80:80']\n  environment: {A: 1}")
    same = merged(base + "  web:\n    extends: base\n    environment: {B: 1}\n")
    assert [row[2] for row in same.services["web"].fact["environment"]] == ["A", "B"]
    facts = {
        "common/base.yml": compose.collect_document(read("common/base.yml", base, "compose")),
        "compose.yaml": compose.collect_document(
            read(
                "compose.yaml", services("web:\n  extends: {file: common/base.yml, service: base}\n  ports: ['81:81']")
            )
        ),
    }
    web = build(["compose.yaml"], "", {}, facts).services["web"]
    assert [(port.path, port.published) for port in web.ports()] == [("common/base.yml", 80), ("compose.yaml", 81)]


def test_circles_end():
    stack = merged("include: [0.yml]\n" + services("a:\n  extends: b\nb:\n  extends: a"))
    assert sorted(stack.services) == ["a", "b"]


def test_includes():
    facts = {
        "compose.yaml": compose.collect_document(read("compose.yaml", "include:\n  - db/compose.yaml\n" + WEB)),
        "db/compose.yaml": compose.collect_document(read("db/compose.yaml", services("db:\n  image: postgres"))),
    }
    assert sorted(build(["compose.yaml"], "", {}, facts).services) == ["db", "web"]


PORTS = [
    ("'80:81'", "", [(80, 81, False)]),
    ("'${P:-80}:81'", "", [(80, 81, True)]),
    ("'${P:-80}:81'", "P=82", [(82, 81, False)]),
    ("'${P}:81'", "", [(None, 81, False)]),
    ("'${P}:81'", "P=name", [(None, 81, False)]),
    ("'8000-8002:90-92'", "", [(8000, 90, False), (8001, 91, False), (8002, 92, False)]),
    ("'81'", "", [(None, 81, False)]),
    ("'9-1:1'", "", [(None, 1, False)]),
]


@pytest.mark.parametrize("text, env, expected", PORTS)
def test_published_ports(text, env, expected):
    stack = merged(services(f"web:\n  image: a\n  ports: [{text}]"), env=env)
    assert [(port.published, port.target, port.assumed) for port in stack.services["web"].ports()] == expected


@pytest.mark.parametrize(
    "one, other, expected",
    [("[]", "[]", True), ("[a]", "[]", True), ("[a]", "[b]", False), ("[a, b]", "[b]", True)],
)
def test_what_can_run_together(one, other, expected):
    stack = merged(services(f"x:\n  image: a\n  profiles: {one}\ny:\n  image: b\n  profiles: {other}"))
    assert stack.services["x"].runs_with(stack.services["y"]) is expected


@pytest.mark.parametrize(
    "image, expected",
    [
        ("postgres:16", "postgres"), ("docker.io/library/postgres@sha256:0", "postgres"), ("${I:-mysql:8}", "mysql"),
        ("reg.io:5000/x/redis", "redis"),
    ],
)  # fmt: skip
def test_images(image, expected):
    assert merged(services(f"db:\n  image: {image}")).services["db"].image == expected


SECRETS = {
    "compose": services(
        "web:\n  image: x\n  command: redis-server --requirepass hunter2\n  environment:\n"
        "    DB_PASSWORD: hunter2\n    URL: redis://u:hunter2@h:1/0\n    NAME: hunter2"
    ),
    "dotenv": "PASSWORD=hunter2\nURL=redis://u:hunter2@h:1/0\nNAME=hunter2\nQ='hunter2'\n",
    "shell": 'export PASSWORD=hunter2\necho "TOKEN=hunter2" > .env\n',
    "app-spec": "name: x\nservices:\n- name: w\n  http_port: 1\n  envs:\n  - key: PASSWORD\n    value: hunter2\n",
    "dockerfile": "ENV PASSWORD=hunter2\n",
    "systemd": "Environment=PASSWORD=hunter2\n",
    "workflow": "env: {PASSWORD: hunter2}\n",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_no_fact_holds_a_secret(kind):
    document = read("x", SECRETS[kind], kind)
    facts = [
        module.collect_document(document)
        for module in (compose, dotenv, environment, tooling)
        if kind in module.DOCUMENTS
    ]
    assert any(facts) and "hunter2" not in json.dumps(facts)


REFUSED = [
    ("a: &x [b, b]\n", "an anchor"),
    ("a: [b, *y]\nz: &y b\n", "undefined"),
    ("z: &y b\na: [b, *y]\n", "an alias"),
    ("a: ['${B}', '${B}']\n", "a variable"),
    ("a: [b,\n  b]\n", "over several lines"),
    ("a:\n- - b\n- - b\n  - c # d\n  - e\n", "inside the entry"),
]


@pytest.mark.parametrize("text, words", REFUSED)
def test_what_no_edit_of_lines_can_express(text, words):
    document = read("x", text, "compose")
    if document.problems:
        assert words in document.problems[0].message
        return
    with pytest.raises(Refused, match=words):
        remove_item(document, document.root.get("a"), 1, 0)


def test_pairs_and_lines_that_are_refused():
    document = read("x", "a: {b: 1, b: 1}\n", "compose")
    with pytest.raises(Refused, match="braces"):
        remove_pair(document, document.root.get("a"), 1, 0)
    document = read(".env", 'A="x\ny"\nA="x\ny"\n')
    with pytest.raises(Refused, match="several lines"):
        remove_line(document, document.entries[1], document.entries[0])
