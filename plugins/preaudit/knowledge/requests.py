"""requests: the functions, Session and Response."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "requests"

CANONICAL = {
    "requests.sessions.Session": "requests.Session",
    "requests.models.Response": "requests.Response",
    "requests.models.Request": "requests.Request",
    "requests.models.PreparedRequest": "requests.PreparedRequest",
    **{f"requests.api.{name}": f"requests.{name}"
       for name in ("request", "get", "post", "put", "patch", "delete", "head", "options")},
    "requests.sessions.session": "requests.session",
}  # fmt: skip
_VERBS = "request get post put patch delete head options"
CLASSES = {
    "requests.Session": {
        "methods": {
            **each("network -> requests.Response", _VERBS + " send"),
            "prepare_request": "free -> requests.PreparedRequest",
            **each("free", "close mount get_adapter merge_environment_settings"),
        },
        "attrs": {
            "cookies": "free -> requests.cookies.RequestsCookieJar",
            **each("free", "headers auth proxies params verify cert adapters hooks trust_env"),
        },
    },
    "requests.Response": {
        "methods": {
            **each("free", "json raise_for_status close"),
            # With stream=True the body comes over the network now; without, it is here already.
            **each("free", "iter_content iter_lines"),
        },
        "attrs": {
            "text": "free -> str",
            "content": "free -> bytes",
            "status_code": "free -> int",
            "ok": "free -> bool",
            "request": "free -> requests.PreparedRequest",
            **each("free", "headers url reason encoding cookies elapsed history raw links next is_redirect"),
        },
    },
    "requests.Request": {"methods": {"prepare": "free -> requests.PreparedRequest"}},
    "requests.PreparedRequest": {
        "methods": each("free", "prepare copy"),
        "attrs": each("free", "url headers body method hooks"),
    },
    "requests.cookies.RequestsCookieJar": {"methods": each("free", "get set update keys values items get_dict")},
    "requests.adapters.HTTPAdapter": {
        "methods": {"send": "network -> requests.Response", **each("free", "close init_poolmanager")},
    },
    "requests.auth.HTTPBasicAuth": {},
}
FUNCTIONS = {
    **each("network -> requests.Response", " ".join(f"requests.{name}" for name in _VERBS.split())),
    "requests.session": "free -> requests.Session",
}
INSTEAD = {"requests.": "httpx.AsyncClient"}
# The functions hand their keywords to Session.request(), whose timeout is None.
TIMEOUTS = {
    **dict.fromkeys((f"requests.{name}" for name in _VERBS.split()), ("timeout", None, None)),
    **dict.fromkeys(
        (f"requests.Session.{name}" for name in _VERBS.split() if name != "request"), ("timeout", None, None)
    ),
    "requests.Session.request": ("timeout", 8, None),
    "requests.Session.send": ("timeout", None, None),
}
UNCHECKED = {
    f"{name}(timeout)": "handed on through **kwargs; Session.request() is compared, and send() takes the adapter's"
    for name in TIMEOUTS
    if name != "requests.Session.request"
}
