"""`python -m benchmarks [PART…]`: the bars and the parts of `SPEEDS`; writes RESULTS.md and results.json here.

A capability's id as a part measures its bars alone; the other rows keep the date on which they were measured.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import (
    encoder,
    finance,
    generate,
    methods,
    pages,
    recommend,
    retrieval,
    sentiment,
    speech,
    speech_enhancement,
    speech_synthesis,
    translation,
    vision,
)
from core import bench, device

HERE = Path(__file__).parent
BARS = "bars"
SPEEDS: dict[str, tuple[str, Callable[[], list[dict[str, Any]]]]] = {
    "pages": ("The home page and the server, beside a bare one-line Streamlit page", pages.measure),
    "encoder": ("The sentence encoder, beside plain transformers in float32", encoder.measure),
    "methods": ("The methods of text.classify, beside scikit-learn's own pipeline", methods.measure),
    "generate": ("A small language model through llama.cpp, beside plain transformers in float32", generate.measure),
    "translation": ("Translation through CTranslate2 in 8 bits, beside float32 and plain transformers", translation.measure),
    "vision": ("Finding and following, beside PyTorch on the same weights", vision.measure),
    "speech": ("Speech to text, beside openai-whisper as it is on the same weights", speech.measure),
    "speech_enhancement": ("Cleaning speech, beside log-MMSE, which has learnt nothing", speech_enhancement.measure),
    "synthesis": ("Reading aloud, beside kokoro-onnx and piper-tts as they are", speech_synthesis.measure),
    "finance": ("Scoring rows, beside XGBoost and scikit-learn at as many trees and leaves", finance.measure),
    "sentiment": ("100,000 comments through text.sentiment", sentiment.measure),
    "recommend": ("Recommending: ALS beside a plain one in NumPy, its growth, and lists for 100,000 users", recommend.measure),
    "retrieval": ("Search in 10,000 and 100,000 passages, beside scoring all of them", retrieval.measure),
}


def main() -> None:
    """Measures the parts named on the command line (all without any); what is not measured now keeps its own date."""
    asked = [name for name in sys.argv[1:] if not name.startswith("-")] or [BARS, *SPEEDS]
    kept = HERE / "results.json"
    results: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    for name in asked:
        rows = _measured(name)
        when = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "machine": _machine()}
        if name in SPEEDS:
            results[name] = {**when, "rows": rows}
        else:
            results[BARS] = {"rows": _with(results.get(BARS, {"rows": []}), [{**row, **when} for row in rows])}
        kept.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
        (HERE / "RESULTS.md").write_text(_page(results))
        for row in rows:
            print(f"{'MISSED ' if row.get('met') is False else ''}{name}: {row.get('what') or row['data']}")


def _measured(name: str) -> list[dict[str, Any]]:
    if name in SPEEDS:
        return SPEEDS[name][1]()
    return bench.bars("" if name == BARS else name, retrain="--retrain" in sys.argv)


def _with(part: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of before, those of the capabilities that were measured now replaced; each with its date."""
    measured = {row["id"] for row in rows}
    kept = [{"date": part.get("date", ""), "machine": part.get("machine", ""), **row} for row in part["rows"]]
    return sorted([*(row for row in kept if row["id"] not in measured), *rows], key=lambda row: str(row["id"]))


def _machine() -> str:
    facts = device.machine()
    python = platform.python_version()
    return f"{facts.processor}, {facts.cores} cores, {facts.memory / 2**30:.0f} GiB, {device.best()}, Python {python}"


def _page(results: dict[str, Any]) -> str:
    lines = ["# Results", "", "Written by `make bench`. A ratio is ours over the peer's in the same run."]
    if BARS in results:
        machines = dict.fromkeys(row["machine"] for row in results[BARS]["rows"])
        lines += ["", "## Bars, on held-out data", "", f"{'; '.join(machines)}.", ""]
        lines += ["| capability | data | metric | score [95 %] | baseline | reference | bar | | answered by | rows | seconds "
                  "| on |",
                  "|---|---|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
        lines += [_bar(row) for row in results[BARS]["rows"]]
    for name, (title, _) in SPEEDS.items():
        if name in results:
            lines += [
                "",
                f"## {title}",
                "",
                _when(results[name]),
                "",
                "| what | ours | peer | ratio | bar | |",
                "|---|---|---|---|---|---|",
            ]
            lines += [_speed(row) for row in results[name]["rows"]]
    return "\n".join(lines) + "\n"


def _when(part: dict[str, Any]) -> str:
    return f"{part['date']}, {part['machine']}."


def _speed(row: dict[str, Any]) -> str:
    ratio = "" if row.get("ratio") is None else f"{row['ratio']:.2f}×"
    cells = (f"{_number(row['value'])} {row['unit']}", _number(row.get("peer")), ratio, _number(row.get("bar")), _verdict(row))
    return f"| {row['what']} | {' | '.join(cells)} |"


def _bar(row: dict[str, Any]) -> str:
    spread = f" [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}]" if row["interval"] else ""
    baseline = "–" if row["baseline"] is None else f"{row['baseline']:.3f} ({row['baseline_name']})"
    published = row["reference"]
    reference = f"{published['value']:.3f} ({published['source']}; {published['protocol']})" if published else "–"
    made = f"; {row['run']}, `{row['command']}`" if "run" in row else ""
    cells = (
        row["id"], row["data"], row["metric"], f"**{row['score']:.3f}**{spread}",
        baseline, reference, f"{row['bar']:.3f}", _verdict(row),
        f"{row['weights']}{made}", str(row["rows"]), f"{row['seconds']:.0f}", row["date"],
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
