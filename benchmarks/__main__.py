"""`python -m benchmarks`: measures the bars and the speeds in one run and writes RESULTS.md and results.json beside this file."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import encoder, methods, pages, sentiment
from core import bench, device

HERE = Path(__file__).parent
SPEEDS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "The home page and the server, beside a bare one-line Streamlit page": pages.measure,
    "The sentence encoder, beside plain transformers in float32": encoder.measure,
    "The methods of text.classify, beside scikit-learn's own pipeline": methods.measure,
    "100,000 comments through text.sentiment": sentiment.measure,
}


def main() -> None:
    facts = device.machine()
    python = platform.python_version()
    machine = f"{facts.processor}, {facts.cores} cores, {facts.memory / 2**30:.0f} GiB, {device.best()}, Python {python}"
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    bars = bench.bars(retrain="--retrain" in sys.argv)
    speeds = {title: measure() for title, measure in SPEEDS.items()}
    result = {"date": date, "machine": machine, "bars": bars, "speeds": speeds}
    (HERE / "results.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(_page(date, machine, bars, speeds))
    missed = [row for rows in (bars, *speeds.values()) for row in rows if row.get("met") is False]
    print(f"{len(missed)} missed" + "".join(f"\n  {row.get('what') or row['data']}" for row in missed))


def _page(date: str, machine: str, bars: list[dict[str, Any]], speeds: dict[str, list[dict[str, Any]]]) -> str:
    lines = ["# Results", "", f"Written by `make bench` on {date}. Machine: {machine}.", "", "## Bars, on held-out data", ""]
    lines += ["| capability | data | metric | score [95 %] | baseline | reference | bar | | answered by | rows | seconds |",
              "|---|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    lines += [_bar(row) for row in bars]
    for title, rows in speeds.items():
        lines += ["", f"## {title}", "", "| what | ours | peer | ratio | bar | |", "|---|---|---|---|---|---|"]
        for row in rows:
            ratio = "" if row.get("ratio") is None else f"{row['ratio']:.2f}×"
            cells = (
                f"{_number(row['value'])} {row['unit']}",
                _number(row.get("peer")),
                ratio,
                _number(row.get("bar")),
                _verdict(row),
            )
            lines.append(f"| {row['what']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _bar(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    published = row["reference"]
    reference = f"{published['value']:.3f} ({published['source']}; {published['protocol']})" if published else "–"
    made = f"; {row['run']}, `{row['command']}`" if "run" in row else ""
    cells = (
        row["id"], row["data"], row["metric"], f"**{row['score']:.3f}** [{low:.3f}, {high:.3f}]",
        f"{row['baseline']:.3f} ({row['baseline_name']})", reference, f"{row['bar']:.3f}", _verdict(row),
        f"{row['weights']}{made}", str(row["rows"]), f"{row['seconds']:.0f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _verdict(row: dict[str, Any]) -> str:
    return {True: "met", False: "**missed**"}.get(row.get("met"), "")  # type: ignore[arg-type]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
