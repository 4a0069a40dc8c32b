"""Both networks learn what was planted; attention, step and search agree; a training cut off ends where it would have."""

import numpy as np
import pytest
import torch

from core.contracts import Context
from core.learning import loop
from models.text.translation import search, training
from models.text.translation.lexicon import Lexicon, learn
from models.text.translation.networks import build
from models.text.translation.vocabulary import END, START, padded
from tests.models.text.translation import planted

KINDS = {
    "gru": {"width": 48, "layers": 1, "rate": 5e-3, "epochs": 12},
    "transformer": {"width": 48, "layers": 1, "rate": 3e-3, "epochs": 24},
}


def recipe(kind: str, **values) -> training.Recipe:
    return training.Recipe(**{"epochs": KINDS[kind]["epochs"], "batch": 32, "rate": KINDS[kind]["rate"], "patience": 99,
                              "smoothing": 0.05, "seed": 0, "resampled": False, **values})  # fmt: skip


def network(kind: str):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return build(kind, planted.SIZE, KINDS[kind]["width"], KINDS[kind]["layers"], 0.0)


@pytest.fixture(scope="module", params=KINDS)
def learnt(request):
    """A network that learnt to write 1,000 sequences backwards."""
    made = network(request.param)
    training.train(made, planted.sequences(1000), planted.sequences(50, 1), recipe(request.param), Context())
    return made


def test_it_writes_backwards_what_it_never_saw(learnt):
    asked = planted.sequences(100, 2)
    found = search.beam_search(learnt, [s[0] for s in asked.sources], beam=4)
    right = [list(answer.numbers) == list(target[0]) for answer, target in zip(found, asked.targets, strict=True)]
    assert np.mean(right) > 0.9


def test_attention_rows_sum_to_one_and_padding_is_not_read(learnt):
    source = torch.from_numpy(padded([[5, 6, 7, 8, 9], [5, 6]]))
    with torch.inference_mode():
        _, looks = learnt(source, torch.tensor([[START, 9, 8], [START, 6, 5]]))
    assert looks.shape == (2, 3, 5)
    assert torch.allclose(looks.sum(-1), torch.ones(2, 3), atol=1e-5)
    assert float(looks[1, :, 2:].max()) < 1e-6


def test_step_by_step_gives_the_scores_of_the_whole(learnt):
    source = torch.from_numpy(padded([[5, 6, 7, 8], [9, 10]]))
    target = torch.tensor([[START, 8, 7, 6], [START, 10, 9, 5]])
    with torch.inference_mode():
        whole, looks = learnt(source, target)
        state = learnt.start(source)
        for place in range(target.shape[1]):
            scores, look, state = learnt.step(target[:, place], state)
            assert torch.allclose(scores, whole[:, place], atol=1e-4) and torch.allclose(look, looks[:, place], atol=1e-5)


def greedy(made, source: list[int], limit: int = 30) -> tuple[int, ...]:
    written = [START]
    with torch.inference_mode():
        for _ in range(limit):
            scores, _ = made(torch.tensor([source]), torch.tensor([written]))
            scores[0, -1, [0, START]] = -torch.inf
            written.append(int(scores[0, -1].argmax()))
            if written[-1] == END:
                break
    return tuple(number for number in written[1:] if number != END)


def test_a_beam_of_one_is_the_greedy_search(learnt):
    sources = [s[0] for s in planted.sequences(20, 3).sources]
    assert [answer.numbers for answer in search.beam_search(learnt, sources, beam=1)] == [greedy(learnt, s) for s in sources]


def test_a_wider_beam_finds_nothing_less_likely(learnt):
    """Scores are log-probabilities by length: what a wide beam ends on is at least as good, on nearly all sources."""
    sources = [s[0] for s in planted.sequences(30, 4).sources]
    narrow, wide = (search.beam_search(learnt, sources, beam=beam) for beam in (1, 6))
    assert np.mean([w.score >= n.score - 1e-5 for w, n in zip(wide, narrow, strict=True)]) > 0.9


def test_the_answer_does_not_depend_on_the_other_rows_of_the_batch(learnt):
    sources = [s[0] for s in planted.sequences(12, 5).sources]
    alone = [search.beam_search(learnt, [source], beam=3)[0].numbers for source in sources]
    assert [answer.numbers for answer in search.beam_search(learnt, sources, beam=3)] == alone


class Babbler(torch.nn.Module):
    """Writes the piece 4, 5, 6, 7, 4, 5… and would never end."""

    def start(self, source):
        return (source.float().sum(1),)

    def step(self, last, state):
        scores = torch.full((len(last), 10), -20.0)
        scores[torch.arange(len(last)), torch.where(last >= 7, 4, torch.clamp(last + 1, min=4))] = 0.0
        return scores, None, state


def test_no_answer_says_the_same_four_pieces_twice_or_goes_on_for_ever():
    (answer,) = search.beam_search(Babbler(), [[4, 5]], beam=2)
    runs = [answer.numbers[k : k + search.REPEATED] for k in range(len(answer.numbers) - search.REPEATED + 1)]
    assert len(runs) == len(set(runs))
    assert len(answer.numbers) <= search.SHORTEST_LIMIT + search.STRETCH * 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupted_training_ends_where_the_whole_one_does(kind, tmp_path):
    class Cut(Context):
        def __init__(self, steps: int) -> None:
            self.folder, self.left = tmp_path, steps

        def check(self) -> None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    pairs, kept, short = planted.sequences(96), planted.sequences(20, 1), recipe(kind, epochs=4)
    whole = network(kind)
    history = training.train(whole, pairs, kept, short, Context(), quality=lambda: 0.5)
    with pytest.raises(KeyboardInterrupt):
        training.train(network(kind), pairs, kept, short, Cut(9), quality=lambda: 0.5)
    assert (tmp_path / loop.CHECKPOINT).exists()
    again = network(kind)
    assert training.train(again, pairs, kept, short, Cut(10_000), quality=lambda: 0.5) == history
    for name, tensor in whole.state_dict().items():
        assert torch.allclose(tensor, again.state_dict()[name], atol=1e-5), name


def test_what_translates_best_is_kept_even_where_the_loss_is_least_elsewhere():
    made, asked = network("gru"), iter([0.1, 0.9, 0.2])
    kept = {}

    def quality() -> float:
        value = next(asked)
        kept[value] = {name: tensor.clone() for name, tensor in made.state_dict().items()}
        return value

    training.train(made, planted.sequences(64), planted.sequences(20, 1), recipe("gru", epochs=3), Context(), quality)
    assert all(torch.equal(tensor, kept[0.9][name]) for name, tensor in made.state_dict().items())


def test_labels_are_smoothed():
    """A network that is sure and right pays for its certainty, and only with smoothing."""
    made = network("gru")
    with torch.no_grad():
        made.bias[END] = 50.0
    with torch.inference_mode():
        plain, smoothed = (float(training.loss_of(made, [[5]], [[]], doubt, "cpu")) for doubt in (0.0, 0.1))
    assert plain < 1e-3 < smoothed


def test_batches_hold_every_pair_once_and_are_drawn_anew_each_epoch():
    pairs, plan = planted.sequences(100), recipe("gru")
    first, second = training.batches_of(pairs, plan, 0), training.batches_of(pairs, plan, 1)
    for batches in (first, second):
        assert sorted(tuple(source) for sources, _ in batches for source in sources) == sorted(tuple(s[0]) for s in pairs.sources)
        assert all(list(s)[::-1] == list(t) for sources, targets in batches for s, t in zip(sources, targets, strict=True))
    assert [b[0] for b in first] != [b[0] for b in second]


def test_the_table_of_pieces_finds_what_makes_what():
    """Piece k is always answered by k + 4: the table holds that as its first translation, and aligns places by it."""
    generator = np.random.default_rng(0)
    sources = [generator.permutation(np.arange(4, 10))[:3].tolist() for _ in range(200)]
    targets = [[number + 6 for number in source] for source in sources]
    known: Lexicon = learn(sources, targets, 20, Context())
    assert [int(known.pieces[k, 0]) for k in range(4, 10)] == [k + 6 for k in range(4, 10)]
    wish = known.alignment(np.array([[4, 5, 6]]), np.array([[12, 10]]))
    assert wish.argmax(-1).tolist() == [[2, 0]]
    assert np.allclose(wish.sum(-1), 1.0)
