"""Cloudinary: uploads and the admin API; building URLs is free. Requests have no timeout of their own."""

from __future__ import annotations

DISTRIBUTION = "cloudinary"

_UPLOADER = (
    "upload upload_large upload_image upload_resource unsigned_upload destroy rename explicit add_tag remove_tag"
    " replace_tag remove_all_tags add_context text multi generate_sprite explode"
)
_API = (
    "resource resources resources_by_tag resources_by_ids delete_resources delete_resources_by_prefix update usage ping"
    " create_folder delete_folder root_folders subfolders tags transformations upload_presets create_upload_preset"
)
CLASSES = {
    "cloudinary.Config": {},
    "cloudinary.CloudinaryImage": {
        "methods": {"build_url": "free -> str", "image": "free -> str"},
        "attrs": {"public_id": "free -> str"},
    },
    "cloudinary.search.Search": {
        "methods": {
            **dict.fromkeys(("expression", "max_results", "next_cursor", "sort_by", "aggregate"), "lazy -> self"),
            "execute": "network -> dict",
        },
    },
}
CANONICAL = {"cloudinary.Search": "cloudinary.search.Search"}
FUNCTIONS = {
    **{f"cloudinary.uploader.{name}": "network -> dict" for name in _UPLOADER.split()},
    **{f"cloudinary.api.{name}": "network" for name in _API.split()},
    "cloudinary.config": "free -> cloudinary.Config",
    "cloudinary.utils.cloudinary_url": "free -> tuple",
    "cloudinary.utils.api_sign_request": "free -> str",
    "cloudinary.utils.private_download_url": "free -> str",
}
INSTEAD = {"cloudinary.": "asyncio.to_thread"}
TIMEOUTS = {name: ("timeout", None, None) for name, spec in FUNCTIONS.items() if spec.startswith("network")}
UNCHECKED = {
    f"{name}(timeout)": "an option in **options, handed to urllib3; None if it is not given" for name in TIMEOUTS
}
