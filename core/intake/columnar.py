"""Parquet, read batch by batch; its own metadata is checked first and what comes out is counted all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.contracts import InputError, LimitError, Message, UserError
from core.intake.build import check_characters, notices_of_cells, pack, unique_names
from core.intake.limits import CHUNK_ROWS, MAX_CELLS, MAX_COLUMNS, MAX_INFLATED_BYTES, MAX_ROWS
from core.language import N_

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def read_parquet(path: Path, name: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """The file as a frame, and notices. Numbers, dates and booleans keep their types; nested columns become JSON text."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as whole:
            _check_metadata(whole.metadata, name)
            leaves = [whole.schema.column(i) for i in range(whole.metadata.num_columns)]
            words = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY" and "." not in leaf.path]
        with pq.ParquetFile(path, read_dictionary=words) as whole:
            return _read(whole, name)
    except (UserError, MemoryError):
        raise
    except Exception as error:  # Arrow's own errors, and UnicodeDecodeError for names that are none
        raise InputError(
            N_("{name} is damaged or not a complete Parquet file. Write it again, or save it as CSV."), name=name
        ) from error


def _check_metadata(metadata: Any, name: str) -> None:
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    values = sum(group.column(i).num_values for group in groups for i in range(group.num_columns))
    inflated = sum(group.column(i).total_uncompressed_size for group in groups for i in range(group.num_columns))
    cells = max(values, metadata.num_rows * metadata.num_columns)
    for count, limit, sentence in (
        (metadata.num_rows, MAX_ROWS, N_("{name} has more than {limit} rows. Give a part of it.")),
        (metadata.num_columns, MAX_COLUMNS, N_("{name} has more than {limit} columns. Keep the columns that you need.")),
        (cells, MAX_CELLS, N_("{name} has more than {limit} cells. Give fewer rows or columns.")),
        (inflated, MAX_INFLATED_BYTES, N_("{name} unpacks to more than {limit} bytes. Give fewer rows or columns.")),
    ):
        if count > limit or count < 0:
            raise LimitError(sentence, name=name, limit=f"{limit:,}")
    if not metadata.num_columns:
        raise InputError(N_("There is nothing to read in {name}. Choose another file."), name=name)
    if not metadata.num_rows:
        raise InputError(N_("{name} has column names but no rows below them. Add rows."), name=name)


def _read(whole: Any, name: str) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    import pyarrow as pa

    schema = whole.schema_arrow
    kept = [i for i, field in enumerate(schema) if not _is_binary(field.type)]
    columns: list[list[pa.Array]] = [[] for _ in kept]
    counts = [0, 0, 0]  # cut, cleaned, characters
    for batch in whole.iter_batches(batch_size=CHUNK_ROWS):
        for column, i in zip(columns, kept, strict=True):
            array, *more = _plain(batch.column(i), counts[2], name)
            column.append(array)
            counts = [a + b for a, b in zip(counts, more, strict=True)]
            check_characters(counts[2], name)
    if not kept:
        raise InputError(N_("{name} holds binary data only, such as images or sounds: no column can be read as text."), name=name)
    names, notices = unique_names([schema[i].name for i in kept])
    if len(kept) < len(schema):
        notices.append(Message(N_("Columns of binary data that were left out: {count}."), {"count": len(schema) - len(kept)}))
    nested = sum(pa.types.is_nested(schema[i].type) for i in kept)
    if nested:
        notices.append(Message(N_("Columns with lists or records, now JSON text: {count}."), {"count": nested}))
    notices += notices_of_cells(counts[0], counts[1])
    table = pa.table([_whole(parts) for parts in columns], names=names)
    if all(column.null_count == len(column) for column in table.columns):
        raise InputError(N_("All cells of {name} are empty. Choose another file."), name=name)
    return table.to_pandas(), tuple(notices)


def _whole(parts: list[pa.Array]) -> pa.ChunkedArray:
    """The parts as one column; booleans with gaps become text, for pandas has no such type."""
    import pyarrow as pa

    column = pa.chunked_array(parts)
    return column.cast(pa.large_string()) if pa.types.is_boolean(column.type) and column.null_count else column


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)


def _plain(array: pa.Array, characters: int, name: str) -> tuple[pa.Array, int, int, int]:
    """A column's part as numbers, booleans, timestamps without zone (UTC) or text; how many were cut, cleaned, characters."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        check_characters(characters + _spelled_out(array), name)  # before it is spelled out
        array = array.cast(kind.value_type)
        kind = array.type
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return array.cast(pa.float64()), 0, 0, 0
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return array, 0, 0, 0
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return array.cast(pa.timestamp("us"), safe=False), 0, 0, 0
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pack(array.cast(pa.large_string()))
    check_characters(characters + array.nbytes, name)  # a record is larger as Python objects than as bytes
    return pack([None if value is None else _as_text(value) for value in array.to_pylist()])


def _spelled_out(array: Any) -> int:
    """Bytes of a dictionary-encoded column once every row has its own copy: one long text may be said a million times."""
    import pyarrow.compute as pc

    lengths = pc.binary_length(array.dictionary.cast("large_string"))
    return pc.sum(lengths.take(array.indices)).as_py() or 0


def _as_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict, tuple)) else str(value)
