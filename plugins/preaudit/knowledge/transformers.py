"""transformers: from_pretrained() downloads, generate() and pipelines compute."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "transformers"

_AUTO_MODELS = (
    "AutoModel AutoModelForCausalLM AutoModelForSequenceClassification AutoModelForSeq2SeqLM"
    " AutoModelForTokenClassification AutoModelForQuestionAnswering AutoModelForImageClassification"
)
CLASSES = {
    "transformers.Pipeline": {
        "methods": {**each("cpu", "predict transform forward"), "save_pretrained": "file"},
        "attrs": each("free", "model tokenizer device"),
        "call": "cpu",
    },
    "transformers.PreTrainedModel": {
        "bases": ("torch.nn.Module",),
        "methods": {"from_pretrained": "network -> self", "generate": "cpu", "save_pretrained": "file"},
        "attrs": {"config": "free"},
    },
    "transformers.PreTrainedTokenizerBase": {
        "methods": {
            "from_pretrained": "network -> self",
            "save_pretrained": "file",
            **each("free", "encode decode batch_decode tokenize apply_chat_template convert_ids_to_tokens"),
        },
        "call": "free",
    },
    **{
        f"transformers.{name}": {"methods": {"from_pretrained": "network -> transformers.PreTrainedModel"}}
        for name in _AUTO_MODELS.split()
    },
    "transformers.AutoTokenizer": {
        "methods": {"from_pretrained": "network -> transformers.PreTrainedTokenizerBase"},
    },
    "transformers.AutoConfig": {"methods": {"from_pretrained": "network"}},
    "transformers.AutoProcessor": {"methods": {"from_pretrained": "network"}},
}
FUNCTIONS = {"transformers.pipeline": "network -> transformers.Pipeline"}
INSTEAD = {"transformers.": "asyncio.to_thread"}
UNCHECKED = {"transformers.PreTrainedModel.generate": "of GenerationMixin, which the models that generate derive from"}
