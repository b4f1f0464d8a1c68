"""pydantic-settings: BaseSettings reads the environment and `.env` once, in its constructor."""

from __future__ import annotations

DISTRIBUTION = "pydantic-settings"

CLASSES = {
    "pydantic_settings.BaseSettings": {
        "bases": ("pydantic.BaseModel",),
        "methods": {"settings_customise_sources": "free"},
    },
}
CANONICAL = {"pydantic_settings.main.BaseSettings": "pydantic_settings.BaseSettings"}
FUNCTIONS = {"pydantic_settings.SettingsConfigDict": "free -> dict"}
