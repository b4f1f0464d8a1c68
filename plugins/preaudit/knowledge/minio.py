"""MinIO: every operation is a request; a presigned URL may ask for the region of the bucket first."""

from __future__ import annotations

DISTRIBUTION = "minio"

CANONICAL = {"minio.api.Minio": "minio.Minio"}
CLASSES = {
    "minio.Minio": {
        "default": "network",
        "methods": dict.fromkeys(
            ("set_app_info", "trace_on", "trace_off", "enable_accelerate_endpoint", "disable_accelerate_endpoint"),
            "free",
        ),
    },
    "minio.datatypes.Object": {},
}
INSTEAD = {"minio.": "asyncio.to_thread"}
