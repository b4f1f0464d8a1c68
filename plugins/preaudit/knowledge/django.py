"""Django: querysets are lazy until read; each has an a...() twin. Caches are unknown, it depends on the backend."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "Django"

CANONICAL = {
    "django.db.models.base.Model": "django.db.models.Model",
    "django.db.models.query.QuerySet": "django.db.models.QuerySet",
    "django.db.models.manager.Manager": "django.db.models.Manager",
    "django.http.request.HttpRequest": "django.http.HttpRequest",
    "django.http.response.HttpResponse": "django.http.HttpResponse",
    "django.http.response.JsonResponse": "django.http.JsonResponse",
}
_QUERYSET = {
    **each(
        "lazy -> django.db.models.QuerySet[elem]",
        "all filter exclude annotate order_by distinct values values_list select_related prefetch_related only defer"
        " using reverse none union intersection difference extra alias dates datetimes select_for_update",
    ),
    "raw": "lazy",
    **each("database -> elem", "get create first last earliest latest"),
    **each("database", "get_or_create update_or_create aggregate in_bulk"),
    **each("database -> int", "count update"),
    "exists": "database -> bool",
    "bulk_create": "database -> list",
    "bulk_update": "database",
    "iterator": "database",
    "explain": "database -> str",
    **each(
        "async",
        "aget_or_create aupdate_or_create aaggregate ain_bulk acount"
        " aupdate aexists abulk_create abulk_update aexplain",
    ),
    **each("async -> elem", "aget acreate afirst alast aearliest alatest"),
    "aiterator": "free",
}
CLASSES = {
    "django.db.models.Model": {
        "methods": {
            **each("database", "save delete refresh_from_db save_base validate_unique full_clean"),
            **each("async", "asave adelete arefresh_from_db"),
            **each("free", "clean clean_fields get_deferred_fields serializable_value"),
        },
        "attrs": {
            "objects": "free -> django.db.models.Manager[self]",
            **each("free", "pk id"),
        },
    },
    "django.db.models.Manager": {"methods": _QUERYSET},
    "django.db.models.QuerySet": {
        "methods": {**_QUERYSET, "delete": "database -> tuple", "adelete": "async"},
        "attrs": each("free", "query model db ordered"),
        "iter_effect": "database",
    },
    "django.http.HttpRequest": {
        "methods": each("free", "get_host get_full_path build_absolute_uri is_secure read get_signed_cookie"),
        "attrs": each("free", "GET POST FILES COOKIES META headers method path body content_type resolver_match"),
    },
    "django.http.HttpResponse": {
        "methods": each("free", "set_cookie delete_cookie write"),
        "attrs": each("free", "status_code content headers"),
    },
    "django.http.JsonResponse": {"bases": ("django.http.HttpResponse",)},
    "django.core.mail.EmailMessage": {"methods": {"send": "network -> int", **each("free", "attach message")}},
    "django.core.mail.EmailMultiAlternatives": {"bases": ("django.core.mail.EmailMessage",)},
}
FUNCTIONS = {
    **each("database", "django.shortcuts.get_object_or_404 django.contrib.auth.authenticate"),
    "django.shortcuts.get_list_or_404": "database -> list",
    **each("database", "django.contrib.auth.login django.contrib.auth.logout"),
    **each("async", "django.shortcuts.aget_object_or_404 django.contrib.auth.aauthenticate django.contrib.auth.alogin"),
    "django.shortcuts.render": "free -> django.http.HttpResponse",
    "django.shortcuts.redirect": "free",
    **each("network -> int", "django.core.mail.send_mail django.core.mail.send_mass_mail"),
    **each("network", "django.core.mail.mail_admins django.core.mail.mail_managers"),
    "django.contrib.auth.hashers.make_password": "cpu -> str",
    "django.contrib.auth.hashers.check_password": "cpu -> bool",
    "django.contrib.auth.hashers.acheck_password": "async",
    **each("free", "django.urls.path django.urls.re_path django.urls.include django.urls.reverse"),
    "django.db.transaction.atomic": "free",
    "django.db.transaction.on_commit": "free",
}
INSTEAD = {
    "django.": "asgiref.sync.sync_to_async",
    **{
        f"{owner}.{name[1:]}": f"{owner}.{name}"
        for owner, entry in CLASSES.items()
        for name, spec in entry.get("methods", {}).items()
        if spec.startswith("async")
    },
    "django.contrib.auth.authenticate": "django.contrib.auth.aauthenticate",
    "django.contrib.auth.login": "django.contrib.auth.alogin",
    "django.contrib.auth.hashers.check_password": "django.contrib.auth.hashers.acheck_password",
    "django.shortcuts.get_object_or_404": "django.shortcuts.aget_object_or_404",
}
UNCHECKED = {
    "django.db.models.Model.objects": "added by the metaclass to every concrete model",
    "django.db.models.Model.id": "added by the metaclass to models without a primary key",
}
