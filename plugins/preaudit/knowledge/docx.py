"""python-docx: opening and saving read and write the document."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "python-docx"

CLASSES = {
    "docx.document.Document": {
        "methods": {
            "save": "file",
            **each("free", "add_paragraph add_heading add_table add_page_break"),
            "add_picture": "file",
        },
        "attrs": each("free", "paragraphs tables sections styles"),
    },
}
FUNCTIONS = {"docx.Document": "file -> docx.document.Document"}
INSTEAD = {"docx.": "asyncio.to_thread"}
