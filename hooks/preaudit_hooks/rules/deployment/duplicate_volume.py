"""Two mounts of one service have the same target

## What it does
Reports the later of two `volumes` entries of one service whose target in the container is the same path:
short and long syntax, with or without `:ro`, trailing slashes and variables alike. Lists that come by an
anchor, an alias or a merge key are read where they stand. Each layer of a stack is judged for itself: an
override file that mounts something else over a target of the base file does so on purpose.

## Why it matters
Compose silently lets the later entry take the earlier one's place. Where both say the same, one line lies in
wait for the person who edits only the other. Where they differ, a directory that everybody believes to be
mounted is not, and uploads, certificates or the database land in a container that the next deployment deletes.

## Bad
```yaml docker-compose.yml
services:
  web:
    image: shop
    volumes:
      - ./uploads:/srv/uploads
      - ./templates:/srv/templates:ro
      - ./shared:/srv/uploads  # AUD901
  worker:
    image: shop
    volumes:
      - ./uploads:/srv/uploads
      - ./uploads:/srv/uploads/  # read by the nightly export  # AUD901
```

## Good
```yaml docker-compose.yml
services:
  web:
    image: shop
    volumes:
      - ./uploads:/srv/uploads
      - ./shared:/srv/shared
      - ./templates:/srv/templates:ro
```

## Fixed
The later of two identical entries is removed; a comment at its end stays, on a line of its own.
```yaml docker-compose.yml
services:
  web:
    image: shop
    volumes:
      - ./uploads:/srv/uploads
      - ./templates:/srv/templates:ro
      - ./shared:/srv/uploads  # AUD901
  worker:
    image: shop
    volumes:
      - ./uploads:/srv/uploads
      # read by the nightly export
```
Entries that differ are two intentions, and only a person knows which one counts: both places are shown, and
nothing is changed. The fix is also left to a person where an anchor shares the list, a variable stands in the
entry, or a list in brackets spans several lines.

## Options
None.

## Limits
Two targets that only become equal through the value of a variable are compared by its default, if it has one.

## Origin
Audit A CRITICAL-1, audit B fix 2: a worker whose output directory was mounted twice.
"""

from preaudit.core.finding import Fix
from preaudit.core.rule import Rule

from preaudit_hooks.documents.compose import clean_target
from preaudit_hooks.documents.interpolate import evaluate
from preaudit_hooks.documents.names import COMPOSE_FILES, shown
from preaudit_hooks.documents.removal import Refused, remove_item

RULE = Rule(
    code="AUD901",
    name="duplicate-volume",
    severity="high",
    scope="document",
    message="{service} mounts {target} twice; remove this entry, line {first} says the same",
    since="0.1.0",
    audits=("A CRITICAL-1", "B 2"),
    fixable=True,
    tests=True,
    files=COMPOSE_FILES,
)
_DIFFERENT = (
    "{service} mounts both {one} and {other} at {target}, and Compose silently keeps only this one; "
    "give each a target of its own or remove the wrong one"
)


@RULE.on_document("compose")
def check(document, ctx):
    """Report each mount whose target an earlier one of the same list already has."""
    seen = set()
    for service in document.services:
        node = service.get("volumes")
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        # The entry before, not the first: of A, B, A the last one counts, and taking it out would leave B.
        before = {}
        for entry, mount in service.mounts():
            target = clean_target(evaluate(mount.target).text)
            if target in before:
                yield _finding(document, service, *before[target], entry, mount)
            before[target] = (entry, mount)


def _finding(document, service, first, first_mount, entry, mount):
    same = (mount.source.rstrip("/"), mount.mode, mount.type) == (
        first_mount.source.rstrip("/"), first_mount.mode, first_mount.type,
    )  # fmt: skip
    same = same and mount.target == first_mount.target
    fix, message, note = None, "", "the mount that it replaces"
    if same:
        try:
            edits = remove_item(document, entry.container, entry.index, first.index)
            fix = Fix(f"Remove the second mount of {shown(mount.target)}", edits)
        except Refused as refused:
            note = f"the mount that it replaces; not fixed automatically: {refused}"
    else:
        message = _DIFFERENT
    return RULE.at(
        entry.place,
        related=[("", first.place, note)],
        fix=fix,
        scope=f"services.{service.name}.volumes",
        message=message,
        service=shown(service.name),
        target=shown(mount.target),
        first=first.place[0],
        one=_described(first_mount),
        other=_described(mount),
    )


def _described(mount):
    source = shown(mount.source) if mount.source else f"an anonymous {mount.type}"
    return source + (f" ({','.join(mount.mode)})" if mount.mode else "")
