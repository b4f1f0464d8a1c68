"""torchvision: models are torch modules, transforms compute."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "torchvision"

_MODELS = "resnet18 resnet50 mobilenet_v2 mobilenet_v3_small vgg16 densenet121 efficientnet_b0"
CLASSES = {
    "torchvision.transforms.Compose": {"call": "cpu"},
    **{
        f"torchvision.transforms.{name}": {"bases": ("torch.nn.Module",)}
        for name in ("Resize", "CenterCrop", "Normalize", "RandomCrop", "ColorJitter")
    },
    "torchvision.transforms.ToTensor": {"call": "cpu -> torch.Tensor"},
}
FUNCTIONS = {
    # With weights= they are downloaded on the first use.
    **{f"torchvision.models.{name}": "cpu -> torch.nn.Module" for name in _MODELS.split()},
    "torchvision.io.read_image": "file -> torch.Tensor",
    "torchvision.utils.save_image": "file",
    **each("cpu", "torchvision.transforms.functional.resize torchvision.transforms.functional.to_tensor"),
}
INSTEAD = {"torchvision.": "asyncio.to_thread"}
