"""OPUS-MT and NLLB: fetched, checked, converted and asked through the same code as the large ones, with tiny random weights."""

from pathlib import Path

import pytest

from core import weights
from core.contracts import Cancelled, Context, UnavailableError
from models.text.translation import engines, hub
from tests.models.text.translation import tiny_hub

EN_ZH = "Helsinki-NLP/opus-mt-en-zh"
SENTENCES = ("Open the file manager.", "Press the button, then wait.", "Click Save.")
MAKERS = {EN_ZH: tiny_hub.marian, hub.NLLB: tiny_hub.nllb}


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> dict[str, Path]:
    return {name: make(tmp_path_factory.mktemp("made")) for name, make in MAKERS.items()}


@pytest.fixture(params=MAKERS)
def name(request, made, own_home, tmp_path, monkeypatch) -> str:
    """One of the models, in a hub's cache of this test's own."""
    (own_home / "weights").unlink()
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    tiny_hub.lay_out(tmp_path, request.param, made[request.param])
    if not weights.entry(request.param).open:
        with pytest.raises(UnavailableError, match="CC-BY-NC"):
            weights.locate(request.param)
        weights.fetch(request.param, accept=True)
    return request.param


def test_it_answers_as_transformers_does(name):
    """Greedy search in float32 on the pieces that the reader cut gives the same pieces as transformers' own on its own tokens."""
    import torch
    from transformers import AutoModelForSeq2SeqLM

    folder = weights.locate(name)
    reader = hub.Reader(folder, "en", "zh")
    target = folder.parent / "float32"
    target.mkdir()
    hub.convert(folder, target, "float32")
    model = hub.load(target, threads=1)
    limit = 8
    prefix = [reader.prefix] if reader.prefix else None
    ours = [
        model.translate_batch([reader.pieces(s)], target_prefix=prefix, beam_size=1, max_decoding_length=limit)[0].hypotheses[0]
        for s in SENTENCES
    ]
    plain = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    vocabulary = tiny_vocabulary(folder)
    numbers = {piece: number for number, piece in enumerate(vocabulary)}
    for sentence, answer in zip(SENTENCES, ours, strict=True):
        given = torch.tensor([[numbers.get(piece, numbers["<unk>"]) for piece in reader.pieces(sentence)]])
        written = [plain.config.decoder_start_token_id] + [numbers[piece] for piece in reader.prefix or ()]
        start = len(written)
        for _ in range(limit):
            with torch.no_grad():
                scores = plain(input_ids=given, decoder_input_ids=torch.tensor([written])).logits[0, -1]
            if "<pad>" in numbers and not reader.is_nllb:
                scores[numbers["<pad>"]] = -torch.inf  # the converter takes it out
            written.append(int(scores.argmax()))
            if vocabulary[written[-1]] == hub.END:
                break
        theirs = [vocabulary[k] for k in written[start:] if vocabulary[k] != hub.END]
        mine = [piece for piece in answer if piece not in (reader.prefix or ())]
        assert mine[: limit - 1] == theirs[: limit - 1]


def test_sentences_are_cut_as_the_models_were_taught(name):
    """OPUS-MT: as transformers' tokenizer does, with the mark of simplified characters; NLLB: language first, end last."""
    folder = weights.locate(name)
    reader, vocabulary = hub.Reader(folder, "en", "zh"), tiny_vocabulary(folder)
    for sentence in SENTENCES:
        found = reader.pieces(sentence)
        if name == EN_ZH:
            from transformers import AutoTokenizer

            numbers = AutoTokenizer.from_pretrained(folder)(f">>cmn_Hans<< {sentence}").input_ids
            assert found == [vocabulary[number] for number in numbers]
        else:
            assert (found[0], found[-1], reader.prefix) == ("eng_Latn", "</s>", ["zho_Hans"])
            assert reader.text([*found[1:], "zho_Hans"]) == sentence


def tiny_vocabulary(folder: Path) -> list[str]:
    import json

    if (folder / "vocab.json").exists():
        return list(json.loads((folder / "vocab.json").read_text("utf-8")))
    found = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    return sorted(found, key=found.__getitem__)


def test_the_engine_answers_end_to_end(name):
    """Status, verified files, conversion to 8 bits, answers, and the card."""
    job = engines.Job(SENTENCES, "en", "zh", beam=2)
    engine = "opus-mt" if name == EN_ZH else name
    assert engines.missing(engine, job) is None
    assert engines.choose(job) == engine
    found = engines.ask(engine, job, Context())
    assert tuple(found.translated) == SENTENCES
    assert found.evidence.license == weights.entry(name).licence
    assert found.evidence.score is None and found.evidence.caveats
    again = engines.ask(engine, job, Context())
    assert again.translated == found.translated
    kept = hub.converted(name, weights.locate(name))
    assert (kept / "model.bin").stat().st_size < (weights.locate(name) / "pytorch_model.bin").stat().st_size


def test_a_changed_file_is_refused(name, tmp_path):
    snapshot = weights.locate(name)
    file = next(file for file in ("source.spm", "sentencepiece.bpe.model") if (snapshot / file).exists())
    (snapshot / file).resolve().write_bytes(b"something else")
    with pytest.raises(UnavailableError, match="checksum"):
        engines.ask("opus-mt" if name == EN_ZH else name, engines.Job(SENTENCES, "en", "zh"), Context())


def test_it_can_be_stopped(name):
    class Stopped(Context):
        def check(self):
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        engines.ask("opus-mt" if name == EN_ZH else name, engines.Job(SENTENCES, "en", "zh"), Stopped())


def test_what_is_not_there_says_how_to_get_it(own_home, tmp_path, monkeypatch):
    (own_home / "weights").unlink()
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    job = engines.Job(SENTENCES, "en", "zh")
    assert "HF_HUB_OFFLINE" in str(engines.missing("opus-mt", job))
    assert "CC-BY-NC-4.0" in str(engines.missing(hub.NLLB, job))
    assert "choose NLLB" in str(engines.missing("opus-mt", engines.Job(SENTENCES, "ja", "zh")))
    assert "by hand" in str(engines.missing(hub.NLLB, engines.Job(SENTENCES, "other", "zh")))
