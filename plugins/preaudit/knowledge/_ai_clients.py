"""What the clients of OpenAI and Anthropic have in common: a sync and an async tree of resources."""

from __future__ import annotations


def tree(package: str, sync: str, resources: dict) -> dict:
    """Answer the classes of a sync client and its async twin.

    `resources` is {class below the package's resources: (attributes {name: class}, {method: effect})}; the entry ""
    is the client. An async class has `Async` before its name.
    """
    classes = {}
    for prefix, effect in (("", ""), ("Async", "async")):

        def full(path: str, prefix: str = prefix) -> str:
            module, _, name = path.rpartition(".")
            return f"{package}.resources.{module}.{prefix}{name}"

        for path, (attributes, methods) in resources.items():
            classes[full(path) if path else f"{package}.{prefix}{sync}"] = {
                "attrs": {name: f"free -> {full(target)}" for name, target in attributes.items()},
                "methods": {name: (effect if effect and kind == "network" else kind) for name, kind in methods.items()},
            }
        classes[f"{package}.{prefix}{sync}"]["methods"]["close"] = effect or "free"
        classes[f"{package}.{prefix}{sync}"]["methods"]["with_options"] = "free -> self"
    return classes
