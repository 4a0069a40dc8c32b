"""Language models in the form of transformers: from a hub, or made from GGUF weights; on a GPU in half precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import device
from models.text.llm.prompts import Fitted, Turn, as_dialogue

if TYPE_CHECKING:
    import torch

BATCH = 64  # tokens of a prompt that are read between two looks at the stop button


class Transformer:
    """One loaded model with its tokenizer. Not for two threads at a time; `core.cache.lease` sees to that."""

    engine = "PyTorch"

    def __init__(self, folder: Path, context: int, chat: bool) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=device.half_precision())
        self.model = model.to(device.torch_device()).eval()
        self.context = min(context, getattr(self.model.config, "max_position_embeddings", None) or context)
        self.chat = chat and self.tokenizer.chat_template is not None
        self._ends = _ends(self.model, self.tokenizer)

    def tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])

    def beginning(self) -> list[int]:
        """The tokens that this model wants before any text (Gemma), often none."""
        return list(self.tokenizer("")["input_ids"])

    def text(self, tokens: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(tokens))).replace("\ufffd", "")

    def count(self, turns: Sequence[Turn]) -> int:
        return len(self._of_turns(turns)) if self.chat else len(self.tokens(as_dialogue(turns)))

    def write(
        self, given: Fitted, sampling: Any, emit: Callable[[str, int], None], stopped: Callable[[], bool]
    ) -> None:  # fmt: skip
        """Calls `emit(piece, tokens so far)` as the text grows, whole characters only, until the end or until `stopped()`."""
        import torch

        prompt = self._of_turns(given.turns) if given.turns else [*self.beginning(), *given.tokens]
        dice = torch.Generator().manual_seed(sampling.seed)
        pieces, tail = _Pieces(self.tokenizer), _Tail(given.stop)
        cache, logits = None, torch.zeros(0)
        with torch.inference_mode():
            for start in range(0, len(prompt), BATCH):
                if stopped():
                    return
                logits, cache = self._step(prompt[start : start + BATCH], cache)
            for written in range(1, given.max_tokens + 1):
                token = draw(logits, sampling.temperature, sampling.top_p, dice)
                if stopped() or token in self._ends:
                    break
                piece = tail.add(pieces.add(token))
                if piece:
                    emit(piece, written)
                if tail.is_over or written == given.max_tokens:
                    break
                logits, cache = self._step([token], cache)
        if not stopped() and (rest := tail.rest()):
            emit(rest, 0)

    def close(self) -> None:
        del self.model

    def _step(self, tokens: list[int], cache: Any) -> tuple[torch.Tensor, Any]:
        """The logits after `tokens`, float32 of shape (vocabulary,), and the grown cache."""
        import torch

        ids = torch.tensor([tokens], device=self.model.device)
        answer = self.model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        return answer.logits[0, -1].float().cpu(), answer.past_key_values

    def _of_turns(self, turns: Sequence[Turn]) -> list[int]:
        messages = [{"role": role, "content": text} for role, text in turns]
        text = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False, enable_thinking=False)
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])


def draw(logits: torch.Tensor, temperature: float, top_p: float, dice: torch.Generator) -> int:
    """A token: the likeliest at temperature 0, else one of the likeliest that together have `top_p` (Holtzman et al. 2020)."""
    import torch

    if temperature <= 0:
        return int(logits.argmax())
    share, order = torch.softmax(logits / temperature, -1).sort(descending=True)
    share = share * (share.cumsum(0) - share < top_p)
    return int(order[torch.multinomial(share, 1, generator=dice)])


class _Pieces:
    """Tokens to text as they come: a piece is given out when its characters are whole.

    Decoding goes from an earlier token on, because a tokenizer may treat the first token of a text in its own way.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._from = self._given = 0

    def add(self, token: int) -> str:
        self._tokens.append(token)
        before = self._decode(self._tokens[self._from : self._given])
        now = self._decode(self._tokens[self._from :])
        if now.endswith("\ufffd") or len(now) <= len(before):
            return ""
        self._from, self._given = self._given, len(self._tokens)
        return now[len(before) :]

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


class _Tail:
    """Keeps back what may become a stop word."""

    def __init__(self, stop: tuple[str, ...]) -> None:
        self._stop, self._kept, self.is_over = stop, "", False

    def add(self, piece: str) -> str:
        self._kept += piece
        found = [place for word in self._stop if (place := self._kept.find(word)) >= 0]
        if found:
            self.is_over, given, self._kept = True, self._kept[: min(found)], ""
            return given
        length = max((n for word in self._stop for n in range(1, len(word)) if self._kept.endswith(word[:n])), default=0)
        given, self._kept = self._kept[: len(self._kept) - length], self._kept[len(self._kept) - length :]
        return given

    def rest(self) -> str:
        return self._kept


def _ends(model: Any, tokenizer: Any) -> set[int]:
    noted = getattr(model.generation_config, "eos_token_id", None)
    ends = set(noted) if isinstance(noted, (list, tuple)) else {noted}
    return {int(token) for token in (*ends, tokenizer.eos_token_id) if token is not None}
