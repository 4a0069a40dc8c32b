"""What the bars let be read aloud. Chosen by rule and written down before anything was heard, so that no sentence was picked.

`sayings_en.txt` and `sayings_zh.txt` hold twenty sentences of each handbook as it was on 25 November 2026, evenly over its
length: of 40 to 160 characters in English, 12 to 60 in Chinese, without code, the Chinese ones without Latin letters and digits.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def handbook(language: str) -> list[str]:
    """The sentences of the handbook in that language, "en" or "zh"."""
    return (HERE / f"sayings_{language}.txt").read_text("utf-8").splitlines()


def novel() -> list[str]:
    """The five sentences of the sample `librivox`: there is a person's reading of each to compare with."""
    from core import samples
    from core.samples.kinds import Recordings

    origin = samples.sample("librivox").origin
    assert isinstance(origin, Recordings)
    return [said for _, _, said in origin.files]
