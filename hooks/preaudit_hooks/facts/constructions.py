"""Where a file constructs what may be classes; read only in projects that have a service registry.

As JSON can hold it: [[expression, line, column, end line, end column, is shared]].
"""

from __future__ import annotations

from preaudit_hooks.facts import services

KIND = "constructions"


def collect(ctx):
    """Answer the constructions of a Python file, None where there are none."""
    return services.constructions(ctx) or None
