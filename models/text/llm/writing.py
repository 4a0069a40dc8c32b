"""A text that is being written: an iterator over its pieces that can be stopped at any moment.

The model works in a thread of its own, which has it on lease only while it writes. So whoever waits can be heard
(`context.check`, a closed page), and a page that reads slowly does not keep others from the model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from typing import Any

from core.contracts import Context, Message
from core.language import N_
from models.text.llm.prompts import Fitted, Turn, fit

POLL_SECONDS = 0.1
PULSE_SECONDS = 0.4
STOP_SECONDS = 2.0  # so long closing waits for the model to be free
NO_CHARACTER = "\ufffd"  # stands for bytes that are no character: a model can draw half of one and then something else
_END = object()


class Writing(Iterator[str]):
    """Pieces of text; while they come, `notices`, `tokens`, and `first_token_seconds` and `seconds` since the model was ready.

    With `pulse`, an empty piece comes every half second while there is nothing new, so that a page can notice its stop button.
    """

    def __init__(
        self, leased: Callable[[], AbstractContextManager[Any]], prompt: str | tuple[Turn, ...], sampling: Any,
        context: Context, pulse: bool,
    ) -> None:  # fmt: skip
        self.notices: tuple[Message, ...] = ()
        self.engine, self.tokens, self.seconds = "", 0, 0.0
        self.first_token_seconds: float | None = None
        self._context, self._pulse = context, pulse
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._stop, self._over = threading.Event(), False
        self._thread = threading.Thread(target=_work, args=(self._queue, self._stop, leased, prompt, sampling), daemon=True)
        self._thread.start()

    def __next__(self) -> str:
        quiet_since = time.monotonic()
        while not self._over:
            try:
                self._context.check()
                item = self._queue.get(timeout=POLL_SECONDS)
            except Empty:
                if self._pulse and time.monotonic() - quiet_since > PULSE_SECONDS:
                    return ""
                continue
            except BaseException:
                self.close()
                raise
            if isinstance(item, str):
                return item
            self._note(item)
        raise StopIteration

    @property
    def facts(self) -> tuple[Message, ...]:
        """How fast it went, for the line below the answer; nothing before the first token."""
        if self.first_token_seconds is None or self.tokens < 1:
            return ()
        writing = max(self.seconds - self.first_token_seconds, 1e-6)
        values: dict[str, object] = {
            "tokens": self.tokens, "first": f"{self.first_token_seconds:.2f}", "speed": f"{(self.tokens - 1) / writing:.0f}",
        }  # fmt: skip
        if self.tokens == 1:
            return (Message(N_("First token after {first} s."), values),)
        return (Message(N_("Tokens: {tokens}. First token after {first} s, then {speed} tokens/s."), values),)

    def close(self) -> None:
        """Stops the model and waits until it is free (at most `STOP_SECONDS`)."""
        self._over = True
        self._stop.set()
        self._thread.join(STOP_SECONDS)

    def __del__(self) -> None:
        self._stop.set()

    def _note(self, item: Any) -> None:
        if item is _END:
            self._over = True
        elif isinstance(item, BaseException):
            self._over = True
            raise item
        else:
            self.notices += item.pop("notices", ())
            for name, value in item.items():
                setattr(self, name, value)


def _work(
    queue: SimpleQueue[Any], stop: threading.Event, leased: Callable[[], AbstractContextManager[Any]],
    prompt: str | tuple[Turn, ...], sampling: Any,
) -> None:  # fmt: skip
    try:
        if not stop.is_set():
            with leased() as model:
                if not stop.is_set():
                    _write(model, prompt, sampling, queue, stop)
    except BaseException as error:
        queue.put(error)
    queue.put(_END)


def _write(
    model: Any, prompt: str | tuple[Turn, ...], sampling: Any, queue: SimpleQueue[Any], stop: threading.Event
) -> None:  # fmt: skip
    started = time.perf_counter()
    given: Fitted = fit(model, prompt, sampling.max_tokens, sampling.stop)
    queue.put({"notices": given.notices, "engine": model.engine})
    first = True

    def emit(piece: str, tokens: int) -> None:
        nonlocal first
        piece = piece.replace(NO_CHARACTER, "")
        now = time.perf_counter() - started
        if first:
            queue.put({"first_token_seconds": now})
            first = False
        queue.put({"tokens": tokens, "seconds": now} if tokens else {"seconds": now})
        if piece:
            queue.put(piece)

    model.write(given, sampling, emit, stop.is_set)
