"""Modules that import each other in a circle

## What it does
Reports each circle of imports that run when a module is imported, once, at the import that is easiest to take out of
it. The message names the whole circle; every import of it is a related place.

## Why it matters
Which module is imported first decides whether it works: one of them is always used half-made. A harmless change,
such as sorting the imports or a new test that starts elsewhere, ends in `ImportError: cannot import name`.

## Bad
```python shop/orders.py
from shop.mail import send

TITLE = "Order"


def cancel(order):
    send(order)
```
```python shop/mail.py
from shop import orders  # AUD103


def send(order):
    print(orders.TITLE, order)
```

## Good
```python shop/orders.py
from shop.mail import send

TITLE = "Order"


def cancel(order):
    send(TITLE, order)
```
```python shop/mail.py
def send(title, order):
    print(title, order)
```

## Fixed
Hand over what the other module needs, move what both need into a third module, or, where neither is possible, import
inside the function that uses it. Imports that only annotations need belong under `if TYPE_CHECKING:`.

```python shop/orders.py
from shop.mail import send

TITLE = "Order"


def cancel(order):
    send(order)
```
```python shop/mail.py
def send(order):
    from shop import orders

    print(orders.TITLE, order)
```

## Options
`source-roots`, where they are not found by themselves.

## Limits
Imports inside functions, under `TYPE_CHECKING`, under the main guard and in the fallback of an `except ImportError` are
no part of a circle; where a function-level import already breaks another circle of the same modules, it is named as a
related place. Imports made by `importlib` are not followed. Where many modules are tied into one knot, what is
reported is a set of imports without which no circle is left, shortest circles first.

## Origin
Audit C.
"""

from preaudit.core.rule import Rule

from preaudit_hooks.import_graph import graph_of

RULE = Rule(
    code="AUD103",
    name="circular-import",
    severity="high",
    scope="project",
    message="import circle {chain}; {advice}",
    since="0.1.0",
    options=("source-roots",),
    files=r"\.pyi?$",
    audits=("C",),
)


@RULE.on_project("imports")
def check(project):
    """Report every circle at its cut."""
    graph = graph_of(project)
    for cycle in graph.cycles():
        cut = cycle.cut
        if all(project.is_test(edge.path) for edge in cycle.edges):
            continue
        names = [project.module(edge.path) for edge in cycle.edges]
        related = [
            (edge.path, (edge.line, edge.column), f"{project.module(edge.path)} imports {project.module(edge.target)}")
            for edge in cycle.edges[1:]
        ]
        members = {edge.path for edge in cycle.edges}
        for path in sorted(members):
            for edge in graph.edges[path]:
                if edge.when == "function" and edge.target in members and not edge.implied:
                    words = f"imports {project.module(edge.target)} inside a function, which is no part of the circle"
                    related.append((path, (edge.line, edge.column), words))
        yield RULE.at(
            (cut.line, cut.column),
            path=cut.path,
            related=related,
            chain=" -> ".join([*names, names[0]]),
            advice=_advice(cycle, project),
        )


def _advice(cycle, project):
    """Answer what to do about the import that is easiest to take out."""
    cut = cycle.cut
    target = cut.module if cut.implied else project.module(cut.target)
    if cut.needed == "annotation":
        return f"import {target} under if TYPE_CHECKING, since only annotations use it"
    if cut.needed == "call":
        return f"hand over what is needed, or import {target} inside the functions that use it"
    for edge in cycle.edges:
        if edge.implied:
            package = project.module(edge.target)
            return f"importing {edge.module} runs the package {package}, so take the imports out of its __init__.py"
    return f"move what both need out of {target} into a module of its own"
