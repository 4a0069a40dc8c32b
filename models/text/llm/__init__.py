"""Language models that write: they continue a text or answer in a chat, and say how surprising a text is to them.

Which there are stands in `core/weights.toml` (entries with `language_model`). GGUF weights go through llama.cpp on a processor
and through PyTorch on a GPU; weights in the form of transformers always go through PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from core import device, weights
from core.cache import lease
from core.contracts import Context, InputError, NotFoundError
from core.language import N_
from models.text.llm import convert, surprise
from models.text.llm.llama import Llama, is_installed
from models.text.llm.prompts import Turn, checked, clean
from models.text.llm.surprise import Perplexity
from models.text.llm.transformer import Transformer
from models.text.llm.writing import Writing

__all__ = ["DEFAULT", "Perplexity", "Sampling", "Turn", "Writing", "choices", "complete", "is_ready", "perplexity", "stream"]

DEFAULT = "smollm2-135m"
TURN_SECONDS = 60.0  # whoever has waited so long for a model that others use is told that it is busy
CONVERSION_SECONDS = 600.0  # the same for perplexity, whose first use converts the weights


@dataclass(frozen=True)
class Sampling:
    """How words are drawn: `temperature` 0 always takes the likeliest; `stop` words end the text and are not part of it.

    The same seed gives the same text with the same weights on the same machine.
    """

    temperature: float = 0.7
    top_p: float = 0.95
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    seed: int = 0


def stream(
    name: str, prompt: str | Sequence[Turn], sampling: Sampling, context: Context | None = None, *, pulse: bool = False
) -> Writing:
    """The answer, piece by piece: a string is continued, turns are answered. Closing the iterator stops the model.

    The model is free within two seconds after `close()` or after `context.check()` has raised. What did not fit into the model's
    context is said in `.notices`; `.tokens`, `.seconds` and `.first_token_seconds` grow while the text does. `pulse` gives an
    empty piece every half second while there is nothing new.

    Raises `InputError` for an empty prompt, `NotFoundError` for a name that is no language model, `UnavailableError` when its
    weights cannot be had, `BusyError` (while iterating) when others use the model for too long.
    """
    item, given, context = entry(name), checked(prompt), context or Context()
    weights.locate(name, context)
    return Writing(lambda: _leased(item), given, sampling, context, pulse)


def complete(name: str, prompt: str | Sequence[Turn], sampling: Sampling, context: Context | None = None) -> str:
    """The whole answer at once; otherwise as `stream`."""
    return "".join(stream(name, prompt, sampling, context))


def perplexity(name: str, text: str, context: Context | None = None) -> Perplexity:
    """How surprising `text` is to the model `name`. GGUF weights are converted once for this, which takes about a minute.

    Raises as `stream`, and `InputError` for a text of fewer than two tokens.
    """
    item, context = entry(name), context or Context()
    if not clean(text).strip():
        raise InputError(N_("There is no text to judge: give one."))
    weights.locate(name, context)
    context.progress(0.0, N_("Loading the model {name}"), name=item.title)
    with lease(("judge", name), lambda: _transformer(item), timeout=CONVERSION_SECONDS) as model:
        return surprise.judge(model, clean(text), context)


def choices() -> dict[str, str]:
    """All language models of the manifest: name to title."""
    return {name: item.title for name, item in weights.catalogue().items() if item.language_model}


def is_ready(name: str) -> bool:
    """Whether the model can answer now, without fetching anything or accepting a licence."""
    return weights.status(name).state == "present"


def entry(name: str) -> weights.Entry:
    """The manifest's entry of a language model; the error lists the choices."""
    item = weights.catalogue().get(name)
    if item is None or item.language_model is None:
        raise NotFoundError(
            N_("There is no language model called {name}. Choose one of: {choices}."), name=name, choices=", ".join(choices())
        )
    return item


def _leased(item: weights.Entry) -> AbstractContextManager[Any]:
    return lease(("writer", item.name), lambda: load(item.name), timeout=TURN_SECONDS)


def load(name: str) -> Llama | Transformer:
    """Loads the model by the best route of this machine. Use `stream`; this is for measuring."""
    item = entry(name)
    assert item.language_model is not None
    file = gguf_file(item)
    if file and is_installed() and device.best() == "cpu":
        return Llama(weights.locate(name) / file, item.language_model.context, item.language_model.chat)
    return _transformer(item)


def gguf_file(item: weights.Entry) -> str:
    """The GGUF file among the weights, or "" where they have the form of transformers."""
    return next((file.path for file in item.files if file.path.endswith(".gguf")), "")


def _transformer(item: weights.Entry) -> Transformer:
    assert item.language_model is not None
    folder, file = weights.locate(item.name), gguf_file(item)
    whole = convert.as_transformer(item.name, folder, file) if file else folder
    return Transformer(whole, item.language_model.context, item.language_model.chat)
