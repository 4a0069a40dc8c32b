"""What a language model is given: cleaned, without control marks of its own, and no longer than it can read.

A text from a user or a document is data. Marks by which chat templates part the speakers are broken up in it, so that it cannot
speak as somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.contracts import InputError, Message
from core.language import N_

Turn = tuple[str, str]  # ("system" | "user" | "assistant", text)

MOST_CHARACTERS_A_TOKEN = 16  # a longer text is cut before it is tokenized: 10 MB would take a minute
_MARGIN = 16  # tokens that a template may add between turns
_NAMES = {"system": "", "user": "User: ", "assistant": "Assistant: "}  # how a model that knows no template sees a dialogue
_MARK = re.compile(
    r"<(?=\|[^|<>\s]{1,40}\|>|/?s>|(?:start|end)_of_turn>|(?:bos|eos|pad|unk)>|/?think>|/?tool_call>)|\[(?=/?INST\])"
)


class Reader(Protocol):
    """What `fit` needs of an engine. Token lists hold ids; `tokens` reads control marks as plain text."""

    context: int
    chat: bool

    def tokens(self, text: str) -> list[int]: ...

    def text(self, tokens: Sequence[int]) -> str: ...

    def count(self, turns: Sequence[Turn]) -> int: ...


@dataclass(frozen=True)
class Fitted:
    """`tokens` to continue, or `turns` to answer; at most `max_tokens` may be written; `notices` say what was left out."""

    tokens: tuple[int, ...]
    turns: tuple[Turn, ...]
    max_tokens: int
    stop: tuple[str, ...]
    notices: tuple[Message, ...]


def clean(text: str) -> str:
    """Without lone surrogates and zero bytes, which no tokenizer takes; line breaks stay."""
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "").replace("\r\n", "\n")


def harmless(text: str) -> str:
    """`text` with its control marks broken up by a space, so that it stays one message."""
    return _MARK.sub(lambda found: found[0] + " ", text)


def checked(prompt: str | Sequence[Turn]) -> str | tuple[Turn, ...]:
    """The cleaned prompt; raises `InputError` when there is nothing to continue or to answer."""
    if isinstance(prompt, str):
        if not clean(prompt).strip():
            raise InputError(N_("There is nothing to continue: give a text."))
        return clean(prompt)
    turns = tuple((role, harmless(clean(text))) for role, text in prompt)
    turns = tuple((role, text) for role, text in turns if text.strip())
    if not turns or turns[-1][0] == "system" or any(role not in _NAMES for role, _ in turns):
        raise InputError(N_("There is nothing to answer: write a message."))
    return turns


def fit(reader: Reader, prompt: str | tuple[Turn, ...], max_tokens: int, stop: tuple[str, ...]) -> Fitted:
    """`prompt` as far as it has room beside `max_tokens` new tokens.

    A text to continue keeps its end. A conversation loses its oldest turns, never the system's; a message that is too long by
    itself loses its middle.
    """
    notices: list[Message] = []
    room_to_write = reader.context // 2
    if max_tokens > room_to_write:
        notices.append(Message(N_("This model writes at most {count} tokens at a time."), {"count": room_to_write}))
        max_tokens = room_to_write
    room = reader.context - max_tokens - _MARGIN
    if isinstance(prompt, str):
        return Fitted(_end(reader, prompt, room, notices), (), max_tokens, stop, tuple(notices))
    turns = _recent(reader, prompt, room, notices)
    if reader.chat:
        return Fitted((), turns, max_tokens, stop, tuple(notices))
    tokens = _end(reader, as_dialogue(turns), room, notices)
    return Fitted(tokens, (), max_tokens, (*stop, "\nUser:"), tuple(notices))


def as_dialogue(turns: Sequence[Turn]) -> str:
    """Turns as plain text for a model without a chat template; it continues after the last line."""
    return "\n".join(f"{_NAMES[role]}{text.strip()}" for role, text in turns) + "\nAssistant:"


def _end(reader: Reader, text: str, room: int, notices: list[Message]) -> tuple[int, ...]:
    tokens = reader.tokens(text[-room * MOST_CHARACTERS_A_TOKEN :])
    if len(tokens) > room or len(text) > room * MOST_CHARACTERS_A_TOKEN:
        notices.append(Message(N_("The text is long: the model read its last {count} tokens only."), {"count": room}))
    return tuple(tokens[-room:])


def _recent(reader: Reader, turns: tuple[Turn, ...], room: int, notices: list[Message]) -> tuple[Turn, ...]:
    kept = [(role, _without_middle(text, room * MOST_CHARACTERS_A_TOKEN)) for role, text in turns]
    cut = tuple(kept) != turns
    first = 1 if kept[0][0] == "system" else 0
    dropped = 0
    while len(kept) > first + 1 and reader.count(kept) > room:
        del kept[first]
        dropped += 1
        while len(kept) > first + 1 and kept[first][0] == "assistant":  # an answer without its question says nothing
            del kept[first]
            dropped += 1
    if dropped:
        sentence = N_("The conversation is long: the model did not see its oldest {count} messages any more.")
        notices.append(Message(sentence, {"count": dropped}))
    for index in (len(kept) - 1, *range(first)):
        excess = reader.count(kept) - room
        if excess > 0:
            role, text = kept[index]
            tokens = reader.tokens(text)
            half = max(0, len(tokens) - excess - _MARGIN) // 2
            kept[index] = (role, f"{reader.text(tokens[:half])}\n…\n{reader.text(tokens[len(tokens) - half :])}")
            cut = True
    if cut:
        notices.append(Message(N_("The message is too long for this model: it did not see the middle of it.")))
    return tuple(kept)


def _without_middle(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters // 2]}\n…\n{text[-(characters // 2) :]}"
