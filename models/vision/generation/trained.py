"""A trained generator: it draws pictures from seeds, and is kept as plain files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.contracts import Context, Gallery, Message, Section, Table
from core.home import read_json, write_bytes, write_json
from core.language import N_
from models.vision.generation import features, latents, reading
from models.vision.generation.networks import Generator, on, parameters

SETTINGS, WEIGHTS, FIRST = "generator.json", "generator.safetensors", "first.safetensors"
BATCH = 64
MOST_STRIPS = 12  # pictures in the filmstrip


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the generator drew from the fixed latent vectors after `epoch` epochs: uint8 (rows, columns, 3)."""

    epoch: float
    pixels: np.ndarray


@dataclass(eq=False)
class GeneratorModel:
    """`network` is the generator that was kept, `first` the one after the first epoch, to compare with."""

    network: Generator
    first: Generator
    facts: dict[str, Any]
    snapshots: list[Snapshot] = field(default_factory=list)

    def generate(self, count: int, seed: int, context: Context, first: bool = False) -> np.ndarray:
        """Pictures of the seeds from `seed` on, uint8 (count, size, size, channels)."""
        network = self.first if first else self.network
        return draw(network, latents.seeded(latents.following(seed, count), network.latent), context)

    def pictures(self, table: Table, context: Context) -> np.ndarray:
        """Real pictures in the form of those drawn."""
        return reading.read(table, self.network.size, context, self.network.channels)

    def features(self, pictures: np.ndarray, context: Context) -> np.ndarray:
        """What drawn and real pictures are compared by, float64 (n, k)."""
        return features.features(pictures, context)

    def sections(self, context: Context) -> tuple[Section, ...]:
        """How it learnt, as a film and a strip of pictures from the same latent vectors; none for a model that was opened."""
        if not self.snapshots:
            return ()
        from core.visual import encode
        from models.vision.generation import film

        whole = [shot for shot in self.snapshots if float(shot.epoch).is_integer()]
        chosen = [whole[k] for k in sorted({round(p) for p in np.linspace(0, len(whole) - 1, min(MOST_STRIPS, len(whole)))})]
        images = tuple(
            encode.image(Message(N_("Epoch {epoch}"), {"epoch": f"{shot.epoch:g}"}), film.enlarged(shot.pixels), kind="png",
                         generated=True, details={"Model": "DCGAN", "Epoch": f"{shot.epoch:g}"})
            for shot in chosen
        )  # fmt: skip
        strip = Gallery(N_("Filmstrip of the training"), images, N_("The same random numbers after more and more epochs; 0 is "
                                                                     "before anything was learnt."))  # fmt: skip
        shown = film.film(N_("How it learnt to draw"), [shot.pixels for shot in self.snapshots], context)
        return (Section(strip.title, strip), Section(N_("How it learnt to draw"), shown))

    def predict(self, inputs: Any, context: Context) -> Gallery:
        """A few pictures; the input is not read, for a generator draws from random numbers alone."""
        from models.vision.generation.show import gallery

        return gallery(self.generate(8, 0, context), latents.following(0, 8), {"Model": "DCGAN"})

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(folder / WEIGHTS, packed(self.network))
        write_bytes(folder / FIRST, packed(self.first))
        write_json(folder / SETTINGS, {"sizes": self.network.sizes(), "facts": self.facts})

    def describe(self) -> dict[str, Any]:
        return {**self.facts, **self.network.sizes(), "parameters": parameters(self.network)}


def draw(network: Generator, given: np.ndarray, context: Context) -> np.ndarray:
    """Pictures from latent vectors, uint8 (n, size, size, channels)."""
    device = next(network.parameters()).device
    parts = []
    with torch.inference_mode():
        for start in range(0, len(given), BATCH):
            context.check()
            drawn = network(torch.from_numpy(given[start : start + BATCH]).to(device))
            parts.append(((drawn + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy())
    return np.concatenate(parts)


def packed(network: Generator) -> bytes:
    """The generator's tensors as safetensors, in half precision: half the size, the pictures differ by a step of 255 at most."""
    from safetensors.torch import save

    kept = {name: tensor.detach().cpu() for name, tensor in network.state_dict().items() if "num_batches" not in name}
    return save({name: tensor.half().contiguous() for name, tensor in kept.items()})


def load(folder: Path) -> GeneratorModel:
    """What `save` wrote, on the fastest device."""
    from core.device import best

    settings = read_json(folder / SETTINGS)
    networks = [on(_opened(settings["sizes"], folder / name), best()) for name in (WEIGHTS, FIRST)]
    return GeneratorModel(networks[0], networks[1], settings["facts"])


def _opened(sizes: dict[str, int], path: Path) -> Generator:
    from safetensors.torch import load_file

    network = Generator(**sizes)
    network.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()}, strict=False)
    return network
