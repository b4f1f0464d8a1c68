"""A request may ask for any amount

## What it does
Reports fields of the models that routes take as input (body, query or form, nested ones too):

- a number that says how much (`limit`, `page_size`, `quantity`, `amount`, `days`) and has no bounds,
- a list that is a batch of work (`ids`, `items`, `orders`), directly in what a route takes, and has no largest length,
- the end of a range of dates (`start` and `end`, `date_from` and `date_to`) whose order and span nothing checks,
- a `str` that the code compares with a closed set of literals.

## Why it matters
`limit=100000000` reads the whole table into memory, `quantity=-3` is a refund, a list of a million ids is a million
queries, and a range of a hundred years is all of them at once. A text that is none of the known ones falls through every
branch, and nobody tells the client.

## Bad
```python
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Report(BaseModel):
    start: date
    end: date  # AUD505
    page_size: int = 50  # AUD505
    product_ids: list[int]  # AUD505
    customer_id: int


@router.post("/reports")
def report(wanted: Report):
    return wanted.page_size
```

## Good
```python
from datetime import date
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

router = APIRouter()


class Report(BaseModel):
    start: date
    end: date
    page_size: int = Field(50, ge=1, le=500)
    product_ids: list[int] = Field(max_length=100)
    customer_id: int
    order: Literal["asc", "desc"] = "asc"

    @model_validator(mode="after")
    def check_range(self):
        if not 0 <= (self.end - self.start).days <= 366:
            raise ValueError("a report covers at most a year, and ends after it starts")
        return self


@router.post("/reports")
def report(wanted: Report):
    return wanted.page_size
```

## Fixed
`Field(ge=1, le=500)` for numbers, `Field(max_length=100)` for lists (`max_items` in pydantic 1), a `model_validator` for
ranges, `Literal` or an `Enum` for closed sets.

## Options
`bounded-strings`: report plain `str` fields without `max_length` too.

## Limits
Models of pydantic and SQLModel that a FastAPI route takes, or that code makes of a Flask request. Which numbers say how
much is told by their names. An identifier (`id`, `order_id`, `version`), a place (`latitude`, `x`, `position`) or a point in
time (`timestamp`) can be wrong, but never too much: the look-up that follows answers for it. Numbers that tune a thing
(`timeout`, `max_retries`, `temperature`) are left to what uses them, and so are models of settings (`PlanUpdate`). Silent:
what only administrators send, any bound on the field, a validator that names it, a model inside another that routes also
answer with (it describes what is, not what is wanted), and a field that the project compares or clamps anywhere
(`min(wanted.limit, 100)`).

## Origin
Audit A, CRITICAL-3: a date range of any length started one job a day.
"""

from __future__ import annotations

from preaudit.core.quantities import end_of, is_batch, is_quantity, is_setting
from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD505",
    name="unbounded-request-field",
    severity="medium",
    since="0.1.0",
    scope="project",
    default=False,  # lists of related ids are told from batches of work by their names, which is too little
    audits=("A CRITICAL-3",),
    options=("bounded-strings",),
    message="{field} of {model} takes any number, huge and negative ones too; bound it, as in Field(ge=1, le=500)",
    files=r"\.py$",
)
_LIST = "{field} of {model} takes any number of items in one request; bound it, as in Field(max_length=100)"
_RANGE = "{field} of {model} may be before {start} or years after it; compare the two in a model_validator"
_TEXT = "{field} of {model} is any text, where the code knows only {known}; annotate it as a Literal or an Enum"
_PLAIN = "{field} of {model} is a text of any length; bound it, as in Field(max_length=200)"
_MODELS = frozenset(
    {"pydantic.BaseModel", "sqlmodel.SQLModel", "pydantic.v1.BaseModel", "pydantic.generics.GenericModel"}
)
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})
_DEPTH = 6


@RULE.on_project("request-models")
def check(project):
    """Report the unbounded fields of the models that routes take."""
    found = _Inputs(project)
    told = set()
    for name in sorted(found.inputs):
        for path, row, draft in found.judge(name):
            place = (path, *row[0][:2])
            if place not in told:
                told.add(place)
                yield draft


class _Inputs:
    """The input models of a project, and what its code looks at."""

    def __init__(self, project):
        """Read the facts of the view."""
        self.project = project
        self.facts = [(path, fact) for path, fact in project.facts("request-models") if not project.is_test(path)]
        self.models = {
            f"{project.module(path)}.{name}": (path, name, model)
            for path, fact in self.facts for name, model in fact.get("models", {}).items()
        }  # fmt: skip
        self.looks: dict = {}
        self.answered = self._below(self._asked("answers"))
        # what is answered too, inside of what is sent, describes the state of something: its fields are no wishes
        self.inputs = self._below(self._asked("inputs"), self.answered)
        if self.inputs:
            self._look()

    def _asked(self, section) -> set:
        """Answer the classes that the routes of the project take, or answer with."""
        return {cls for path, fact in self.facts for expr in fact.get(section, ()) for cls in self._classes(expr, path)}

    def _below(self, classes, without=frozenset()) -> dict:
        """Answer {model: depth} of models and of those inside them; `without` is not entered below the first."""
        found: dict = {}
        queue = [(name, 0) for name in sorted(classes)]
        while queue:
            name, depth = queue.pop(0)
            if name in found or depth > _DEPTH or name not in self.models or (depth and name in without):
                continue
            records = self._records(name)
            if not records:
                continue
            found[name] = depth
            for path, _, model in records:
                for row in model["fields"].values():
                    if row[3] is not None:
                        queue += [(cls, depth + 1) for cls in sorted(self._classes(row[3], path))]
        return found

    def _classes(self, expr, path) -> set:
        """Answer the classes in what an annotation means: Order and Line of `dict[Order, list[Line]]`."""
        found, queue = set(), list(self.project.values(expr, path))
        while queue:
            value = queue.pop()
            if value[0] == "i":
                found.add(value[1])
                queue += [inner for part in value[2] for inner in part]
        return found

    def _records(self, name) -> list:
        """Answer [(path, name, model)] of a class and its bases of the project, nearest first; [] if it is no model."""
        mro = self.project.types.mro(name, self.models[name][0])
        if not _MODELS & set(mro):
            return []
        records = [self.models[one] for one in mro if one in self.models]
        return [] if any(model.get("table") for _, _, model in records) else records

    def _look(self):
        """Gather what the code compares, by the name of the field: [class, or '' where it is unknown]."""
        self.texts: dict = {}
        for path, fact in self.facts:
            for expr, name in fact.get("looks", ()):
                classes = self._classes(expr, path) if expr is not None else set()
                self.looks.setdefault(name, set()).update(classes or {""})
            for expr, name, literals, checked in fact.get("texts", ()):
                for cls in self._classes(expr, path):
                    entry = self.texts.setdefault((cls, name), [set(), False])
                    entry[0].update(literals)
                    entry[1] = entry[1] or checked

    def judge(self, name):
        """Give (path, row, draft) for the fields of a model that want bounds."""
        records = self._records(name)
        checks = {one for _, _, model in records for one in model["checks"]}
        mro = set(self.project.types.mro(name, self.models[name][0]))
        fields: dict = {}
        for path, owner, model in records:
            for field, row in model["fields"].items():
                fields.setdefault(field, (path, owner, row))
        if "*" in checks:
            return
        for field, (path, owner, row) in fields.items():
            if row[2] or field in checks or self._is_looked_at(field, mro):
                continue
            place, kind, *_ = row
            shown = {"field": f"'{field}'", "model": owner.rpartition(".")[2]}
            if not field.isascii() or not owner.isascii() or is_setting(owner.rpartition(".")[2]):
                continue
            if kind == "date":
                start = next((one for one in end_of(field) if one in fields and fields[one][2][1] == kind), "")
                if start and start not in checks and not self._is_looked_at(start, mro):
                    yield path, row, RULE.at(tuple(place), path=path, message=_RANGE, start=f"'{start}'", **shown)
                    continue
            if kind == "number" and is_quantity(field):
                yield path, row, RULE.at(tuple(place), path=path, **shown)
            elif kind == "list" and is_batch(field) and not self.inputs[name] and not self._is_state(row[3], path):
                yield path, row, RULE.at(tuple(place), path=path, message=_LIST, **shown)
            elif kind == "text":
                literals, checked = self._compared(field, mro)
                if len(literals) > 1 and not checked:
                    known = " and ".join(f"'{one}'" for one in sorted(literals)[:2])
                    if known.isascii() and "{" not in known:
                        yield path, row, RULE.at(tuple(place), path=path, message=_TEXT, known=known, **shown)
                elif self.project.settings.bounded_strings:
                    yield path, row, RULE.at(tuple(place), path=path, message=_PLAIN, **shown)

    def _is_looked_at(self, field, mro) -> bool:
        return bool(self.looks.get(field, set()) & (mro | {""}))

    def _is_state(self, expr, path) -> bool:
        """Answer whether the elements of a list are no work to do: what routes answer with, or members of an Enum."""
        for cls in self._classes(expr, path) if expr is not None else ():
            if cls in self.answered or _ENUMS & set(self.project.types.mro(cls, path)):
                return True
        return False

    def _compared(self, field, mro):
        found = [self.texts[(cls, field)] for cls in mro if (cls, field) in self.texts]
        return {one for literals, _ in found for one in literals}, any(checked for _, checked in found)
