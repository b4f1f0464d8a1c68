"""pytesseract: runs tesseract."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pytesseract"

_CALLS = "image_to_string image_to_data image_to_boxes image_to_pdf_or_hocr image_to_osd get_tesseract_version"
FUNCTIONS = {
    **each("subprocess", " ".join(f"pytesseract.{name}" for name in _CALLS.split())),
    "pytesseract.image_to_string": "subprocess -> str",
}
INSTEAD = {"pytesseract.": "asyncio.to_thread"}
TIMEOUTS = {"pytesseract.image_to_string": ("timeout", 5, 0)}
