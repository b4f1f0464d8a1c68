"""ONNX Runtime: a session loads and optimises the model, run() is inference."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "onnxruntime"

CLASSES = {
    "onnxruntime.InferenceSession": {
        "init": "cpu",
        "methods": {
            "run": "cpu -> list",
            **each("cpu", "run_with_iobinding run_with_ort_values"),
            "run_async": "free",
            **each("free", "get_inputs get_outputs get_providers get_modelmeta set_providers io_binding"),
        },
    },
    "onnxruntime.SessionOptions": {},
}
FUNCTIONS = {"onnxruntime.get_available_providers": "free -> list"}
INSTEAD = {"onnxruntime.": "asyncio.to_thread"}
