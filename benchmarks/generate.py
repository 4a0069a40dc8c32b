"""Writing through llama.cpp against plain transformers on the same weights: `python -m benchmarks.generate [TOKENS]`.

Both get the same prompts in turn and as many threads, so that a busy machine slows them alike. transformers computes in
float32 on the dequantized weights. Memory is the growth of a process of its own that loads the model and writes one answer.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np

from models.text import llm
from models.text.llm import speed

TOKENS = 48  # written for each prompt
PROMPTS = 6
FIRST_TOKEN_BAR = 2.0  # seconds

_OURS = f"list(llm.stream('{llm.DEFAULT}', [('user', 'Hello')], llm.Sampling(max_tokens=8)))"
_THEIRS = f"with speed.plain('{llm.DEFAULT}') as ask: ask([('user', 'Hello')], 8)"
_MEMORY = """
import psutil
{imports}
from models.text import llm
from models.text.llm import speed
before = psutil.Process().memory_info().rss
{work}
print((psutil.Process().memory_info().rss - before) / 2**20)
"""


def measure(tokens: int = TOKENS) -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`; a ratio above 1 is in our favour."""
    ours: list[tuple[float, float]] = []  # seconds to the first token, tokens a second after it
    theirs: list[tuple[float, float]] = []
    llm.complete(llm.DEFAULT, [("user", "Hello")], llm.Sampling(max_tokens=1))
    with speed.plain(llm.DEFAULT) as ask:
        for prompt in speed.prompts()[:PROMPTS]:
            ours.append(_write(prompt, tokens))
            first, _ = ask([("user", prompt)], 1)
            whole, written = ask([("user", prompt)], tokens)
            theirs.append((first, (written - 1) / max(whole - first, 1e-9)))
    (our_first, our_speed), (their_first, their_speed) = np.median(ours, 0), np.median(theirs, 0)
    memory = [_memory(work, imports) for work, imports in ((_OURS, ""), (_THEIRS, "import torch, transformers"))]
    return [
        _row("time to first token", our_first, "s", their_first, their_first / our_first, FIRST_TOKEN_BAR),
        _row("writing", our_speed, "tokens/s", their_speed, our_speed / their_speed),
        _row("memory", memory[0], "MB", memory[1], memory[1] / memory[0]),
    ]


def _write(prompt: str, tokens: int) -> tuple[float, float]:
    writing = llm.stream(llm.DEFAULT, [("user", prompt)], llm.Sampling(max_tokens=tokens, temperature=0))
    for _ in writing:
        pass
    first = writing.first_token_seconds or 0.0
    return first, (writing.tokens - 1) / max(writing.seconds - first, 1e-9)


def _memory(work: str, imports: str) -> float:
    """MB that loading and one answer add to a process; libraries are loaded before."""
    program = _MEMORY.format(work=work, imports=imports)
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(answer.stdout.split()[-1])


def _row(what: str, ours: float, unit: str, peer: float, ratio: float, bar: float | None = None) -> dict[str, Any]:
    met = None if bar is None else bool(ours <= bar)
    return {"what": f"{llm.DEFAULT}: {what}, against transformers float32", "value": float(ours), "unit": unit,
            "peer": float(peer), "ratio": float(ratio), "bar": bar, "met": met}  # fmt: skip


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else TOKENS):
        print(
            "  ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{value}" for name, value in row.items() if value)
        )
