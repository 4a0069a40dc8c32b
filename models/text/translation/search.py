"""Beam search with a length penalty (Wu et al. 2016), all sentences of a batch at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.text.translation.networks import Network, State
from models.text.translation.vocabulary import END, PADDING, START, padded

SHORTEST_LIMIT, STRETCH = 16, 2.0  # an answer has at most 16 pieces and twice those of its source
REPEATED = 4  # no answer says the same so many pieces twice: small networks fall into loops


@dataclass(frozen=True)
class Found:
    """The best answer to one source: its pieces without the end mark, and its log-probability over the length penalty."""

    numbers: tuple[int, ...]
    score: float


@torch.inference_mode()
def beam_search(
    network: Network, sources: Sequence[Sequence[int]], beam: int = 4, penalty: float = 1.0,
    check: Callable[[], None] = lambda: None, device: str = "cpu",
) -> list[Found]:  # fmt: skip
    """The best answer for each source. `penalty` is the exponent of the length in the score: 0 favours short answers.

    `check` is called at every step and may raise to stop.
    """
    source = torch.from_numpy(padded(sources)).to(device)
    rows, limit = len(sources), int(SHORTEST_LIMIT + STRETCH * max(map(len, sources), default=0))
    state = _picked(network.start(source), torch.arange(rows, device=device).repeat_interleave(beam))
    scores = torch.full((rows, beam), -1e9, device=device)
    scores[:, 0] = 0.0  # all beams begin alike: only one of them may count
    written = torch.full((rows * beam, 1), START, dtype=torch.long, device=device)
    done: list[list[Found]] = [[] for _ in sources]
    for step in range(limit):
        check()
        logits, _, state = network.step(written[:, -1], state)
        chances = logits.log_softmax(-1)
        chances[:, [PADDING, START]] = -1e9
        _forbid_repeats(chances, written)
        totals = (scores[..., None] + chances.view(rows, beam, -1)).flatten(1)
        best, places = totals.topk(2 * beam, -1)
        parents, pieces = places // chances.shape[-1], places % chances.shape[-1]
        scores, chosen, piece = _next(best, parents, pieces, written, done, beam, penalty)
        written = torch.cat([written[chosen], piece[:, None]], 1)
        state = _picked(state, chosen)
        if all(len(found) >= beam for found in done) or _settled(done, scores, step + 1, penalty):
            break
    return [_best(done[row], written[row * beam], float(scores[row, 0]), penalty) for row in range(rows)]


def _next(
    best: Tensor, parents: Tensor, pieces: Tensor, written: Tensor, done: list[list[Found]], beam: int, penalty: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Puts finished answers into `done` and gives scores (rows, beam), parents and pieces (rows × beam) of those that go on."""
    rows = best.shape[0]
    finished = pieces == END
    for row, place in finished[:, :beam].nonzero().tolist():
        score = float(best[row, place])
        if score > -1e8:
            numbers = written[row * beam + int(parents[row, place])][1:].tolist()
            done[row].append(Found(tuple(numbers), score / (len(numbers) + 1) ** penalty))
    # Twice as many candidates as beams: enough go on even when half of them end here.
    order = torch.argsort(finished.int(), dim=1, stable=True)[:, :beam]
    first = torch.arange(rows, device=best.device)[:, None] * beam
    chosen = (parents.gather(1, order) + first).flatten()
    return best.gather(1, order), chosen, pieces.gather(1, order).flatten()


def _settled(done: list[list[Found]], scores: Tensor, length: int, penalty: float) -> bool:
    """Whether no open answer can overtake the best finished one any more, as long as answers do not grow twice as long."""
    if not all(done):
        return False
    hopeful = scores[:, 0] / (2 * length) ** penalty
    return all(max(found.score for found in row) >= float(hope) for row, hope in zip(done, hopeful))


def _best(found: list[Found], open_: Tensor, score: float, penalty: float) -> Found:
    numbers = tuple(number for number in open_[1:].tolist() if number != END)
    return max(found, key=lambda f: f.score, default=Found(numbers, score / (len(numbers) + 1) ** penalty))


def _picked(state: State, rows: Tensor) -> State:
    return tuple(tensor.index_select(0, rows) for tensor in state)


def _forbid_repeats(chances: Tensor, written: Tensor) -> None:
    """Forbids the piece that would say a run of `REPEATED` pieces a second time."""
    if written.shape[1] <= REPEATED:
        return
    tail = written[:, 1 - REPEATED :]
    windows = written.unfold(1, REPEATED, 1)
    same = (windows[:, :, :-1] == tail[:, None]).all(-1)
    for row, place in same.nonzero().tolist():
        chances[row, int(windows[row, place, -1])] = -1e9
