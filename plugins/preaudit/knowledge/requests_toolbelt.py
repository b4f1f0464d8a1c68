"""requests-toolbelt: encoders stream while the request is sent."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "requests-toolbelt"

CANONICAL = {"requests_toolbelt.multipart.encoder.MultipartEncoder": "requests_toolbelt.MultipartEncoder"}
CLASSES = {
    "requests_toolbelt.MultipartEncoder": {
        "methods": each("free", "read to_string"),
        "attrs": each("free", "content_type len"),
    },
    "requests_toolbelt.sessions.BaseUrlSession": {"bases": ("requests.Session",)},
    "requests_toolbelt.adapters.ssl.SSLAdapter": {"bases": ("requests.adapters.HTTPAdapter",)},
}
INSTEAD = {"requests_toolbelt.": "httpx.AsyncClient"}
