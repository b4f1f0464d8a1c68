"""Quart: Flask's API as coroutines."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "Quart"

CANONICAL = {
    "quart.app.Quart": "quart.Quart",
    "quart.blueprints.Blueprint": "quart.Blueprint",
    "quart.wrappers.Request": "quart.Request",
    "quart.wrappers.request.Request": "quart.Request",
    "quart.wrappers.Response": "quart.Response",
    "quart.wrappers.response.Response": "quart.Response",
}
_ROUTES = each(
    "free",
    "route get post put delete patch websocket before_request after_request teardown_request errorhandler"
    " register_blueprint add_url_rule",
)
CLASSES = {
    "quart.Quart": {
        "methods": {
            **_ROUTES,
            **each("free", "before_serving after_serving while_serving app_context test_client add_background_task"),
            "run": "wait",
            "run_task": "async",
            "make_response": "async -> quart.Response",
            "ensure_async": "free",
        },
        "attrs": each("free", "config logger extensions jinja_env name"),
    },
    "quart.Blueprint": {"methods": {**_ROUTES, "before_app_request": "free"}, "attrs": each("free", "name")},
    "quart.Request": {
        "methods": {"get_data": "async", "get_json": "async", "close": "async", "send_push_promise": "async"},
        "attrs": each("free", "args headers method path url cookies remote_addr is_json body view_args endpoint"),
    },
    "quart.Response": {
        "methods": {**each("free", "set_cookie delete_cookie set_data"), "get_data": "async", "get_json": "async"},
        "attrs": each("free", "status_code headers"),
    },
}
FUNCTIONS = {
    "quart.jsonify": "free -> quart.Response",
    "quart.make_response": "async -> quart.Response",
    "quart.render_template": "async -> str",
    "quart.render_template_string": "async -> str",
    "quart.send_file": "async -> quart.Response",
    "quart.send_from_directory": "async -> quart.Response",
    **each("free", "quart.redirect quart.url_for quart.abort"),
}
VALUES = {"quart.request": "quart.Request", "quart.current_app": "quart.Quart"}
UNCHECKED = dict.fromkeys(VALUES, "a proxy without an object outside a request")
