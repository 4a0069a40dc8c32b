"""Writes the table of capabilities in README.md from the registry: `python scripts/readme.py` (a test compares)."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
START, END = "<!-- capabilities: written by scripts/readme.py -->", "<!-- end of capabilities -->"


def table() -> str:
    """One row a capability: what it does, its bars, its samples."""
    sys.path.insert(0, str(ROOT))
    from core import registry, samples

    rows = ["| capability | what it does | held-out bars | samples |", "|---|---|---|---|"]
    for capability in registry.capabilities().values():
        bars = " · ".join(
            f"{samples.called(bar.sample)} {bar.metric} {'≤' if bar.lower_is_better else '≥'} {bar.value:g}"
            f"{f' {bar.unit}' if bar.unit else ''}"
            for bar in capability.bars
        )
        rows.append(f"| `{capability.id}` | {capability.summary} | {bars} | {', '.join(capability.samples)} |")
    return "\n".join(rows)


def updated(readme: str) -> str:
    """`readme` with the table between its two markers replaced."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(updated(path.read_text()))
