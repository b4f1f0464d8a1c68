"""Flask: the application, request, g, responses. Rendering is left to jinja2."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "Flask"

CANONICAL = {
    "flask.app.Flask": "flask.Flask",
    "flask.blueprints.Blueprint": "flask.Blueprint",
    "flask.wrappers.Request": "flask.Request",
    "flask.wrappers.Response": "flask.Response",
}
_ROUTES = each(
    "free",
    "route get post put delete patch add_url_rule before_request after_request teardown_request errorhandler"
    " register_error_handler register_blueprint context_processor url_value_preprocessor endpoint",
)
CLASSES = {
    "flask.Flask": {
        "methods": {
            **_ROUTES,
            **each(
                "free",
                "app_context request_context test_request_context test_cli_runner teardown_appcontext"
                " shell_context_processor template_filter template_global make_response url_for ensure_sync",
            ),
            "test_client": "free -> flask.testing.FlaskClient",
            "run": "wait",
            "open_resource": "file -> io.TextIOWrapper",
        },
        "attrs": {
            "config": "free -> flask.Config",
            "logger": "free",
            "jinja_env": "free -> jinja2.Environment",
            **each("free", "extensions cli json name root_path debug testing secret_key"),
        },
    },
    "flask.Blueprint": {
        "methods": {
            **_ROUTES,
            **each("free", "record record_once app_errorhandler before_app_request after_app_request"),
        },
        "attrs": each("free", "name url_prefix cli"),
    },
    "flask.Config": {
        "bases": ("dict",),
        "methods": {
            **each("free", "from_object from_mapping from_prefixed_env get_namespace"),
            **each("file", "from_pyfile from_file from_envvar"),
        },
    },
    "flask.Request": {
        "bases": ("werkzeug.wrappers.Request",),
        "attrs": each("free", "blueprint blueprints endpoint url_rule view_args max_content_length"),
    },
    "flask.Response": {"bases": ("werkzeug.wrappers.Response",)},
    "flask.ctx._AppCtxGlobals": {"methods": each("free", "get pop setdefault")},
    "flask.testing.FlaskClient": {
        "methods": each("free -> werkzeug.test.TestResponse", "get post put delete patch head options open"),
    },
}
FUNCTIONS = {
    "flask.jsonify": "free -> flask.Response",
    "flask.make_response": "free -> flask.Response",
    "flask.redirect": "free -> werkzeug.wrappers.Response",
    "flask.send_file": "file -> flask.Response",
    "flask.send_from_directory": "file -> flask.Response",
    "flask.render_template": "free -> str",
    "flask.render_template_string": "free -> str",
    "flask.url_for": "free -> str",
    **each("free", "flask.abort flask.flash flask.get_flashed_messages flask.has_request_context"),
    **each("free", "flask.has_app_context flask.after_this_request flask.copy_current_request_context"),
    **each("free", "flask.stream_with_context"),
}
VALUES = {
    "flask.request": "flask.Request",
    "flask.g": "flask.ctx._AppCtxGlobals",
    "flask.current_app": "flask.Flask",
    "flask.session": "flask.sessions.SecureCookieSession",
}
CLASSES["flask.sessions.SecureCookieSession"] = {"bases": ("dict",)}
UNCHECKED = {
    "flask.request": "a proxy without an object outside a request",
    "flask.g": "a proxy without an object outside a request",
    "flask.current_app": "a proxy without an object outside a request",
    "flask.session": "a proxy without an object outside a request",
}
