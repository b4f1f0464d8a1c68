"""geopy: geocode() and reverse() are requests; distances are free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "geopy"

_GEOCODERS = (
    "Nominatim GoogleV3 ArcGIS Bing Photon OpenCage MapBox Here HereV7 TomTom Pelias AzureMaps GeoNames MapQuest Yandex"
)
_CALLS = each("network -> geopy.location.Location", "geocode reverse")
CLASSES = {
    "geopy.geocoders.base.Geocoder": {"attrs": each("free", "timeout headers scheme")},
    **{
        f"geopy.geocoders.{name}": {"bases": ("geopy.geocoders.base.Geocoder",), "methods": _CALLS}
        for name in _GEOCODERS.split()
    },
    "geopy.location.Location": {
        "attrs": {"address": "free -> str", **each("free", "latitude longitude altitude point raw")},
    },
    "geopy.point.Point": {"attrs": each("free", "latitude longitude altitude")},
    # Sleeps between two calls of the geocoder that it wraps.
    "geopy.extra.rate_limiter.RateLimiter": {"call": "network"},
    "geopy.extra.rate_limiter.AsyncRateLimiter": {"call": "async"},
    "geopy.distance.geodesic": {"attrs": each("free", "km kilometers miles meters")},
    "geopy.distance.great_circle": {"attrs": each("free", "km kilometers miles meters")},
}
CANONICAL = {
    "geopy.Nominatim": "geopy.geocoders.Nominatim",
    "geopy.Point": "geopy.point.Point",
    "geopy.Location": "geopy.location.Location",
    "geopy.distance.distance": "geopy.distance.geodesic",
    "geopy.geocoders.nominatim.Nominatim": "geopy.geocoders.Nominatim",
}
FUNCTIONS = {"geopy.geocoders.get_geocoder_for_service": "free -> type[geopy.geocoders.base.Geocoder]"}
INSTEAD = {"geopy.": "geopy.adapters.AioHTTPAdapter"}
TIMEOUTS = {f"geopy.geocoders.{name}": ("timeout", None, 1) for name in _GEOCODERS.split()}
UNCHECKED = {
    f"{name}(timeout)": "the default is a marker for geopy.geocoders.options.default_timeout, 1" for name in TIMEOUTS
}
