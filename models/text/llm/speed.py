"""The bar of text.generate: how long one waits for the first token once the model is loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from core import samples
from core.contracts import Context, Evidence
from core.language import N_
from core.lifecycle.bootstrap import LEVEL, RESAMPLES

TURNS = 12  # at most
_ANSWER_TOKENS = 16  # of each of the model's turns
_CHARACTERS = 240  # of the paragraph that a prompt quotes: a question with what it is about, some 80 tokens


def first_token(context: Context) -> Evidence:
    """Seconds from asking to the first token: the median over the turns of a conversation about the handbook, a section a turn.

    The baseline is the same conversation and weights through plain transformers (`generate`, float32), asked in turn with
    ours, so that a busy machine slows both alike. It reads the whole conversation at every turn; ours keeps what it has read.
    """
    from models.text import llm

    item = llm.entry(llm.DEFAULT)
    ours: list[float] = []
    theirs: list[float] = []
    turns: list[llm.Turn] = []
    with plain(llm.DEFAULT) as other:
        llm.complete(llm.DEFAULT, [("user", "Hello")], llm.Sampling(max_tokens=1), context)  # loads the model
        for index, prompt in enumerate(asked := prompts()):
            context.check()
            context.progress(index / len(asked), N_("turn {done} of {total}"), done=index + 1, total=len(asked))
            turns.append(("user", prompt))
            started = time.perf_counter()
            writing = llm.stream(llm.DEFAULT, turns, llm.Sampling(max_tokens=_ANSWER_TOKENS, temperature=0), context)
            answer = next(writing, "")
            ours.append(time.perf_counter() - started)
            answer += "".join(writing)
            theirs.append(other(turns, 1)[0])
            turns.append(("assistant", answer))
    return Evidence(
        metric=N_("time to first token"), score=float(np.median(ours)), interval=_interval(np.array(ours)),
        baseline=float(np.median(theirs)), baseline_name=N_("the same weights through transformers"), rows=len(ours),
        answered_by=item.title, license=item.licence, data="handbook_en",
    )  # fmt: skip


@contextmanager
def plain(name: str) -> Iterator[Callable[[Sequence[tuple[str, str]], int], tuple[float, int]]]:
    """The weights `name` through transformers as anybody would write it, with as many threads as ours.

    What it gives answers `(turns, most tokens)` and returns the seconds that took and the tokens that were written.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from core import weights
    from models.text import llm
    from models.text.llm import convert, llama

    folder = convert.as_transformer(name, weights.locate(name), llm.gguf_file(llm.entry(name)))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def ask(turns: Sequence[tuple[str, str]], most: int) -> tuple[float, int]:
        started = time.perf_counter()
        given = tokenizer.apply_chat_template(
            [{"role": role, "content": text} for role, text in turns],
            add_generation_prompt=True, return_tensors="pt", return_dict=True,
        )  # fmt: skip
        with torch.inference_mode():
            answer = model.generate(**given, max_new_tokens=most, do_sample=False)
        return time.perf_counter() - started, int(answer.shape[1] - given["input_ids"].shape[1])

    before = torch.get_num_threads()
    torch.set_num_threads(llama.threads_to_use())
    try:
        ask([("user", "Hello")], 1)  # the first call is slower
        yield ask
    finally:
        torch.set_num_threads(before)


def prompts() -> list[str]:
    """A question about each section of the handbook, with the beginning of the section."""
    document = samples.documents("handbook_en").items[0]
    pairs = zip(document.blocks, document.blocks[1:], strict=False)
    return [
        f"Say in one sentence what this is about: {heading.text}. {body.text[:_CHARACTERS]}"
        for heading, body in pairs if heading.kind == "heading" and body.kind == "paragraph"
    ][:TURNS]  # fmt: skip


def _interval(values: np.ndarray) -> tuple[float, float]:
    drawn = np.random.default_rng(0).choice(values, (RESAMPLES, len(values)))
    low, high = np.quantile(np.median(drawn, axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
