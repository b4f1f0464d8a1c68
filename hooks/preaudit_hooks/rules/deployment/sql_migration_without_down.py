"""A folder of SQL migrations knows no way back

## What it does
Reports, once for a folder, numbered SQL scripts that are run by hand or by a runner where not one has a reverse script
(`001_users.down.sql`, `U1__users.sql`, a `down` folder) or a marked section for the way back (`-- migrate:down`,
`-- +goose Down`, `-- rollback`).

## Why it matters
When a deployment goes wrong at night, the way back is written under pressure, untested, and against the only copy of
the data.

## Bad
```sql migrations/001_users.sql
CREATE TABLE users (id int);  -- # AUD912
```
```sql migrations/002_email.sql
ALTER TABLE users ADD email text;
```

## Good
```sql migrations/001_users.sql
CREATE TABLE users (id int);
```
```sql migrations/001_users.down.sql
DROP TABLE users;
```
```sql migrations/002_email.sql
-- migrate:up
ALTER TABLE users ADD email text;
-- migrate:down
ALTER TABLE users DROP email;
```

## Fixed
There is no fix: write the reverse of each script beside it.

## Options
None.

## Limits
Folders of tools that only go forward by design (Prisma, Supabase, Drizzle) are silent, as is a folder with one script.

## Origin
Audit E 19: fourteen SQL files in a folder, and a README that said in which order to run them.
"""

import posixpath

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD912",
    name="sql-migration-without-down",
    severity="low",
    scope="project",
    default=False,
    message="{count} SQL migrations in this folder and no reverse script; write one beside each, or a section for the way back",
    since="0.1.0",
    audits=("E 19",),
    files=r"\.sql$",
)
_FORWARD = lazy(r"(?i)(?:^|/)(?:supabase|prisma|drizzle|node_modules|vendor)/")


@RULE.on_project("sql-migrations")
def check(project):
    """Report each folder of numbered scripts without one reverse."""
    folders: dict = {}
    for path, fact in project.facts("sql-migrations"):
        folder = posixpath.dirname(path)
        if posixpath.basename(folder).lower() in ("up", "down"):
            folder = posixpath.dirname(folder)
        folders.setdefault(folder, []).append((path, fact))
    for folder, scripts in sorted(folders.items()):
        if _FORWARD.search(folder + "/") or any(fact["is_down"] or fact["has_down"] for _, fact in scripts):
            continue
        if len({fact["number"] for _, fact in scripts}) >= 2:
            yield RULE.at((1, 1), path=scripts[0][0], scope=folder, count=len(scripts))
