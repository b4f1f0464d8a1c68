"""PyTorch: calling a module is inference; load() and save() are files."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "torch"

CANONICAL = {"torch.nn.modules.module.Module": "torch.nn.Module", "torch.autograd.no_grad": "torch.no_grad"}
CLASSES = {
    "torch.nn.Module": {
        "methods": {
            **each("free -> self", "eval train half float requires_grad_ to cpu cuda"),
            **each("free", "parameters state_dict named_parameters children modules zero_grad"),
            "load_state_dict": "cpu",
            "forward": "cpu",
        },
        "attrs": {"training": "free -> bool"},
        "call": "cpu",
    },
    **{
        f"torch.nn.{name}": {"bases": ("torch.nn.Module",)}
        for name in ("Sequential", "Linear", "Conv2d", "LSTM", "Embedding", "Transformer")
    },
    "torch.jit.ScriptModule": {"bases": ("torch.nn.Module",), "methods": {"save": "file"}},
    "torch.Tensor": {
        "methods": {
            **each("free -> self", "to cpu cuda float half unsqueeze squeeze view reshape detach permute"),
            **each("free", "numpy item tolist size dim"),
            "backward": "cpu",
        },
        "attrs": each("free", "shape dtype device grad"),
    },
    "torch.no_grad": {},
    "torch.inference_mode": {},
    "torch.device": {},
    "torch.utils.data.DataLoader": {"iter_effect": "cpu"},
}
FUNCTIONS = {
    "torch.load": "file",
    "torch.save": "file",
    "torch.jit.load": "file -> torch.jit.ScriptModule",
    "torch.jit.trace": "cpu",
    "torch.hub.load": "network",
    "torch.hub.download_url_to_file": "network",
    **each("free -> torch.Tensor", "torch.tensor torch.from_numpy torch.zeros torch.ones torch.stack torch.cat"),
    **each("free", "torch.manual_seed torch.set_num_threads torch.cuda.is_available torch.cuda.empty_cache"),
    "torch.cuda.synchronize": "wait",
}
INSTEAD = {"torch.": "asyncio.to_thread"}
