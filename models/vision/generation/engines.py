"""Who draws: the generators that come along, and those that were trained here, under one reference each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import cache, weights
from core.contracts import Capability, Evidence, InputError, Message
from core.contracts.results import Sentence
from core.language import N_

if TYPE_CHECKING:
    from models.vision.generation.networks import Generator

FACES, DIGITS = "gan-faces", "shipped:digits-gan"
GANS = {FACES: N_("Faces, 64 × 64 (DCGAN)"), DIGITS: N_("Handwritten digits, 28 × 28 (DCGAN)")}
DIFFUSION = {"stabilityai/sd-turbo": N_("From a description: SD-Turbo (diffusion, from a hub)")}
_FACES_FILE = "weights.tar"
_FACES_SIZES = {"latent": 100, "width": 64, "size": 64, "channels": 3}
NOT_REAL = N_("These people do not exist. The generator learnt from DigiFace-1M, computer-made faces given out for research, not "
              "from photographs of people. Do not pass its faces off as somebody.")  # fmt: skip
OWN = N_("It draws in the manner of the pictures that it learnt from, and may come close to single ones of them.")


@dataclass(frozen=True)
class Engine:
    """A generator as a user knows it: name, method, what is known of how good it is."""

    name: str
    method: str
    evidence: Evidence
    caveats: tuple[Sentence, ...] = ()


@contextmanager
def opened(reference: str, capability: Capability) -> Iterator[tuple[Generator, Engine]]:
    """Leases the generator that `reference` names: loaded once, used by one at a time.

    Raises UnavailableError where its weights are not here, NotFoundError where there is no such model, BusyError where others
    use it.
    """
    if reference == FACES:
        item = weights.entry(FACES)
        engine = Engine(FACES, "DCGAN", Evidence(license=item.licence), (Message(NOT_REAL),))
        with cache.lease(("generator", FACES), lambda: _faces(weights.locate(FACES) / _FACES_FILE)) as network:
            yield network, engine
        return
    from core.fitted import evidence, open_model

    with open_model(capability, reference) as model:
        trained: Any = model
        known = evidence(capability, reference)
        name = reference.removeprefix("shipped:") or str(known.data)
        yield trained.network, Engine(name, "DCGAN", known, (Message(OWN),))


def _faces(path: Path) -> Generator:
    """The generator of the checkpoint at `path`; its checksum was verified and no code in it is run (`weights_only`)."""
    import torch

    from core.device import best
    from models.vision.generation.networks import Generator, on

    kept = torch.load(path, map_location="cpu", weights_only=True)
    network = Generator(**_FACES_SIZES)
    try:
        network.load_state_dict(kept["netG_state_dict"])
    except (KeyError, RuntimeError) as error:
        raise InputError(
            N_("The weights {name} are not those of the generator that was expected. Fetch them again."), name=FACES
        ) from error
    opened_network: Generator = on(network, best())
    return opened_network
