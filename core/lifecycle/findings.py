"""What the leak guard says of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.contracts import Message
from core.language import N_

Severity = Literal["stop", "warn", "note"]
SHOWN = 5  # examples of a finding
EXCERPT = 80  # characters


@dataclass(frozen=True)
class Finding:
    """One fault: `message` says in a sentence what it means and what its `mend` does ("" where only the user can mend it).

    "stop": nothing can be learnt before it is mended; "warn": the score would flatter or mislead; "note": good to know.
    `rows` counts the rows concerned; `examples` are positions of rows with what stands there, shortened.
    """

    kind: str
    severity: Severity
    message: Message
    mend: str = ""
    rows: int = 0
    examples: tuple[tuple[int, str], ...] = ()

    @property
    def mend_title(self) -> Message:
        """What the button that mends it says."""
        name, _, column = self.mend.partition(":")
        return Message(MEND_TITLES[name], {"column": column}) if name else Message("")


def fault(
    kind: str,
    severity: Severity,
    sentence: str,
    rows: Iterable[int] | int,
    texts: Sequence[object] | Mapping[int, object] | np.ndarray = (),
    *,
    mend: str = "",
    **values: object,
) -> Finding:
    """A `Finding` of `sentence` (marked with `N_`), which may name `{rows}`; `texts` stand beside the rows as examples."""
    positions = [] if isinstance(rows, int) else [int(row) for row in rows]
    count = rows if isinstance(rows, int) else len(positions)
    shown = tuple((row, " ".join(str(texts[row]).split())[:EXCERPT]) for row in positions[:SHOWN] if len(texts))
    return Finding(kind, severity, Message(sentence, {"rows": count, **values}), mend, count, shown)


def listed(names: Iterable[object], most: int = 5) -> str:
    """The first names, shortened, and how many more there are."""
    every = [str(name)[:40] for name in names]
    return ", ".join(every[:most]) + (f" … (+{len(every) - most})" if len(every) > most else "")


MEND_TITLES = {
    "drop_missing_target": N_("Leave out rows without a target"),
    "merge_class_spelling": N_("Merge the spellings"),
    "drop_empty_text": N_("Leave out empty texts"),
    "drop_broken_pictures": N_("Leave out pictures that cannot be opened"),
    "drop_broken_sounds": N_("Leave out recordings that cannot be heard"),
    "drop_missing_time": N_("Leave out rows without a time"),
    "drop_contradictions": N_("Leave out contradictions"),
    "drop_exact_duplicates": N_("Keep one of each"),
    "drop_rare_classes": N_("Leave out classes too small"),
    "drop_column": N_("Leave out the column {column}"),
    "group_near_duplicates": N_("Keep look-alikes on one side"),
    "split_by_group": N_("Split by {column}"),
    "split_by_time": N_("Split by time"),
}
