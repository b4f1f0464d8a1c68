"""An upload of any size is taken

## What it does
Reports an upload that a route takes where neither it nor the app looks at how large it is: `await file.read()` and
`file.file.read()` of FastAPI and Starlette, a `bytes = File()` parameter, and `request.files` of Flask without
`MAX_CONTENT_LENGTH`.

## Why it matters
One request with a file of some gigabytes fills the memory or the disk of the process that takes it, and all others with it.
No login is needed where the route needs none, and nobody has to mean harm: a phone's video is enough.

## Bad
```python
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/photo")
async def photo(file: UploadFile):
    content = await file.read()  # AUD506
    return {"bytes": len(content)}
```

## Good
```python
from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()
LARGEST = 5_000_000


@app.post("/photo")
async def photo(file: UploadFile):
    if file.size is None or file.size > LARGEST:
        raise HTTPException(status_code=413, detail="a photo has at most 5 MB")
    content = await file.read()
    return {"bytes": len(content)}
```

## Fixed
Flask: `app.config["MAX_CONTENT_LENGTH"] = 5_000_000`. FastAPI and Starlette: test `file.size`, read in chunks and stop, or
add a middleware that refuses a `Content-Length` that is too large.

## Options
None.

## Limits
A copy to the disk piece by piece (`shutil.copyfileobj`) is no finding, and neither are routes of administrators, what only
debug or tests reach (`if app.debug:`), nor helpers
that are handed an upload: who calls them may know its size. Quart (16 MiB) and aiohttp (1 MiB) limit requests by default and
are silent. Any look at a size in the function counts, also of what was read, and any look at the Content-Length of a request
anywhere in the project, and `client_max_body_size` in an nginx configuration of the project, whatever it says. Proxies that
the project does not hold are not known.

## Origin
Audit A, MEDIUM-11: an upload route read what it was given into memory.
"""

from __future__ import annotations

from preaudit.core.rule import Rule
from preaudit.core.source import SourceError

RULE = Rule(
    code="AUD506",
    name="upload-without-size-limit",
    severity="medium",
    since="0.1.0",
    scope="project",
    audits=("A MEDIUM-11",),
    message="{name} is taken whatever its size, and one request can fill the {where}; {instead}",
    files=r"\.py$",
)
_INSTEAD = {
    "flask": "set MAX_CONTENT_LENGTH in the app's config",
    "asgi": "test file.size first, read in chunks with a limit, or refuse a large Content-Length in a middleware",
}


@RULE.on_project("uploads")
def check(project):
    """Report the uploads that no function and no app limits."""
    facts = [(path, fact) for path, fact in project.facts("uploads") if not project.is_test(path)]
    limited = {kind for _, fact in facts for kind in fact.get("limits", ())}
    if not any(row[2] not in limited for _, fact in facts for row in fact.get("reads", ())) or _is_limited_in_front(
        project
    ):
        return
    for path, fact in facts:
        for place, name, kind in fact.get("reads", ()):
            if kind not in limited:
                shown = name if name.isascii() else "the upload"
                where = "disk" if kind == "flask" else "memory"
                yield RULE.at(tuple(place), path=path, name=shown, where=where, instead=_INSTEAD[kind])


def _is_limited_in_front(project) -> bool:
    """Answer whether the project's own nginx says how large a request may be."""
    for path in project.paths:
        if "nginx" in path.lower() and not path.endswith((".py", ".md", ".js", ".ts", ".lock")):
            try:
                text = project.project.read(path)
            except SourceError:
                continue
            if any(line.strip().startswith("client_max_body_size") for line in text.splitlines()):
                return True
    return False
