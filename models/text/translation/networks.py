"""Two networks from pieces to pieces: a recurrent one with attention and a small Transformer, with one interface.

`forward` reads a source and the target so far at once (teacher forcing); `start` and `step` give one piece after the other for
the search. A state is a tuple of tensors whose first axis is the row, so that a beam can pick rows of it.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.text.translation.lexicon import FLOOR, KEPT, Lexicon
from models.text.translation.vocabulary import PADDING

State = tuple[Tensor, ...]


class Network(nn.Module):
    """What both have in common: one table of piece vectors for source, target and answer (Press & Wolf 2017), and the lexicon."""

    known_pieces: Tensor
    known_chances: Tensor

    def __init__(self, pieces: int, width: int, dropout: float) -> None:
        super().__init__()
        self.width, self.dropout = width, nn.Dropout(dropout)
        self.table = nn.Embedding(pieces, width, padding_idx=PADDING)
        nn.init.normal_(self.table.weight, std=width**-0.5)
        with torch.no_grad():
            self.table.weight[PADDING].zero_()
        self.bias = nn.Parameter(torch.zeros(pieces))
        self.register_buffer("known_pieces", torch.zeros(pieces, KEPT, dtype=torch.int32))
        self.register_buffer("known_chances", torch.zeros(pieces, KEPT))

    def take(self, lexicon: Lexicon) -> None:
        """Puts the table of translations into the network."""
        self.known_pieces.copy_(torch.from_numpy(lexicon.pieces))
        self.known_chances.copy_(torch.from_numpy(lexicon.chances))

    def scores(self, states: Tensor, attention: Tensor, source: Tensor) -> Tensor:
        """Scores of every piece, (rows, steps, pieces), from states (rows, steps, width).

        What the table says of the source (rows, places) is added through the attention (rows, steps, places).
        """
        scores = functional.linear(states, self.table.weight, self.bias)
        rows, steps, _ = scores.shape
        chances = (attention[..., None] * self.known_chances[source][:, None]).flatten(2)
        places = self.known_pieces[source].long().flatten(1)[:, None].expand(rows, steps, -1)
        said = torch.zeros_like(scores).scatter_add(2, places, chances.to(scores.dtype))
        return scores + torch.log(said + FLOOR)

    def start(self, source: Tensor) -> State:
        """The state before the first piece; `source` is int64 (rows, pieces)."""
        raise NotImplementedError

    def step(self, last: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        """Scores (rows, pieces) of what follows `last` (rows,), attention to the source (rows, places), and the new state."""
        raise NotImplementedError

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (rows, steps, pieces) and attention (rows, steps, places) for a target that is known."""
        raise NotImplementedError


class Recurrent(Network):
    """A bidirectional GRU reads, a GRU with additive attention writes (Bahdanau, Cho & Bengio 2015)."""

    def __init__(self, pieces: int, width: int, dropout: float, layers: int = 1) -> None:
        super().__init__(pieces, width, dropout)
        self.reader = nn.GRU(width, width, layers, batch_first=True, bidirectional=True, dropout=dropout if layers > 1 else 0.0)
        self.bridge = nn.Linear(2 * width, width)
        self.keys = nn.Linear(2 * width, width, bias=False)
        self.query = nn.Linear(2 * width, width)
        self.energy = nn.Linear(width, 1, bias=False)
        self.writer = nn.GRUCell(3 * width, width)
        self.answer = nn.Linear(4 * width, width)

    def start(self, source: Tensor) -> State:
        known = source != PADDING
        lengths = known.sum(1).clamp(min=1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(
            self.dropout(self.table(source)), lengths, batch_first=True, enforce_sorted=False
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(self.reader(packed)[0], batch_first=True, total_length=source.shape[1])
        mean = (states * known[..., None]).sum(1) / lengths.to(states.device)[:, None]
        return torch.tanh(self.bridge(mean)), states, self.keys(states), known, source

    def step(self, last: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        hidden, states, keys, known, source = state
        hidden, answer, attention = self._write(self.dropout(self.table(last)), hidden, states, keys, known)
        scores = self.scores(answer[:, None], attention[:, None], source)[:, 0]
        return scores, attention, (hidden, states, keys, known, source)

    def _write(
        self, vector: Tensor, hidden: Tensor, states: Tensor, keys: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        asked = self.query(torch.cat([hidden, vector], -1))[:, None]
        energy = self.energy(torch.tanh(keys + asked)).squeeze(-1)
        attention = energy.masked_fill(~known, -1e9).softmax(-1)
        context = torch.bmm(attention[:, None], states).squeeze(1)
        hidden = self.writer(torch.cat([vector, context], -1), hidden)
        answer = torch.tanh(self.answer(torch.cat([hidden, context, vector], -1)))
        return hidden, self.dropout(answer), attention

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        hidden, *rest, _ = self.start(source)
        vectors = self.dropout(self.table(target))
        answers, looks = [], []
        for place in range(target.shape[1]):
            hidden, answer, attention = self._write(vectors[:, place], hidden, *rest)
            answers.append(answer)
            looks.append(attention)
        attention = torch.stack(looks, 1)
        return self.scores(torch.stack(answers, 1), attention, source), attention


class Attention(nn.Module):
    """Scaled dot-product attention with several heads (Vaswani et al. 2017)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, nn.Dropout(dropout)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def split(self, states: Tensor) -> Tensor:
        rows, places, width = states.shape
        return states.view(rows, places, self.heads, width // self.heads).transpose(1, 2)

    def pair(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values, (rows, heads, places, width of a head) each."""
        return self.split(self.key(states)), self.split(self.value(states))

    def forward(self, states: Tensor, keys: Tensor, values: Tensor, allowed: Tensor | None) -> tuple[Tensor, Tensor]:
        """What is read, (rows, steps, width), and how much of each place, the mean over the heads (rows, steps, places)."""
        queries = self.split(self.query(states))
        energy = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
        if allowed is not None:
            energy = energy.masked_fill(~allowed, -1e9)
        attention = energy.softmax(-1)
        read = (self.dropout(attention) @ values).transpose(1, 2).flatten(2)
        return self.out(read), attention.mean(1)


class Layer(nn.Module):
    """A pre-norm layer (Xiong et al. 2020); one that writes also looks at the source."""

    def __init__(self, width: int, heads: int, dropout: float, writes: bool) -> None:
        super().__init__()
        self.own, self.own_norm = Attention(width, heads, dropout), nn.LayerNorm(width)
        self.source = Attention(width, heads, dropout) if writes else None
        self.source_norm = nn.LayerNorm(width) if writes else None
        self.wide = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(4 * width, width))
        self.wide_norm, self.dropout = nn.LayerNorm(width), nn.Dropout(dropout)

    def forward(
        self, states: Tensor, allowed: Tensor | None, past: tuple[Tensor, Tensor] | None = None,
        source: tuple[Tensor, Tensor, Tensor] | None = None,
    ) -> tuple[Tensor, Tensor | None, tuple[Tensor, Tensor]]:  # fmt: skip
        """`past`: keys and values of earlier steps; `source`: its keys, values and which places are filled."""
        normed = self.own_norm(states)
        keys, values = self.own.pair(normed)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        states = states + self.dropout(self.own(normed, keys, values, allowed)[0])
        look = None
        if self.source is not None and self.source_norm is not None and source is not None:
            read, look = self.source(self.source_norm(states), *source)
            states = states + self.dropout(read)
        return states + self.dropout(self.wide(self.wide_norm(states))), look, (keys, values)


class Transformer(Network):
    """A small pre-norm Transformer with fixed waves for the places (Vaswani et al. 2017)."""

    def __init__(self, pieces: int, width: int, dropout: float, layers: int = 3, heads: int = 4) -> None:
        super().__init__(pieces, width, dropout)
        self.reader = nn.ModuleList([Layer(width, heads, dropout, False) for _ in range(layers)])
        self.writer = nn.ModuleList([Layer(width, heads, dropout, True) for _ in range(layers)])
        self.read_norm, self.write_norm = nn.LayerNorm(width), nn.LayerNorm(width)

    def _vectors(self, numbers: Tensor, first: int = 0) -> Tensor:
        places = torch.arange(first, first + numbers.shape[1], device=numbers.device, dtype=torch.float32)
        rates = torch.exp(torch.arange(0, self.width, 2, device=numbers.device) * (-math.log(10_000) / self.width))
        angles = places[:, None] * rates
        waves = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
        return self.dropout(self.table(numbers) * math.sqrt(self.width) + waves)

    def _read(self, source: Tensor) -> list[tuple[Tensor, Tensor, Tensor]]:
        known = (source != PADDING)[:, None, None, :]
        states = self._vectors(source)
        for layer in self.reader:
            states = layer(states, known)[0]
        states = self.read_norm(states)
        return [(*layer.source.pair(states), known) for layer in self.writer]  # type: ignore[union-attr, operator]

    def start(self, source: Tensor) -> State:
        read = self._read(source)
        empty = read[0][0][:, :, :0]
        flat = [tensor for keys, values, _ in read for tensor in (keys, values, empty, empty)]
        return (read[0][2], source, *flat)

    def step(self, last: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        known, source, new = state[0], state[1], list(state[:2])
        states = self._vectors(last[:, None], state[4].shape[2])
        looks = []
        for number, layer in enumerate(self.writer):
            keys, values, past_keys, past_values = state[2 + 4 * number : 6 + 4 * number]
            states, look, past = layer(states, None, (past_keys, past_values), (keys, values, known))
            looks.append(look)
            new += [keys, values, *past]
        attention = _mean(looks)
        return self.scores(self.write_norm(states), attention, source)[:, 0], attention[:, 0], tuple(new)

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        read, steps = self._read(source), target.shape[1]
        earlier = torch.ones(steps, steps, dtype=torch.bool, device=target.device).tril()
        states, looks = self._vectors(target), []
        for layer, pair in zip(self.writer, read):
            states, look, _ = layer(states, earlier, None, pair)
            looks.append(look)
        attention = _mean(looks)
        return self.scores(self.write_norm(states), attention, source), attention


def _mean(looks: list[Any]) -> Tensor:
    """The mean of the layers' attention; the sum over the places stays 1."""
    return torch.stack(looks).mean(0)


def build(kind: str, pieces: int, width: int, layers: int, dropout: float) -> Network:
    """A network of `kind` ("gru" or "transformer") with fresh weights."""
    return Recurrent(pieces, width, dropout, layers) if kind == "gru" else Transformer(pieces, width, dropout, layers)
