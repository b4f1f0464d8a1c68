"""Jinja2: rendering is left free; only very large templates cost time. Loading reads a file, once."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "Jinja2"

CANONICAL = {
    "jinja2.environment.Environment": "jinja2.Environment",
    "jinja2.environment.Template": "jinja2.Template",
    "jinja2.loaders.FileSystemLoader": "jinja2.FileSystemLoader",
}
CLASSES = {
    "jinja2.Environment": {
        "methods": {
            **each("free -> jinja2.Template", "get_template select_template get_or_select_template from_string"),
            **each("free", "add_extension overlay parse compile_expression"),
            "list_templates": "metadata -> list[str]",
        },
        "attrs": each("free", "filters globals tests loader autoescape"),
    },
    "jinja2.Template": {
        "methods": {
            "render": "free -> str",
            "render_async": "async -> str",
            **each("free", "stream generate generate_async make_module"),
        },
        "attrs": each("free", "name filename"),
    },
    "jinja2.FileSystemLoader": {"methods": {"list_templates": "metadata -> list[str]"}},
    "jinja2.PackageLoader": {},
}
FUNCTIONS = {"jinja2.select_autoescape": "free"}
