"""Trains a DCGAN: two networks against each other, the mean of the generator's weights kept, checkpoints to go on from."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from core.contracts import Context
from core.device import best as best_device
from core.home import write_bytes
from core.language import N_
from core.lifecycle.frechet import distance
from models.vision.generation import features, latents
from models.vision.generation.film import sheet
from models.vision.generation.networks import Discriminator, Generator, initialise
from models.vision.generation.trained import GeneratorModel, Snapshot, draw

READ = 0.06  # share of the work that reading the pictures was
CHECKPOINT = "checkpoint.safetensors"
SECONDS_BETWEEN_CHECKPOINTS = 30.0
BETAS = (0.5, 0.999)  # of Adam, as in the paper
ROWS, COLUMNS = 4, 8  # of the sheet that is drawn again and again
SHEET_SEED = 1_000  # of its first picture
MEASURED = 256  # pictures on each side of the live distance
MOST_MEASURED = 10  # epochs at which it is taken
LEAST_STEPS, LEAST_BATCH = 30, 8  # few pictures go in smaller batches, so that an epoch is worth something
MOST_FRAMES = 60  # of the film
MOST_MEAN = 0.999  # how much of the mean a step keeps, reached slowly: (1 + step) / (10 + step) until then


@dataclass
class State:
    """Where a training stands; with the tensors it makes a checkpoint."""

    epoch: int = 0
    step: int = 0  # within the epoch
    losses: list[float] = field(default_factory=lambda: [0.0, 0.0])  # of generator and discriminator, summed over the epoch
    best: float = -1.0  # the lowest distance on the validation pictures; below 0: not measured yet
    best_epoch: int = 0
    shots: list[float] = field(default_factory=list)  # epochs of the snapshots


class Training:
    """One training. `learnt` and `kept` are uint8 (n, size, size, channels): to learn from, to choose the best epoch by."""

    def __init__(self, learnt: np.ndarray, kept: np.ndarray, params: Any, context: Context) -> None:
        self.params, self.context, self.learnt = params, context, learnt
        self.device = torch.device(best_device())
        torch.manual_seed(params.seed)
        channels = learnt.shape[3]
        self.generator = Generator(params.latent, params.width, params.size, channels)
        self.discriminator = Discriminator(params.width, params.size, channels, params.normalisation == "spectral")
        initialise(self.generator)
        initialise(self.discriminator)
        self.generator.to(self.device)
        self.discriminator.to(self.device)
        self.mean, self.first, self.best = (copy.deepcopy(self.generator).eval() for _ in range(3))
        self.optimizers = [torch.optim.Adam(net.parameters(), params.rate, BETAS) for net in (self.generator, self.discriminator)]
        self.state = State()
        self.sheets: list[np.ndarray] = []
        self.batch = min(params.batch, len(learnt), max(LEAST_BATCH, len(learnt) // LEAST_STEPS))
        self.steps = max(1, len(learnt) // self.batch)  # the rest of an epoch is in another one: batches stay of one size
        self.real = features.features(kept[:MEASURED], context) if len(kept) > 1 else None
        self._resume()

    def run(self) -> GeneratorModel:
        """Trains to the end and gives the model of the best measured epoch."""
        epochs, saved = self.params.epochs, time.monotonic()
        if not self.state.shots:
            self._measure()
            self._snapshot(0)
        every = max(1, epochs * self.steps // MOST_FRAMES)
        while self.state.epoch < epochs:
            order = np.random.default_rng([self.params.seed, self.state.epoch]).permutation(len(self.learnt))
            while self.state.step < self.steps:
                self.context.check()
                done = self.state.epoch * self.steps + self.state.step
                self._step(order[self.state.step * self.batch :][: self.batch], done)
                self.state.step += 1
                share = READ + (1 - READ) * done / (epochs * self.steps)
                self.context.progress(share, N_("Epoch {epoch} of {epochs}"), epoch=self.state.epoch + 1, epochs=epochs)
                if (done + 1) % every == 0 and self.state.step < self.steps:
                    self._snapshot(round((done + 1) / self.steps, 4))
                if time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                    self._checkpoint()
                    saved = time.monotonic()
            self._close_epoch()
            self._checkpoint()
            saved = time.monotonic()
        return self._model()

    def _step(self, rows: np.ndarray, done: int) -> None:
        """One step of each network, and of the mean. Random numbers come anew from seed and step, so that a resumed training ends
        where an uninterrupted one does."""
        torch.manual_seed(self.params.seed * 1_000_003 + done)
        if self.params.mirror:
            flipped = np.random.default_rng([self.params.seed, done]).random(len(rows)) < 0.5
            given = np.where(flipped[:, None, None, None], self.learnt[rows][:, :, ::-1], self.learnt[rows])
        else:
            given = self.learnt[rows]
        real = torch.from_numpy(np.ascontiguousarray(given)).to(self.device).permute(0, 3, 1, 2) / 127.5 - 1
        drawn = self.generator(torch.randn(len(rows), self.params.latent).to(self.device))
        on_generator, on_discriminator = self.optimizers
        # The non-saturating loss of Goodfellow et al. 2014, written with softplus: log(1 + exp(x)).
        told = F.softplus(-self.discriminator(real)).mean() + F.softplus(self.discriminator(drawn.detach())).mean()
        on_discriminator.zero_grad(set_to_none=True)
        told.backward()
        on_discriminator.step()
        fooled = F.softplus(-self.discriminator(drawn)).mean()
        on_generator.zero_grad(set_to_none=True)
        fooled.backward()
        on_generator.step()
        self._average(min(MOST_MEAN, (1 + done) / (10 + done)))
        self.state.losses = [self.state.losses[0] + float(fooled.detach()), self.state.losses[1] + float(told.detach())]

    def _average(self, share: float) -> None:
        with torch.no_grad():
            for own, given in zip(self.mean.parameters(), self.generator.parameters()):
                own.lerp_(given, 1 - share)
            for own, given in zip(self.mean.buffers(), self.generator.buffers()):
                own.copy_(own.lerp(given, 1 - share) if own.is_floating_point() else given)

    def _close_epoch(self) -> None:
        """Notes the losses, measures where it is time to, keeps the mean when it is the best so far."""
        state = self.state
        state.epoch, state.step = state.epoch + 1, 0
        losses, state.losses = [loss / self.steps for loss in state.losses], [0.0, 0.0]
        self.context.metric(state.epoch, generator_loss=losses[0], discriminator_loss=losses[1])
        if state.epoch == 1:
            self.first.load_state_dict(self.mean.state_dict())
        every = max(1, round(self.params.epochs / MOST_MEASURED))
        if state.epoch == 1 or state.epoch % every == 0 or state.epoch == self.params.epochs:
            self._measure()
            self._snapshot(state.epoch)
        self.context.log(f"epoch {state.epoch}: generator {losses[0]:.4f}, discriminator {losses[1]:.4f}, best {state.best:.4f}")

    def _measure(self) -> None:
        """The distance between pictures of the mean and the validation pictures; without any, the last epoch is the best."""
        state = self.state
        if self.real is not None:
            vectors = latents.seeded(list(range(len(self.real))), self.params.latent)
            now = distance(self.real, features.features(draw(self.mean, vectors, self.context), self.context))
            self.context.metric(state.epoch, frechet_distance=now)
            if 0 <= state.best <= now:
                return
            state.best = now
        state.best_epoch = state.epoch
        self.best.load_state_dict(self.mean.state_dict())

    def _snapshot(self, epoch: float) -> None:
        given = latents.seeded(latents.following(SHEET_SEED, ROWS * COLUMNS), self.params.latent)
        self.sheets.append(sheet(draw(self.mean, given, self.context), COLUMNS))
        self.state.shots.append(float(epoch))

    def _model(self) -> GeneratorModel:
        facts = {
            "method": "DCGAN", "epochs": self.state.epoch, "best_epoch": self.state.best_epoch, "pictures": len(self.learnt),
            "normalisation": self.params.normalisation, "data_seed": self.params.seed,
        }  # fmt: skip
        shots = [Snapshot(epoch, pixels) for epoch, pixels in zip(self.state.shots, self.sheets)]
        return GeneratorModel(self.best.eval(), self.first.eval(), facts, shots)

    def _networks(self) -> dict[str, Any]:
        return {"generator": self.generator, "discriminator": self.discriminator, "mean": self.mean, "first": self.first,
                "best": self.best}  # fmt: skip

    def _checkpoint(self) -> None:
        if self.context.folder is None:
            return
        kept: dict[str, Tensor] = {f"{name}/{key}": tensor for name, network in self._networks().items()
                                   for key, tensor in network.state_dict().items()}  # fmt: skip
        for place, optimizer in enumerate(self.optimizers):
            for number, moments in optimizer.state_dict()["state"].items():
                kept |= {f"moment{place}/{number}/{name}": torch.as_tensor(value) for name, value in moments.items()}
        kept["sheets/all"] = torch.from_numpy(np.stack(self.sheets))
        told = {"state": json.dumps(asdict(self.state)), "params": self.params.model_dump_json()}
        write_bytes(self.context.folder / CHECKPOINT, save({n: t.detach().cpu().clone() for n, t in kept.items()}, told))

    def _resume(self) -> None:
        """Puts a checkpoint's tensors back where there is one of the same params."""
        path: Path | None = self.context.folder and self.context.folder / CHECKPOINT
        if path is None or not path.exists():
            return
        parts: dict[str, dict[str, Any]] = {}
        with safe_open(path, "pt", device=str(self.device)) as kept:
            if kept.metadata()["params"] != self.params.model_dump_json():
                return
            for name in kept.keys():  # noqa: SIM118 - not a dict
                kind, _, rest = name.partition("/")
                parts.setdefault(kind, {})[rest] = kept.get_tensor(name)
            self.state = State(**json.loads(kept.metadata()["state"]))
        for name, network in self._networks().items():
            network.load_state_dict(parts[name])
        for place, optimizer in enumerate(self.optimizers):
            moments: dict[int, dict[str, Tensor]] = {}
            for name, tensor in parts.get(f"moment{place}", {}).items():
                number, _, moment = name.partition("/")
                moments.setdefault(int(number), {})[moment] = tensor
            optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
        self.sheets = list(parts["sheets"]["all"].cpu().numpy())
        self.context.log(f"goes on from epoch {self.state.epoch}, step {self.state.step}")
