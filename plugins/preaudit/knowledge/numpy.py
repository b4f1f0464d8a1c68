"""NumPy: files and the expensive part of linear algebra. Ordinary array operations are left free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "numpy"

CLASSES = {
    "numpy.ndarray": {
        "methods": {
            "tofile": "file",
            **each("free -> self", "reshape astype copy transpose flatten ravel squeeze"),
            "tolist": "free -> list",
            "tobytes": "free -> bytes",
            **each("free", "sum mean min max std argmax argmin any all"),
        },
        "attrs": each("free", "shape dtype size ndim T"),
    },
}
FUNCTIONS = {
    **each("file", "numpy.load numpy.save numpy.savez numpy.savez_compressed numpy.loadtxt numpy.savetxt"),
    **each("file", "numpy.genfromtxt numpy.fromfile"),
    **each(
        "cpu",
        "numpy.linalg.svd numpy.linalg.eig numpy.linalg.eigh numpy.linalg.inv numpy.linalg.pinv numpy.linalg.lstsq"
        " numpy.linalg.qr numpy.linalg.solve",
    ),
    **each("free -> numpy.ndarray", "numpy.array numpy.asarray numpy.zeros numpy.ones numpy.frombuffer numpy.empty"),
}
INSTEAD = {"numpy.": "asyncio.to_thread"}
