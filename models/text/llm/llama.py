"""GGUF weights through llama.cpp (package xllamacpp): the fastest way to write on a processor.

llama.cpp's server object is used inside this process. It insists on a local HTTP port as well; that one is closed to everybody
without a random key and is used here for counting tokens only.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core import device
from core.contracts import UnavailableError
from core.language import N_
from models.text.llm.prompts import Fitted, Turn, as_dialogue

BATCH = 32  # tokens of a prompt that are read between two looks at the stop button: a few tenths of a second on one core
MOST_THREADS = 8  # more make a small model slower
# One core is left to the page: where all cores are wanted by others too, a thread for each is ten times slower than one less,
# because they wait for each other after every layer.
SPARE_CORES = 1
_ENDPOINT_SECONDS = 30.0
_CHAT_OPTIONS = {"chat_template_kwargs": {"enable_thinking": False}}  # Qwen3 would think for a thousand tokens first


class Llama:
    """One loaded GGUF file with one slot. Not for two threads at a time; `core.cache.lease` sees to that."""

    engine = "llama.cpp"

    def __init__(self, file: Path, context: int, chat: bool, threads: int | None = None) -> None:
        self.context, self.chat = context, chat
        self._key = secrets.token_urlsafe(32)
        self._server: Any = _start(file, context, self._key, threads or threads_to_use())
        self._address = self._server.listening_address.removeprefix("http://")
        self._beginning = self._tokenize("", True)

    def tokens(self, text: str) -> list[int]:
        return self._tokenize(text, False)

    def text(self, tokens: Sequence[int]) -> str:
        return str(self._post("/detokenize", {"tokens": list(tokens)})["content"]).replace("\ufffd", "")

    def count(self, turns: Sequence[Turn]) -> int:
        if not self.chat:
            return len(self.tokens(as_dialogue(turns)))
        return int(self._post("/chat/completions/input_tokens", {"messages": _messages(turns), **_CHAT_OPTIONS})["input_tokens"])

    def write(
        self, given: Fitted, sampling: Any, emit: Callable[[str, int], None], stopped: Callable[[], bool]
    ) -> None:  # fmt: skip
        """Calls `emit(piece, tokens so far)` as the text grows, whole characters only, until the end or until `stopped()`."""
        request = {
            "stream": True, "return_progress": True, "timings_per_token": True, "cache_prompt": True, "id_slot": 0,
            "max_tokens": given.max_tokens, "temperature": sampling.temperature, "top_p": sampling.top_p,
            "top_k": 0, "min_p": 0.0, "seed": sampling.seed, "stop": list(given.stop),
        }  # fmt: skip
        problems: list[BaseException] = []

        def take(answer: dict[str, Any]) -> bool:  # an exception in here would be lost
            try:
                if "error" in answer:
                    raise _refused(answer["error"])
                piece = _piece(answer)
                if piece:
                    emit(piece, int(answer.get("timings", {}).get("predicted_n", 0)))
            except BaseException as error:
                problems.append(error)
            return bool(problems) or stopped()

        if given.turns:
            self._server.handle_chat_completions({**request, **_CHAT_OPTIONS, "messages": _messages(given.turns)}, take)
        else:
            self._server.handle_completions({**request, "prompt": [*self._beginning, *given.tokens]}, take)
        if problems:
            raise problems[0]

    def close(self) -> None:
        self._server = None  # ends its threads and frees the weights

    def _tokenize(self, text: str, special: bool) -> list[int]:
        answer = self._post("/tokenize", {"content": text, "add_special": special, "parse_special": False})
        return [int(token) for token in answer["tokens"]]

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._address, timeout=_ENDPOINT_SECONDS)
        try:
            headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise _refused(answer["error"])
        return dict(answer)


def threads_to_use() -> int:
    return max(1, min(device.cores() - SPARE_CORES, MOST_THREADS))


def is_installed() -> bool:
    """Whether llama.cpp can be used here: the package is there and finds its system libraries."""
    try:
        import xllamacpp  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def _start(file: Path, context: int, key: str, threads: int) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx, params.n_parallel, params.n_batch, params.n_ubatch = context, 1, BATCH, BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.warmup, params.fit_params, params.swa_full, params.cache_ram_mib = False, False, True, 0
    params.verbosity = -1
    params.api_keys, params.n_threads_http = [key], 1
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise UnavailableError(
            N_("The model file {file} could not be loaded. There may be too little memory: close other models and try again."),
            file=file.name,
        ) from error


def _messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in turns]


def _piece(answer: dict[str, Any]) -> str:
    choices = answer.get("choices") or [{}]
    return str(choices[0].get("text") or choices[0].get("delta", {}).get("content") or "")


def _refused(error: dict[str, Any]) -> Exception:
    if error.get("type") == "exceed_context_size_error":
        return UnavailableError(N_("The text is too long for this model. Shorten it, or choose another model."))
    return RuntimeError(f"llama.cpp refused the request: {error.get('message')}")
