"""A fitted translator: vocabulary and network, from texts to texts, in a folder of plain files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save

from core.contracts import Context, InputError, Matrix, Records, Table, Texts
from core.device import best, cores
from core.home import read_json, write_bytes, write_json
from core.language import N_
from core.lifecycle.span import Span
from models.text.translation import dictionary, lexicon, search, training
from models.text.translation.languages import SENTENCE_JOINT, shared_language
from models.text.translation.networks import Network, build
from models.text.translation.vocabulary import FILE, START, UNKNOWN, Vocabulary
from models.text.words import clean, sentences

SETTINGS, WEIGHTS = "translator.json", "network.safetensors"
LEAST_PAIRS = 50  # to learn from
LONGEST = 120  # pieces of a sentence; a longer one is cut and its parts are translated one after the other
ROWS_AT_ONCE = 24
NARROW = 256  # up to this width a second thread gains little, and waits at each small product where other work runs
MEASURED_ROWS = 200  # validation rows that are translated after each epoch, greedily
DEMO = N_("Demo quality: good translators learn from millions of pairs, this one from fewer than 100,000. Read its answers as a "
          "demonstration, not as a translation.")  # fmt: skip
DICTIONARY = N_("word by word with a learnt dictionary")
DEMO_PAIRS = 100_000  # below so many training pairs a translation is a demonstration


@dataclass(frozen=True)
class Settings:
    """What is needed to build the network again, and what is said of it."""

    kind: str
    width: int
    layers: int
    dropout: float
    beam: int
    penalty: float
    source: str  # languages, e.g. "en"
    target: str
    pairs: int
    epochs: int
    with_lexicon: bool


class Translator:
    """Translates from `settings.source` into `settings.target`."""

    def __init__(self, vocabulary: Vocabulary, network: Network, settings: Settings) -> None:
        self.vocabulary, self.network, self.settings = vocabulary, network.eval(), settings

    def predict(self, inputs: Texts, context: Context | None = None) -> Records:
        """A row for each text: the text and its translation."""
        import pandas as pd

        answers = self.translate(list(inputs.items), context or Context())
        return Records(N_("Translations"), pd.DataFrame({N_("source"): list(inputs.items), N_("translation"): answers}))

    def translate(self, texts: Sequence[str], context: Context, beam: int = 0) -> list[str]:
        """The translation of each text, in their order: sentence by sentence, joined as the target language does.

        `beam` 0 is the one the model was trained with.
        """
        parts, owner = [], []
        for place, text in enumerate(texts):
            found = self._parts(text)
            parts += found
            owner += [place] * len(found)
        written = self._translated(parts, beam or self.settings.beam, context)
        joint = SENTENCE_JOINT.get(self.settings.target, " ")
        answers: list[list[str]] = [[] for _ in texts]
        for place, answer in zip(owner, written):
            answers[place].append(answer)
        return [joint.join(filter(None, answer)) for answer in answers]

    def _parts(self, text: str) -> list[list[int]]:
        """The pieces of `text`, whole where it is short enough, else sentence by sentence, long ones cut."""
        whole = self.vocabulary.numbers(clean(text)[: LONGEST * 40])
        if len(clean(text)) <= LONGEST * 40 and len(whole) <= LONGEST:
            return [whole] if whole else []
        numbers = [self.vocabulary.numbers(clean(sentence)) for sentence, _, _ in sentences(text)]
        return [found[k : k + LONGEST] for found in numbers for k in range(0, len(found), LONGEST)]

    def _translated(self, parts: list[list[int]], beam: int, context: Context) -> list[str]:
        """Each part's translation; parts of like length are searched together."""
        order = np.argsort([len(part) for part in parts], kind="stable")
        written = [""] * len(parts)
        for start in range(0, len(parts), ROWS_AT_ONCE):
            rows = order[start : start + ROWS_AT_ONCE]
            found = search.beam_search(
                self.network, [parts[k] for k in rows], beam, self.settings.penalty, context.check, self._device()
            )
            for k, answer in zip(rows, found):
                written[k] = self._text(parts[k], answer.numbers)
            done = min(start + ROWS_AT_ONCE, len(parts))
            context.progress(done / len(parts), N_("{done} of {total} sentences translated"), done=done, total=len(parts))
        return written

    def _text(self, source: Sequence[int], numbers: Sequence[int]) -> str:
        """The text of an answer; an unknown piece is the piece of the source that was looked at most (Luong et al. 2015)."""
        if UNKNOWN not in numbers:
            return self.vocabulary.text(numbers)
        looks = self._attention(source, numbers)
        return self.vocabulary.text(numbers, [self.vocabulary.piece(source[int(look.argmax())]) for look in looks])

    @torch.inference_mode()
    def _attention(self, source: Sequence[int], numbers: Sequence[int]) -> np.ndarray:
        """How much of each place of the source was read for each piece of the answer and its end, (pieces + 1, places)."""
        device = self._device()
        _, looks = self.network(torch.tensor([list(source)], device=device), torch.tensor([[START, *numbers]], device=device))
        return looks[0].float().cpu().numpy()

    def attention(self, text: str, context: Context) -> Matrix:
        """Which pieces of the first sentence of `text` were read for which pieces of its translation."""
        parts = self._parts(next((sentence for sentence, _, _ in sentences(clean(text))), ""))
        if not parts:
            raise InputError(N_("There is no sentence to look into: give a text with words."))
        source = parts[0]
        answer = search.beam_search(
            self.network, [source], self.settings.beam, self.settings.penalty, context.check, self._device()
        )
        numbers = answer[0].numbers
        looks = self._attention(source, numbers)
        # A heat map needs different names: where a piece comes back, its place stands behind it.
        written, read = ([self.vocabulary.piece(k) for k in given] for given in (numbers, source))
        return Matrix(
            N_("Attention"), _unique([*written, "</s>"]), _unique(read), looks,
            N_("Pieces of the source"), N_("Pieces of the translation"),
            N_("How much of each piece of the source the network read when it wrote each piece of the translation; rows sum to "
               "1. The mark ▁ stands for a space, </s> for the end."),
        )  # fmt: skip

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        halved = {
            name: tensor.half() if tensor.is_floating_point() else tensor.to(torch.int16)
            for name, tensor in self.network.state_dict().items()
        }
        write_bytes(folder / WEIGHTS, save({name: tensor.cpu().contiguous() for name, tensor in halved.items()}))
        write_bytes(folder / FILE, self.vocabulary.serialised)
        write_json(folder / SETTINGS, asdict(self.settings))

    def describe(self) -> dict[str, Any]:
        """JSON-able facts for the model card."""
        facts = asdict(self.settings)
        return {
            "method": {"gru": N_("GRU with attention"), "transformer": N_("Transformer")}[self.settings.kind], **facts,
            "pieces": len(self.vocabulary), "parameters": sum(tensor.numel() for tensor in self.network.parameters()),
            "caveats": [DEMO] if self.settings.pairs < DEMO_PAIRS else [],
        }  # fmt: skip

    def _device(self) -> str:
        return str(self.network.bias.device)


def load(folder: Path) -> Translator:
    """What `Translator.save` wrote."""
    settings = Settings(**read_json(folder / SETTINGS))
    vocabulary = Vocabulary.read(folder)
    network = build(settings.kind, len(vocabulary), settings.width, settings.layers, settings.dropout)
    tensors = load_file(folder / WEIGHTS)
    like = network.state_dict()
    network.load_state_dict({name: tensor.to(like[name].dtype) for name, tensor in tensors.items()})
    return Translator(vocabulary, network.to(best()), settings)


def fit(train: Table, validation: Table, params: Any, context: Context) -> Translator:
    """Learns vocabulary, table of translations and network from the training pairs; the validation pairs say when to stop.

    Raises `InputError` where there are too few pairs.
    """
    learnt, kept = pairs_of(train, params), pairs_of(validation, params)
    if len(learnt[0]) < LEAST_PAIRS:
        raise InputError(N_("There are {pairs} pairs to learn from, too few: give at least {least}."),
                         pairs=len(learnt[0]), least=LEAST_PAIRS)  # fmt: skip
    context.progress(0.0, N_("Learning the pieces of words"))
    device = prepare(params.seed, params.width)
    vocabulary = Vocabulary.learnt([*learnt[0], *learnt[1]], params.vocabulary)
    context.check()
    cut = _cut(vocabulary, *learnt, params.resample, context), _cut(vocabulary, *kept, False, context)
    if not len(cut[0]):
        raise InputError(N_("No pair is short enough to learn from: split the texts into sentences."))
    layers = params.layers if params.kind == "transformer" else 1
    network = build(params.kind, len(vocabulary), params.width, layers, params.dropout).to(device)
    known = None
    if params.lexicon:
        context.progress(0.02, N_("Learning which piece translates which"))
        known = lexicon.learn([s[0] for s in cut[0].sources], [t[0] for t in cut[0].targets], len(vocabulary), context)
        network.take(known)
    languages = shared_language(learnt[0]), shared_language(learnt[1])
    settings = Settings(
        params.kind, params.width, layers, params.dropout, params.beam, params.penalty, *languages, len(learnt[0]), 0,
        params.lexicon,
    )  # fmt: skip
    translator = Translator(vocabulary, network, settings)
    recipe = training.Recipe(
        params.epochs, params.batch, params.rate, params.patience, params.smoothing, params.seed, params.warmup,
        resampled=params.resample,
    )  # fmt: skip
    learning = Span(context, 0.03, 1.0)

    def quality() -> float:
        from core.lifecycle.evaluate_translation import Counts, scores

        sources, references = kept[0][:MEASURED_ROWS], kept[1][:MEASURED_ROWS]
        quiet = _Quiet(context)
        counts = Counts.of(translator.translate(sources, quiet, beam=1), references)
        return float(scores(counts, np.ones((len(counts), 1)))["chrf"][0])

    history = training.train(network, *cut, recipe, learning, quality if kept[0] else None, device, known)
    network.load_state_dict({n: t.half().to(t.dtype) if t.is_floating_point() else t for n, t in network.state_dict().items()})
    return Translator(vocabulary, network, replace(settings, epochs=len(history)))


class _Quiet(Context):
    """Only lets itself be stopped: the translation of a few rows in the midst of a training has no progress of its own."""

    def __init__(self, whole: Context) -> None:
        self.whole = whole

    def check(self) -> None:
        self.whole.check()


def pairs_of(table: Table, params: Any) -> tuple[list[str], list[str]]:
    """Sources and targets of a table, pairs with an empty side left out."""
    columns = [table.frame[params.source], table.frame[params.target]]
    rows = zip(*(["" if missing else clean(str(cell)) for cell, missing in zip(c.tolist(), c.isna())] for c in columns))
    full = [(source, target) for source, target in rows if source and target]
    return [source for source, _ in full], [target for _, target in full]


def _cut(vocabulary: Vocabulary, sources: list[str], targets: list[str], several: bool, context: Context) -> training.Pairs:
    """The pairs in pieces; pairs with a side that is too long are left out."""
    left, right = [], []
    for place, (source, target) in enumerate(zip(sources, targets)):
        if place % 200 == 0:
            context.check()
        ways = [vocabulary.segmentations(text) if several else [vocabulary.numbers(text)] for text in (source, target)]
        if all(0 < len(way[0]) <= LONGEST for way in ways):
            left.append(ways[0])
            right.append(ways[1])
    if len(left) < len(sources):
        context.log(f"{len(sources) - len(left)} pairs are longer than {LONGEST} pieces and were left out")
    return training.Pairs(left, right)


def prepare(seed: int, width: int) -> str:
    """Seeds torch, gives it as many processors as a network of that width can use, and returns the device to work on."""
    torch.manual_seed(seed)
    torch.set_num_threads(1 if width <= NARROW else cores())
    return best()


def _unique(pieces: list[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    found = []
    for piece in pieces:
        seen[piece] = seen.get(piece, 0) + 1
        found.append(piece if seen[piece] == 1 else f"{piece} ({seen[piece]})")
    return tuple(found)


def baselines(train: Table, validation: Table, asked: Table, params: Any, context: Context) -> dict[str, list[str]]:
    """Word-by-word translation of the sources in `asked` with a table learnt from the other two."""
    learnt, kept = pairs_of(train, params), pairs_of(validation, params)
    languages = shared_language(learnt[0]), shared_language(learnt[1])
    table = dictionary.learn([*learnt[0], *kept[0]], [*learnt[1], *kept[1]], *languages, context)
    cells = asked.frame[params.source]
    return {DICTIONARY: [table.translate("" if missing else str(cell)) for cell, missing in zip(cells.tolist(), cells.isna())]}
