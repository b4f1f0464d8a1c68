"""pypdf: reading and writing parse and build the document."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pypdf"

CLASSES = {
    "pypdf.PdfReader": {
        "init": "file",
        "methods": {"get_fields": "cpu", "decrypt": "cpu"},
        "attrs": each("free", "pages metadata is_encrypted outline"),
    },
    "pypdf.PdfWriter": {
        "methods": {
            "write": "cpu",
            "append": "cpu",
            "merge": "cpu",
            **each("free", "add_page add_blank_page add_metadata encrypt close"),
        },
    },
    "pypdf.PageObject": {
        "methods": {
            "extract_text": "cpu -> str",
            **each("cpu", "merge_page compress_content_streams"),
        },
        "attrs": each("free", "images mediabox"),
    },
}
INSTEAD = {"pypdf.": "asyncio.to_thread"}
