"""JSONL, one object per line, and a JSON array of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.contracts import InputError, LimitError, Message
from core.intake import encodings
from core.intake.build import Builder, check_characters
from core.intake.delimited import notice_of_encoding
from core.intake.limits import MAX_CELLS, MAX_COLUMNS, MAX_JSON_BYTES, MAX_ROWS
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd

_DECODER = json.JSONDecoder(parse_constant=lambda word: None)  # NaN and Infinity, which JSON does not know, are missing


def read_json(path: Path, name: str, kind: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """A `jsonl` or `json` file as a frame, and notices. Plain strings make one column, `text`.

    A few lines that are no JSON (a torn last one) are left out and counted; when they are most, InputError.
    """
    encoding = encodings.of_file(path)
    gathered = _Gathered(name)
    for value in _array(path, encoding, name) if kind == "json" else _lines(path, encoding, name):
        gathered.add(value)
    if gathered.broken >= max(gathered.rows, 1):
        raise InputError(N_("{name} is not JSON with one object per line. Check how it was written, or give a CSV."), name=name)
    frame, notices = gathered.builder().frame()
    extra = [
        (gathered.broken, N_("Lines that are not JSON objects and were left out: {count}.")),
        (gathered.nested, N_("Cells with lists or objects, now JSON text: {count}.")),
    ]
    counted = tuple(Message(sentence, {"count": count}) for count, sentence in extra if count)
    return frame, notice_of_encoding(encoding) + counted + notices


class _Gathered:
    """Rows as they come, under columns that are only known once the last row is in."""

    def __init__(self, name: str) -> None:
        self.name, self.places, self.broken, self.nested, self.rows, self.characters = name, dict[str, int](), 0, 0, 0, 0
        self.cells: list[list[str | None]] = []

    def add(self, value: Any) -> None:
        """`value` is an object, a text, or None for what could not be read."""
        if isinstance(value, str):
            value = {"text": value}
        if not isinstance(value, dict):
            self.broken += 1
            return
        self.rows += 1
        row: list[str | None] = [None] * len(self.places)
        for key, item in value.items():
            place = self.places.setdefault(key, len(self.places))
            row.extend([None] * (place + 1 - len(row)))
            row[place] = self._text(item)
            self.characters += len(row[place] or "")
        self._check()
        self.cells.append(row)

    def builder(self) -> Builder:
        builder = Builder(list(self.places), self.name)
        width = len(self.places)
        builder.extend(row + [None] * (width - len(row)) for row in self.cells)
        return builder

    def _check(self) -> None:
        check_characters(self.characters, self.name)
        if len(self.places) > MAX_COLUMNS:
            raise LimitError(
                N_("The objects in {name} have more than {limit} different keys. Keep the keys that you need."),
                name=self.name, limit=f"{MAX_COLUMNS:,}",
            )  # fmt: skip
        if self.rows > MAX_ROWS or self.rows * len(self.places) > MAX_CELLS:
            raise LimitError(
                N_("{name} has more than {limit} cells. Give fewer rows or columns."), name=self.name, limit=f"{MAX_CELLS:,}"
            )

    def _text(self, item: Any) -> str | None:
        if item is None or isinstance(item, str):
            return item
        if isinstance(item, (dict, list)):
            self.nested += 1
            return json.dumps(item, ensure_ascii=False)
        return json.dumps(item) if isinstance(item, bool) else str(item)


def _lines(path: Path, encoding: str, name: str) -> Iterator[Any]:
    with path.open(encoding=encoding, errors=encodings.MARKING) as stream:
        while line := stream.readline(MAX_JSON_BYTES):
            if len(line) >= MAX_JSON_BYTES:
                raise LimitError(
                    N_("A line of {name} is longer than {limit} MB. Give one object per line."),
                    name=name, limit=MAX_JSON_BYTES // 1024**2,
                )  # fmt: skip
            if line.strip():
                yield _parsed(line)


def _parsed(line: str) -> Any:
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def _array(path: Path, encoding: str, name: str) -> Iterator[Any]:
    """The items of the array one after the other, so that only one is held as Python objects at a time."""
    if path.stat().st_size > MAX_JSON_BYTES:
        raise LimitError(
            N_("{name} is a JSON array of more than {limit} MB. Save it as JSONL, one object per line."),
            name=name, limit=MAX_JSON_BYTES // 1024**2,
        )  # fmt: skip
    text = path.read_text(encoding=encoding, errors=encodings.MARKING)
    place = _skip(text, text.find("[") + 1)
    try:
        while text[place] != "]":
            value, place = _DECODER.raw_decode(text, place)
            yield value
            place = _skip(text, place)
            if text[place] != "]":
                place = _skip(text, place + (text[place] == ","))
    except (ValueError, IndexError, RecursionError) as error:
        raise InputError(
            N_("{name} is not a complete JSON array. Check how it was written, or give JSONL or CSV."), name=name
        ) from error


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n\ufeff":
        place += 1
    return place
