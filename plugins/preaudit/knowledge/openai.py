"""OpenAI (1.0 and newer): every create(), list() and the like is a request; the async client returns coroutines."""

from __future__ import annotations

from preaudit.knowledge._ai_clients import tree
from preaudit.knowledge._each import each

DISTRIBUTION = "openai"

_CRUD = each("network", "create retrieve list delete")
CLASSES = tree(
    "openai",
    "OpenAI",
    {
        "": (
            {
                "chat": "chat.chat.Chat",
                "completions": "completions.Completions",
                "embeddings": "embeddings.Embeddings",
                "images": "images.Images",
                "audio": "audio.audio.Audio",
                "files": "files.Files",
                "models": "models.Models",
                "moderations": "moderations.Moderations",
                "responses": "responses.responses.Responses",
                "fine_tuning": "fine_tuning.fine_tuning.FineTuning",
                "beta": "beta.beta.Beta",
            },
            {},
        ),
        "chat.chat.Chat": ({"completions": "chat.completions.completions.Completions"}, {}),
        "chat.completions.completions.Completions": ({}, each("network", "create parse retrieve list")),
        "completions.Completions": ({}, {"create": "network"}),
        "embeddings.Embeddings": ({}, {"create": "network"}),
        "images.Images": ({}, each("network", "generate edit create_variation")),
        "audio.audio.Audio": (
            {
                "transcriptions": "audio.transcriptions.Transcriptions",
                "translations": "audio.translations.Translations",
                "speech": "audio.speech.Speech",
            },
            {},
        ),
        "audio.transcriptions.Transcriptions": ({}, {"create": "network"}),
        "audio.translations.Translations": ({}, {"create": "network"}),
        "audio.speech.Speech": ({}, {"create": "network"}),
        "files.Files": ({}, {**_CRUD, "content": "network", "wait_for_processing": "network"}),
        "models.Models": ({}, each("network", "retrieve list delete")),
        "moderations.Moderations": ({}, {"create": "network"}),
        "responses.responses.Responses": ({}, each("network", "create parse retrieve delete cancel")),
        "fine_tuning.fine_tuning.FineTuning": ({"jobs": "fine_tuning.jobs.jobs.Jobs"}, {}),
        "fine_tuning.jobs.jobs.Jobs": ({}, each("network", "create retrieve list cancel")),
        "beta.beta.Beta": ({"assistants": "beta.assistants.Assistants", "threads": "beta.threads.threads.Threads"}, {}),
        "beta.assistants.Assistants": ({}, each("network", "create retrieve list delete update")),
        "beta.threads.threads.Threads": ({}, each("network", "create retrieve delete update create_and_run")),
    },
)
CLASSES["openai.AzureOpenAI"] = {"bases": ("openai.OpenAI",)}
CLASSES["openai.AsyncAzureOpenAI"] = {"bases": ("openai.AsyncOpenAI",)}
CANONICAL = {
    "openai.Client": "openai.OpenAI",
    "openai.AsyncClient": "openai.AsyncOpenAI",
}
INSTEAD = {"openai.": "openai.AsyncOpenAI", "openai.AzureOpenAI": "openai.AsyncAzureOpenAI"}
TIMEOUTS = {"openai.OpenAI": ("timeout", None, 600), "openai.AsyncOpenAI": ("timeout", None, 600)}
_PAGES = "returns a paginator, to await or to iterate"
AWAITABLE = {
    f"openai.resources.{name}.list": _PAGES
    for name in (
        "chat.completions.completions.AsyncCompletions", "files.AsyncFiles", "models.AsyncModels",
        "fine_tuning.jobs.jobs.AsyncJobs", "beta.assistants.AsyncAssistants",
    )
}  # fmt: skip
UNCHECKED = {f"{name}(timeout)": "the default is a marker for DEFAULT_TIMEOUT, 600 seconds" for name in TIMEOUTS}
