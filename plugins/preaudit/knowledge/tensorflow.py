"""TensorFlow: Keras models predict and train, files load and save."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "tensorflow"

CANONICAL = {"tensorflow.keras.models.Model": "tensorflow.keras.Model"}
CLASSES = {
    "tensorflow.keras.Model": {
        "methods": {
            **each("cpu", "predict predict_on_batch fit evaluate train_on_batch test_on_batch"),
            **each("file", "save save_weights load_weights"),
            **each("free", "compile summary"),
        },
        "call": "cpu",
    },
    "tensorflow.keras.Sequential": {"bases": ("tensorflow.keras.Model",), "methods": {"add": "free"}},
}
FUNCTIONS = {
    "tensorflow.keras.models.load_model": "file -> tensorflow.keras.Model",
    "tensorflow.saved_model.load": "file",
    "tensorflow.io.read_file": "file",
    **each("cpu", "tensorflow.image.resize tensorflow.image.decode_image tensorflow.image.decode_jpeg"),
    "tensorflow.io.gfile.exists": "metadata -> bool",
    **each("free", "tensorflow.constant tensorflow.convert_to_tensor tensorflow.expand_dims"),
}
INSTEAD = {"tensorflow.": "asyncio.to_thread"}
