"""Chat and drafting with a small language model on this very machine: answers grow word by word and can be stopped; a text can
be continued, or measured: which of its words surprise the model, and how much.

The model that comes with the set-up (SmolLM2, 135 million parameters) writes simple English. Gemma 3 270M knows many languages
and is there after its terms are accepted; Qwen3 comes from a hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Literal

from core.contracts import Bar, Capability, Chat, Context, Params, Report, Texts, parameter
from core.language import N_
from models.text import llm
from models.text.llm import speed
from models.text.llm.answers import answer_all, notices_for, turns_of
from models.text.llm.measured import measure_all


class GenerateParams(Params):
    task: Literal["chat", "continue", "perplexity"] = parameter(
        "chat", title=N_("Task"), help=N_("What to do with each text."),
        choices={"chat": N_("Answer it"), "continue": N_("Continue it"), "perplexity": N_("Measure how surprising it is")},
    )  # fmt: skip
    model: str = parameter(
        llm.DEFAULT, title=N_("Language model"), choices=llm.choices(), max_length=200,
        help=N_("SmolLM2 knows English only. Gemma knows many languages but was not taught to chat. Qwen3 comes from a hub."),
    )  # fmt: skip
    system: str = parameter(
        "", title=N_("Instruction"), max_length=4_000, when={"task": ("chat",)},
        help=N_("What the model is told about its role before the conversation, e.g. to answer in one sentence."),
    )  # fmt: skip
    temperature: float = parameter(
        0.7, ge=0, le=2, title=N_("Temperature"), when={"task": ("chat", "continue")},
        help=N_("0 always takes the likeliest word; higher is more varied and more often wrong."),
    )  # fmt: skip
    max_tokens: int = parameter(
        256, ge=1, le=2_048, title=N_("Longest answer"), unit=N_("tokens"), when={"task": ("chat", "continue")},
        help=N_("A token is about three quarters of an English word, or one Chinese character."),
    )  # fmt: skip
    top_p: float = parameter(
        0.95, gt=0, le=1, title=N_("Top-p"), advanced=True, when={"task": ("chat", "continue")},
        help=N_("Words are drawn from the likeliest ones that together have this probability."),
    )  # fmt: skip
    stop: str = parameter(
        "", title=N_("Stop words"), max_length=400, advanced=True, when={"task": ("chat", "continue")},
        help=N_("The text ends before any of these; separate them with |, and write a line break as \\n."),
    )  # fmt: skip
    seed: int = parameter(
        0, ge=0, le=2**31 - 1, title=N_("Seed"), advanced=True, when={"task": ("chat", "continue")},
        help=N_("The same seed gives the same answer on the same machine."),
    )  # fmt: skip
    # The earlier turns, ("user" or "assistant", text) each; the chat page sets it, no form field.
    history: tuple[tuple[str, str], ...] = ()


def run(given: Texts, params: GenerateParams, context: Context) -> Report:
    """Answers, continues or measures every text.

    Raises:
        InputError: there is no text, or nothing but empty ones.
        UnavailableError: the model is not on this machine, or its licence has not been accepted.
        BusyError: others use the model.
    """
    started = perf_counter()
    if params.task == "perplexity":
        return measure_all(given, params.model, context, started)
    prompts = [turns_of(text, params.system, params.history) if params.task == "chat" else text for text in given.items]
    return answer_all(given, prompts, params.model, _sampling(params), context, started)


def stream(given: Texts, params: GenerateParams, context: Context) -> Iterator[str]:
    """The answer to the last text of `given`, piece by piece; an empty piece says that the model is still reading.

    The iterator's `notices` say what the user should know of this answer.
    """
    text = given.items[-1] if given.items else ""
    prompt = text if params.task == "continue" else turns_of(text, params.system, params.history)
    writing = llm.stream(params.model, prompt, _sampling(params), context, pulse=True)
    writing.notices = notices_for([text], params.model, params.task == "chat")
    return writing


def _sampling(params: GenerateParams) -> llm.Sampling:
    stop = tuple(word.replace("\\n", "\n") for word in params.stop.split("|") if word)
    return llm.Sampling(params.temperature, params.top_p, params.max_tokens, stop, params.seed)


CAPABILITY = Capability(
    id="text.generate",
    title=N_("Chat and drafting"),
    summary=N_("A small language model answers, drafts and continues texts word by word, and measures how surprising a text is."),
    takes=(Texts,),
    returns=Report,
    params=GenerateParams,
    run=run,
    weights=tuple(llm.choices()),
    metric="time to first token",
    bars=(
        Bar(
            sample="handbook_en",
            metric=N_("time to first token"),
            value=2.0,
            lower_is_better=True,
            unit="s",
            measure=speed.first_token,
        ),
    ),
    example=(
        "Explain in two sentences what a neural network is.",
        "Write a short and friendly e-mail that moves a meeting from Monday to Tuesday.",
        "请用一句话介绍一下机器学习。",
    ),
    chat=Chat(stream=stream, placeholder=N_("Write to the model")),
)
