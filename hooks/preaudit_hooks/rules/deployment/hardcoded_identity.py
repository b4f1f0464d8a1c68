"""A person's e-mail address is written down as an administrator or user

## What it does
Reports a personal e-mail address as the value of a variable that names an administrator, owner or user, in an app
spec, the environment of a compose service, or a `.env` that is no example.

## Why it matters
The account outlives the person's job, every fork gets an administrator it does not know, and the address tells
attackers which mailbox to take over.

## Bad
```yaml .do/app.yaml
name: shop
services:
- name: web
  http_port: 8000
  envs:
  - key: ADMIN_EMAIL
    value: jane.miller@shop-berlin.com  # AUD908
```
```yaml docker-compose.yml
services:
  pgadmin:
    image: dpage/pgadmin4
    environment:
      - SUPERUSER_EMAIL=mpeters77@gmail.com  # AUD908
```

## Good
```yaml .do/app.yaml
name: shop
services:
- name: web
  http_port: 8000
  envs:
  - key: ADMIN_EMAIL
    value: ops@shop-berlin.com
  - key: OWNER_EMAIL
    value: ${OWNER_EMAIL}
  - key: MAIL_FROM
    value: jane.miller@shop-berlin.com
```

## Fixed
There is no fix: write the address of a role, or take it from the environment.

## Options
None.

## Limits
A personal address is one at a free mail provider, or one of the form first.last. A single first name at a company
cannot be told from a role and is silent; so are example domains, tests and example files.

## Origin
Audit E 4: the private address of a developer was the default administrator in three files.
"""

import re

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.secrets import words

from preaudit_hooks.documents.kinds import is_example
from preaudit_hooks.documents.names import DEPLOYMENT_FILES, is_sample, shown

RULE = Rule(
    code="AUD908",
    name="hardcoded-identity",
    severity="medium",
    scope="document",
    message="{name} is the address of a person, and every deployment uses it as its account; "
    "write the address of a role, or take it from the environment",
    since="0.1.0",
    audits=("E 4",),
    files=DEPLOYMENT_FILES,
)
_EMAIL = lazy(r"^([A-Za-z0-9][\w.+%-]*)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$")
_HOLDERS = frozenset(
    "admin administrator admins superuser superadmin owner user username users login root account".split()
)
_OTHERS = frozenset("from sender reply replyto support contact noreply bounce".split())
_ROLES = frozenset(
    """admin administrator admins info noreply no reply support hello contact ops dev devops team postmaster webmaster
    root xxx xxxx alerts alert security billing sales test tests tester user users example demo sample mail email me you your name
    my owner office service services system bot robot ci monitoring notifications notification it help helpdesk hostmaster
    abuse marketing press jobs hr legal privacy first last firstname lastname somebody someone foo bar
    default local super superuser superadmin account accounts data api app site staff cloud infra platform""".split()
)
_FREE = frozenset(
    """gmail googlemail outlook hotmail live yahoo ymail icloud gmx web protonmail proton aol qq 163 126 mail yandex
    fastmail hey tutanota zoho""".split()
)
_SAMPLE = lazy(
    r"(?i)(?:^|[.-])(?:example|sample|test|invalid|localhost|local|localdomain|domain|yourdomain|mydomain|your|my"
    r"|company|yourcompany|mycompany|acme|email|foo|bar|internal|host|changeme|site|website)(?:[.-]|$)"
)


def is_personal(address: str) -> bool:
    """Answer whether an e-mail address is a person's, as far as its form tells."""
    match = _EMAIL.match(address.strip())
    if not match:
        return False
    local, domain = match[1].lower().partition("+")[0], match[2].lower()
    parts = [part for part in re.split(r"[._\-]+", local) if part]
    plain = [part.rstrip("0123456789") for part in parts]
    if any(part in _ROLES for part in plain):
        return False
    if domain.split(".")[0] in _FREE and len(domain.split(".")) == 2:
        return not any(role in local for role in ("admin", "test", "noreply", "example", "support", "info"))
    if _SAMPLE.search(domain):
        return False
    return len(plain) == 2 and all(len(part) > 1 and part.isalpha() for part in plain)


def _is_holder(name):
    parts = set(words(name))
    return bool(parts & _HOLDERS) and not parts & _OTHERS


def _persons(pairs):
    for name, value, place, scope in pairs:
        if value and "@" in value and "$" not in value and _is_holder(name):
            if any(is_personal(address) for address in re.split(r"[,;\s]+", value)):
                yield RULE.at(place, scope=scope, name=shown(name))


@RULE.on_document("app-spec")
def check_app_spec(document, ctx):
    """Report personal addresses among the variables of an app spec."""
    yield from _persons((each.name, each.value, each.value_place, each.component.name) for each in document.variables)


@RULE.on_document("compose")
def check_compose(document, ctx):
    """Report personal addresses in the environment of compose services."""
    if not _is_sample(document.path, ctx):
        seen = set()
        for service in document.services:
            entries = [entry for entry in service.entries("environment") if entry.place not in seen]
            seen.update(entry.place for entry in entries)
            scope = f"services.{service.name}.environment"
            yield from _persons((entry.key, entry.value, entry.place, scope) for entry in entries)


@RULE.on_document("dotenv")
def check_dotenv(document, ctx):
    """Report personal addresses in a `.env`."""
    if not _is_sample(document.path, ctx):
        for entry in document.entries:
            place = (*entry.place[:2], *entry.value_place[2:])
            yield from _persons([(entry.name, entry.value, place, entry.name)])


def _is_sample(path, ctx):
    return is_example(path) or is_sample(path) or (ctx is not None and ctx.settings.is_test(path))
