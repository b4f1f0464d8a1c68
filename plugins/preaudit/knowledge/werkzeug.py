"""Werkzeug: requests, responses, uploads, password hashes."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "Werkzeug"

CANONICAL = {
    "werkzeug.wrappers.request.Request": "werkzeug.wrappers.Request",
    "werkzeug.wrappers.response.Response": "werkzeug.wrappers.Response",
    "werkzeug.Request": "werkzeug.wrappers.Request",
    "werkzeug.Response": "werkzeug.wrappers.Response",
    "werkzeug.datastructures.file_storage.FileStorage": "werkzeug.datastructures.FileStorage",
}
CLASSES = {
    "werkzeug.wrappers.Request": {
        "methods": {"get_data": "free -> bytes", "get_json": "free", "close": "free"},
        "attrs": {
            "args": "free -> werkzeug.datastructures.MultiDict",
            "form": "free -> werkzeug.datastructures.MultiDict",
            "values": "free -> werkzeug.datastructures.MultiDict",
            "files": "free -> werkzeug.datastructures.MultiDict",
            "data": "free -> bytes",
            "headers": "free -> werkzeug.datastructures.Headers",
            **each("free -> str", "method path url base_url host full_path url_root scheme host_url"),
            **each("free", "json cookies environ remote_addr user_agent authorization is_json mimetype stream"),
            **each("free", "content_type content_length query_string is_secure referrer"),
        },
    },
    "werkzeug.wrappers.Response": {
        "methods": each("free", "set_cookie delete_cookie get_data set_data get_json call_on_close close"),
        "attrs": each("free", "status status_code headers data json mimetype content_type response"),
    },
    "werkzeug.datastructures.MultiDict": {
        "bases": ("dict",),
        "methods": each("free", "get getlist setlist add items to_dict poplist"),
    },
    "werkzeug.datastructures.Headers": {"methods": each("free", "get getlist add set items keys"), "item": "str"},
    "werkzeug.datastructures.FileStorage": {
        "methods": {"save": "file", "close": "free", "read": "file -> bytes", "seek": "free"},
        "attrs": {
            "stream": "free -> io.IOBase",
            **each("free", "filename name content_type mimetype content_length headers"),
        },
    },
    "werkzeug.test.TestResponse": {"bases": ("werkzeug.wrappers.Response",), "attrs": {"text": "free -> str"}},
    "werkzeug.local.LocalProxy": {},
}
FUNCTIONS = {
    "werkzeug.utils.secure_filename": "free -> str",
    "werkzeug.security.generate_password_hash": "cpu -> str",
    "werkzeug.security.check_password_hash": "cpu -> bool",
    "werkzeug.security.safe_join": "free",
}
INSTEAD = {"werkzeug.": "asyncio.to_thread"}
UNCHECKED = {
    "werkzeug.datastructures.FileStorage.read": "delegated to the stream by __getattr__",
    "werkzeug.datastructures.FileStorage.seek": "delegated to the stream by __getattr__",
}
