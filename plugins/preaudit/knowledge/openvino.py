"""OpenVINO: reading and compiling a model, and inference."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "openvino"

CLASSES = {
    "openvino.Core": {
        "methods": {
            "read_model": "file -> openvino.Model",
            "compile_model": "cpu -> openvino.CompiledModel",
            **each("free", "set_property get_property get_versions add_extension"),
        },
        "attrs": {"available_devices": "free -> list"},
    },
    "openvino.Model": {"methods": {"reshape": "free"}, "attrs": each("free", "inputs outputs")},
    "openvino.CompiledModel": {
        "methods": {
            "create_infer_request": "free -> openvino.InferRequest",
            "infer_new_request": "cpu",
            **each("free", "input output"),
        },
        "attrs": each("free", "inputs outputs"),
        "call": "cpu",
    },
    "openvino.InferRequest": {
        "methods": {
            "infer": "cpu",
            "start_async": "free",
            "wait": "wait",
            **each("free", "get_output_tensor get_input_tensor set_input_tensor get_tensor"),
        },
        "attrs": {"results": "free"},
    },
    "openvino.AsyncInferQueue": {"methods": {"start_async": "free", "wait_all": "wait", "set_callback": "free"}},
}
CANONICAL = {"openvino.runtime.Core": "openvino.Core"}
FUNCTIONS = {
    "openvino.compile_model": "cpu -> openvino.CompiledModel",
    "openvino.convert_model": "cpu -> openvino.Model",
}
INSTEAD = {"openvino.": "asyncio.to_thread"}
UNCHECKED = {
    "openvino.runtime.Core": "the module that openvino had up to 2025",
    **{
        f"openvino.Model.{name}": "handed on to the C++ object by __getattr__"
        for name in ("reshape", "inputs", "outputs")
    },
}
