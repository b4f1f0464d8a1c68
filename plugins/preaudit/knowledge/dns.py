"""dnspython: resolving asks a name server, for five seconds at most."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "dnspython"

CLASSES = {
    "dns.resolver.Resolver": {
        "init": "file",
        "methods": {
            **each("network -> dns.resolver.Answer", "resolve query resolve_address"),
            "resolve_name": "network",
        },
        "attrs": each("free", "nameservers timeout lifetime cache"),
    },
    "dns.resolver.Answer": {"attrs": each("free", "rrset response qname canonical_name")},
    "dns.asyncresolver.Resolver": {
        "init": "file",
        "methods": {**each("async -> dns.resolver.Answer", "resolve resolve_address"), "resolve_name": "async"},
    },
}
FUNCTIONS = {
    **each("network -> dns.resolver.Answer", "dns.resolver.resolve dns.resolver.query dns.resolver.resolve_address"),
    **each("async -> dns.resolver.Answer", "dns.asyncresolver.resolve dns.asyncresolver.resolve_address"),
    **each("network", "dns.query.udp dns.query.tcp dns.query.tls dns.query.https"),
    **each("async", "dns.asyncquery.udp dns.asyncquery.tcp"),
}
INSTEAD = {"dns.": "dns.asyncresolver.resolve"}
TIMEOUTS = {"dns.query.udp": ("timeout", 2, None), "dns.query.tcp": ("timeout", 2, None)}
