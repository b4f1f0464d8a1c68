"""Whether a project has a library for a purpose: among its imports, its requirements, or around its start commands."""

from __future__ import annotations

from preaudit_hooks.imported import imported

_TRACING = frozenset({"opentelemetry", "ddtrace", "datadog", "newrelic", "elasticapm", "logfire", "scout_apm", "appsignal",
                      "honeycomb", "beeline", "aws_xray_sdk", "azure", "instana", "jaeger_client", "apitally", "signoz",
                      "uptrace", "skywalking", "dynatrace", "oneagent", "lightrun"})  # fmt: skip
METRICS = _TRACING | frozenset({
    "prometheus_client", "django_prometheus", "django_statsd",
    "prometheus_fastapi_instrumentator", "starlette_exporter", "starlette_prometheus", "statsd",
    "aiostatsd", "prometheus_flask_exporter", "prometheus_flask_instrumentator", "aioprometheus", "aiohttp_prometheus",
    "prometheus_async", "prometheus_summary", "influxdb", "influxdb_client", "flask_monitoringdashboard", "aws_embedded_metrics",
    "pystatsd", "markus", "google.cloud.monitoring", "aws_lambda_powertools", "fastapi_observability",
})  # fmt: skip
IDENTIFIERS = _TRACING | frozenset({
    "asgi_correlation_id", "django_guid", "django_structlog", "django_log_request_id", "log_request_id", "request_id", "cid",
    "django_request_id", "starlette_context", "flask_request_id", "flask_log_request_id", "flask_request_id_header",
    "request_id_helper", "aiohttp_request_id", "flask_http_middleware", "fastapi_request_id", "aws_lambda_powertools",
})  # fmt: skip
LOGGERS = frozenset({"logging", "loguru", "structlog"})
_WRAPPERS = ("opentelemetry-instrument", "ddtrace-run", "newrelic-admin", "elasticapm", "logfire", "instana")
_TOPS = frozenset(module.partition(".")[0] for module in METRICS | IDENTIFIERS)


def observes(project, found, modules) -> bool:
    """Answer whether a module of these is imported outside tests, demanded, or started around the app."""
    for module in imported(project, _TOPS):
        if module.partition(".")[0] in modules or any(module.startswith(f"{m}.") or module == m for m in modules):
            return True
    if any(through in _WRAPPERS for row in found.serves for through in row[4]):
        return True
    demands = project.project.requirements.demands
    near = [app.path for app in found.apps]
    names = {module.replace("_", "-") for module in modules} | {
        "opentelemetry-distro",
        "opentelemetry-sdk",
        "elastic-apm",
    }
    return any(demands(name, path) for name in sorted(names) for path in near)
