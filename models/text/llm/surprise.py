"""How surprising a text is to a language model: log-likelihood of each token, perplexity, bits per byte.

Long texts are read in overlapping windows: every token is judged with at least half a window before it (strided windows, as in
the documentation of transformers, "Perplexity of fixed-length models").
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.contracts import Context, InputError, Message
from core.language import N_

WINDOW = 1024  # tokens
MOST_TOKENS = 8192  # of a text that are judged; about a minute on two cores
_CHARACTERS = 8 * MOST_TOKENS  # a longer text is cut before it is tokenized
_AT_ONCE = 128  # tokens between two looks at `context`


@dataclass(frozen=True)
class Perplexity:
    """`log_likelihoods` (natural logarithm) of the tokens that have something before them, `spans` their characters in the text.

    Characters of one token stand in one span; several tokens of one character share its span. `bits_per_byte` counts those
    tokens' bits over the bytes (UTF-8) of what they stand for, so models with different tokenizers can be compared.
    """

    log_likelihoods: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    perplexity: float
    bits_per_byte: float
    tokens: int
    notices: tuple[Message, ...] = ()


def judge(model: Any, text: str, context: Context) -> Perplexity:
    """Measures `text` with a `Transformer`. The first token of a text is not judged unless the model knows a beginning mark."""
    cut = text[:_CHARACTERS]
    encoded = model.tokenizer(cut, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True)
    beginning = model.beginning()
    ids = [*beginning, *encoded["input_ids"]][:MOST_TOKENS]
    spans = [(0, 0)] * len(beginning) + [(int(a), int(b)) for a, b in encoded["offset_mapping"]]
    if len(ids) < 2:
        raise InputError(N_("The text is too short to judge: give at least a few words."))
    found = [value for values in _likelihoods(model, ids, context) for value in values]
    judged = spans[1 : len(ids)]
    total = math.fsum(found)
    size = len(cut[judged[0][0] : judged[-1][1]].encode("utf-8"))
    was_cut = len(cut) < len(text) or len(ids) < len(spans)
    sentence = N_("The text is long: its first {count} tokens were judged.")
    return Perplexity(
        tuple(found), tuple(judged), math.exp(min(-total / len(found), 700.0)), -total / math.log(2) / max(size, 1), len(found),
        (Message(sentence, {"count": len(ids)}),) if was_cut else (),
    )  # fmt: skip


def _likelihoods(model: Any, ids: list[int], context: Context) -> Iterator[list[float]]:
    """The log-likelihoods of ids[1:], a few at a time: each window begins half a window before the first token that it judges."""
    import torch

    window = min(WINDOW, model.context)
    done = 1  # tokens judged, or not to be judged
    while done < len(ids):
        start = max(0, done - window // 2)
        end = min(len(ids), start + window)
        cache = None
        for first in range(start, end, _AT_ONCE):
            context.check()
            last = min(first + _AT_ONCE, end)
            with torch.inference_mode():
                answer = model.model(
                    input_ids=torch.tensor([ids[first:last]], device=model.model.device), past_key_values=cache, use_cache=True
                )
            cache = answer.past_key_values
            wanted = range(max(first, done - 1), min(last, end - 1))  # positions that say the token after them
            if wanted:
                rows = torch.log_softmax(answer.logits[0, wanted.start - first : wanted.stop - first].float(), -1)
                following = torch.tensor(ids[wanted.start + 1 : wanted.stop + 1], device=rows.device)
                yield rows.gather(1, following[:, None])[:, 0].tolist()
            context.progress(min(last, len(ids)) / len(ids), N_("token {done} of {total}"), done=last, total=len(ids))
        done = end
