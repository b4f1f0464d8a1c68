"""PyMuPDF: documents, text and pictures of pages."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pymupdf"

CANONICAL = {"pymupdf.open": "pymupdf.Document"}
CLASSES = {
    "pymupdf.Document": {
        "init": "file",
        "methods": {
            **each("cpu", "save ez_save tobytes write insert_pdf"),
            "load_page": "cpu -> pymupdf.Page",
            **each("free", "close new_page get_toc"),
        },
        "attrs": each("free", "page_count metadata name"),
        "iter": "pymupdf.Page",
        "item": "pymupdf.Page",
    },
    "pymupdf.Page": {
        "methods": {
            **each("cpu", "get_text get_pixmap search_for get_images find_tables insert_text insert_image"),
        },
        "attrs": each("free", "number rect"),
    },
}
INSTEAD = {"pymupdf.": "asyncio.to_thread"}
