"""The path of a diffusion model, with a tiny one of random weights that stands where a hub's would."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import cache, weights
from core.contracts import Cancelled, Context, InputError, UnavailableError
from core.visual.encode import GENERATED, decode
from models.vision.generate import CAPABILITY, Generate
from models.vision.generation.engines import DIFFUSION

NAME = next(iter(DIFFUSION))
TINY: dict[str, Any] = {"model": NAME, "side": 64, "steps": 2, "prompt": "a red house"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Stable Diffusion pipeline of a few thousand random numbers, saved as the hub's are."""
    import torch
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    target = tmp_path_factory.mktemp("sd")
    words = target / "words"
    words.mkdir()
    letters = [chr(code) for code in range(97, 123)]
    known = {token: place for place, token in enumerate(
        [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"])}  # fmt: skip
    (words / "vocab.json").write_text(json.dumps(known))
    (words / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(str(words / "vocab.json"), str(words / "merges.txt"), model_max_length=32)
    config = CLIPTextConfig(
        vocab_size=len(known), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=32, bos_token_id=len(known) - 2, eos_token_id=len(known) - 1, pad_token_id=len(known) - 1,
    )  # fmt: skip
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL(block_out_channels=(8, 8), down_block_types=("DownEncoderBlock2D",) * 2,
                          up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=4, latent_channels=4),
        text_encoder=CLIPTextModel(config), tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            sample_size=16, block_out_channels=(8, 16), layers_per_block=1, cross_attention_dim=16, attention_head_dim=4,
            norm_num_groups=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        scheduler=EulerDiscreteScheduler(), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(target / "pipeline", safe_serialization=True)
    return target / "pipeline"


@pytest.fixture
def at_hand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.forget(("diffusion", NAME))
    monkeypatch.setattr(weights, "locate", lambda name, context=None: folder)


def drawn(**params: Any) -> list[np.ndarray]:
    report = CAPABILITY.run(None, Generate(**{**TINY, **params}), Context())
    return [decode(image) for image in report.sections[0].result.images]


def test_seed_prompt_and_steps_decide(at_hand: None) -> None:
    first, second = drawn(drawings=2, seed=5)
    assert first.shape == (64, 64, 3) and np.array_equal(first, drawn(seed=5)[0]) and np.array_equal(second, drawn(seed=6)[0])
    for other in ({"seed": 6}, {"prompt": "snow"}, {"steps": 4}, {"guidance": 7.5}):
        assert not np.array_equal(first, drawn(**{"seed": 5, **other})[0]), other


def test_the_file_says_what_it_was_drawn_from(at_hand: None) -> None:
    report = CAPABILITY.run(None, Generate(**TINY, seed=3), Context())
    (image,) = report.sections[0].result.images
    with Image.open(io.BytesIO(image.data)) as opened:
        assert (
            opened.info["Prompt"] == "a red house"
            and opened.info["Seed"] == "3"
            and GENERATED in opened.info["XML:com.adobe.xmp"]
        )
    assert any("real people" in str(caveat) for caveat in report.evidence.caveats) and report.evidence.score is None


def test_it_stops_after_a_step(at_hand: None) -> None:
    class Stopping(Context):
        steps = 0

        def progress(self, share: float, message: str = "", **values: object) -> None:
            self.steps += "step" in values

        def check(self) -> None:
            if self.steps == 2:
                raise Cancelled("stop")

    context = Stopping()
    with pytest.raises(Cancelled):
        CAPABILITY.run(None, Generate(**{**TINY, "steps": 30}), context)
    assert context.steps == 2


def test_what_cannot_be_drawn_is_told(at_hand: None) -> None:
    with pytest.raises(InputError, match="Describe"):
        drawn(prompt=" ")
    with pytest.raises(InputError, match="single pictures"):
        drawn(task="interpolation")


def test_terms_come_first() -> None:
    with pytest.raises(UnavailableError, match="not open source"):
        drawn()
