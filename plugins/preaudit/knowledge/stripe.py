"""Stripe: class methods and services are requests; each has an ..._async twin."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "stripe"

_CRUD = "create retrieve list modify"
_RESOURCES = {
    "Customer": f"{_CRUD} delete search",
    "Charge": f"{_CRUD} capture search",
    "PaymentIntent": f"{_CRUD} cancel capture confirm search",
    "PaymentMethod": f"{_CRUD} attach detach",
    "SetupIntent": f"{_CRUD} cancel confirm",
    "Subscription": f"{_CRUD} cancel search resume",
    "SubscriptionItem": f"{_CRUD} delete",
    "Invoice": f"{_CRUD} delete finalize_invoice mark_uncollectible pay search send_invoice void_invoice create_preview",
    "InvoiceItem": f"{_CRUD} delete",
    "Price": f"{_CRUD} search",
    "Product": f"{_CRUD} delete search",
    "Refund": f"{_CRUD} cancel",
    "Coupon": f"{_CRUD} delete",
    "Plan": f"{_CRUD} delete",
    "Account": f"{_CRUD} delete",
    "AccountLink": "create",
    "Balance": "retrieve",
    "Event": "list retrieve",
    "Payout": f"{_CRUD} cancel reverse",
    "Transfer": _CRUD,
    "Token": "create retrieve",
    "WebhookEndpoint": f"{_CRUD} delete",
    "PromotionCode": _CRUD,
    "checkout.Session": f"{_CRUD} expire list_line_items",
    "billing_portal.Session": "create",
}
# What gives a page or a deletion instead of an object of the class.
_OTHER = {"list", "search", "list_line_items", "delete"}


def _methods(names: str) -> dict:
    found = {}
    for name in names.split():
        returns = "" if name in _OTHER else " -> self"
        found[name] = f"network{returns}"
        found[f"{name}_async"] = f"async{returns}"
    return found


_OBJECT = "stripe.StripeObject"
CLASSES = {
    _OBJECT: {"methods": {"to_dict": "free -> dict"}},
    "stripe.APIResource": {
        "bases": (_OBJECT,),
        "methods": {"refresh": "network -> self", "refresh_async": "async -> self"},
    },
    "stripe.ListObject": {
        "bases": (_OBJECT,),
        "methods": {
            **each("network", "auto_paging_iter list next_page"),
            **each("async", "next_page_async"),
        },
        "attrs": {"data": "free -> list", "has_more": "free -> bool"},
    },
    **{
        f"stripe.{name}": {"bases": ("stripe.APIResource",), "methods": _methods(names)}
        for name, names in _RESOURCES.items()
    },
    "stripe.Webhook": {"methods": {"construct_event": "free -> stripe.Event"}},
    "stripe.StripeClient": {
        "methods": {"construct_event": "free -> stripe.Event", "raw_request": "network", "raw_request_async": "async"},
        "attrs": {"v1": "free"},
    },
}
INSTEAD = {
    "stripe.": "asyncio.to_thread",
    **{
        f"stripe.{resource}.{name}": f"stripe.{resource}.{name}_async"
        for resource, names in _RESOURCES.items()
        for name in names.split()
    },
}
# Callable on the class and on an object: a descriptor picks the coroutine function.
AWAITABLE = {
    f"stripe.{resource}.{name}_async": "a descriptor that picks the coroutine function for class or object"
    for resource, names in _RESOURCES.items()
    for name in names.split()
    if name not in ("create", "retrieve", "list", "modify", "search", "create_preview")
}
