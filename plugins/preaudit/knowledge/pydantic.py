"""pydantic: models, no I/O."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pydantic"

CANONICAL = {
    "pydantic.main.BaseModel": "pydantic.BaseModel",
    "pydantic.types.SecretStr": "pydantic.SecretStr",
}
CLASSES = {
    "pydantic.BaseModel": {
        "methods": {
            **each("free -> dict", "model_dump dict model_json_schema"),
            **each("free -> str", "model_dump_json json"),
            **each("free -> self", "model_validate model_validate_json model_copy model_construct parse_obj copy"),
            **each("free", "parse_raw construct from_orm model_rebuild validate"),
            "parse_file": "file -> self",
        },
        "attrs": each("free", "model_fields model_config model_fields_set model_extra"),
    },
    "pydantic.RootModel": {"bases": ("pydantic.BaseModel",)},
    "pydantic.TypeAdapter": {
        "methods": each("free", "validate_python validate_json dump_python dump_json json_schema"),
    },
    "pydantic.SecretStr": {"methods": {"get_secret_value": "free -> str"}},
    "pydantic.SecretBytes": {"methods": {"get_secret_value": "free -> bytes"}},
}
FUNCTIONS = each(
    "free",
    "pydantic.Field pydantic.field_validator pydantic.model_validator pydantic.validator pydantic.root_validator"
    " pydantic.computed_field pydantic.PrivateAttr pydantic.create_model pydantic.validate_call",
)
