"""What the frozen lower layers of a transformer make of texts: computed once, kept on disk as float16 while a job trains."""

from __future__ import annotations

import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core import weights
from core.contracts import Context
from core.home import read_json, write_json
from core.language import N_

MOST_BYTES_KEPT = 8 * 2**30
SHARE_OF_FREE_DISK = 0.5
BATCH = 64
SECONDS_BETWEEN_MARKS = 30.0


@dataclass(frozen=True, eq=False)
class Reader:
    """Tokenizer, embeddings and lower layers of a pretrained model, frozen."""

    tokenizer: Any
    embeddings: nn.Module
    layers: tuple[nn.Module, ...]
    width: int
    padding: int
    most: int  # tokens of a text that are read
    prefix: str
    device: str
    half: torch.dtype | None

    @classmethod
    def open(cls, name: str, trained: int, most: int, device: str, half: torch.dtype | None) -> tuple[Reader, list[nn.Module]]:
        """The lower part of the weights called `name`, and its `trained` upper layers as float32 modules to train."""
        from transformers import AutoModel, AutoTokenizer

        logging.getLogger("transformers").setLevel(logging.ERROR)
        folder, encoder = weights.locate(name), weights.entry(name).encoder
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        base = (
            AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32, attn_implementation="sdpa")
            .to(device)
            .eval()
        )
        for tensor in base.parameters():
            tensor.requires_grad_(False)
        layers = list(base.transformer.layer if hasattr(base, "transformer") else base.encoder.layer)
        frozen = max(0, len(layers) - trained)
        for layer in layers[frozen:]:
            for tensor in layer.parameters():
                tensor.requires_grad_(True)
        prefix = "passage: " if encoder and encoder.prefixes else ""
        width, padding = base.config.hidden_size, tokenizer.pad_token_id
        return cls(tokenizer, base.embeddings, tuple(layers[:frozen]), width, padding, most, prefix, device, half), layers[
            frozen:
        ]

    @property
    def size(self) -> int:
        """Number of frozen parameters."""
        return sum(tensor.numel() for part in (self.embeddings, *self.layers) for tensor in part.parameters())

    def numbers(self, items: tuple[str, ...]) -> list[list[int]]:
        """Word-piece numbers of the texts, at most `most` each, with the model's own marks at both ends."""
        found = self.tokenizer([self.prefix + item for item in items], truncation=True, max_length=self.most)
        return found["input_ids"]

    def pieces(self, text: str) -> list[str]:
        return self.tokenizer.convert_ids_to_tokens(self.numbers((text,))[0])

    def states(self, numbers: list[list[int]]) -> tuple[Tensor, Tensor]:
        """States (rows, tokens, width) after the lower layers, and the mask (rows, tokens) of real tokens."""
        longest = max(map(len, numbers))
        block = torch.tensor([row + [self.padding] * (longest - len(row)) for row in numbers], device=self.device)
        mask = torch.tensor([[True] * len(row) + [False] * (longest - len(row)) for row in numbers], device=self.device)
        with torch.no_grad(), torch.autocast(self.device, self.half or torch.bfloat16, enabled=self.half is not None):
            states = self.embeddings(input_ids=block)
            for layer in self.layers:
                states = layer(states, mask[:, None, None, :])
        return states.float(), mask


class States:
    """The lower layers' states of all texts. With a `folder` they are computed at once and read from there ever after.

    Without one, or where they would take too much of the disk, each batch is computed when it is asked for.
    """

    def __init__(self, reader: Reader, items: tuple[str, ...], folder: Path | None, context: Context) -> None:
        self.reader = reader
        self.numbers = reader.numbers(items) if items else []
        self.lengths = np.array([len(row) for row in self.numbers], np.int64)
        self.offsets = np.concatenate([[0], self.lengths.cumsum()])
        self.kept: np.ndarray | None = None
        needed = int(self.offsets[-1]) * reader.width * 2
        if folder and items and needed <= MOST_BYTES_KEPT:
            folder.mkdir(parents=True, exist_ok=True)
            if needed <= SHARE_OF_FREE_DISK * shutil.disk_usage(folder).free or (folder / "states.f16").exists():
                self.kept = self._fill(folder, context)

    def block(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """States float32 (rows, longest, width) and mask (rows, longest) of these rows."""
        if self.kept is None:
            return self.reader.states([self.numbers[row] for row in rows])
        longest = int(self.lengths[rows].max())
        states = np.zeros((len(rows), longest, self.reader.width), np.float32)
        for place, row in enumerate(rows):
            states[place, : self.lengths[row]] = self.kept[self.offsets[row] : self.offsets[row + 1]]
        mask = np.arange(longest)[None] < self.lengths[rows][:, None]
        return torch.from_numpy(states).to(self.reader.device), torch.from_numpy(mask).to(self.reader.device)

    def _fill(self, folder: Path, context: Context) -> np.ndarray:
        """Computes what is not in the folder yet; marks every half minute how far it is."""
        path, mark = folder / "states.f16", folder / "done.json"
        shape = (int(self.offsets[-1]), self.reader.width)
        done = read_json(mark)["rows"] if mark.exists() and path.exists() else 0
        kept = np.memmap(path, np.float16, "r+" if done else "w+", shape=shape)
        order, marked = np.argsort(self.lengths, kind="stable"), time.monotonic()
        for start in range(done, len(order), BATCH):
            context.check()
            rows = order[start : start + BATCH]
            states, _ = self.reader.states([self.numbers[row] for row in rows])
            found = states.half().cpu().numpy()
            for place, row in enumerate(rows):
                kept[self.offsets[row] : self.offsets[row + 1]] = found[place, : self.lengths[row]]
            end = start + len(rows)
            context.progress(end / len(order), N_("Frozen layers: {done} of {total} texts read"), done=end, total=len(order))
            if time.monotonic() - marked > SECONDS_BETWEEN_MARKS or end == len(order):
                kept.flush()
                with path.open("rb") as stream:
                    os.fsync(stream.fileno())
                write_json(mark, {"rows": end})
                marked = time.monotonic()
        return kept
