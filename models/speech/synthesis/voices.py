"""The voices that can be chosen, and blends of two: Kokoro's voices are vectors, and between two of them lies another voice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.contracts import InputError
from core.language import N_

Language = Literal["en", "zh"]
KOKORO, KOKORO_VOICES, PIPER = "kokoro-82m", "kokoro-voices", "piper-joe"  # in `core/weights.toml`
NONE = "none"

ENGLISH = {
    "af_heart": N_("Heart: woman, American"),
    "af_bella": N_("Bella: woman, American"),
    "af_nicole": N_("Nicole: woman, American, whispering"),
    "am_michael": N_("Michael: man, American"),
    "am_fenrir": N_("Fenrir: man, American"),
    "bf_emma": N_("Emma: woman, British"),
    "bm_george": N_("George: man, British"),
}
CHINESE = {
    "zf_xiaoxiao": N_("Xiaoxiao: woman, Chinese"),
    "zf_xiaobei": N_("Xiaobei: woman, Chinese"),
    "zm_yunxi": N_("Yunxi: man, Chinese"),
    "zm_yunjian": N_("Yunjian: man, Chinese"),
}
FAST = {PIPER: N_("Joe: man, American; the fastest (Piper)")}
SYNTHETIC = N_("A model made this voice. Say so where others hear it, and pretend to be nobody with it.")
RESEARCH = N_("The voice Joe was fine-tuned from one whose recordings are licensed for research only: take another voice for a "
              "commercial use.")  # fmt: skip
ALL = {**ENGLISH, **FAST, **CHINESE}


@dataclass(frozen=True)
class Voice:
    """A voice by name, or two of Kokoro's: `share` of the second."""

    name: str
    second: str = ""
    share: float = 0.0

    @property
    def is_piper(self) -> bool:
        return self.name == PIPER

    @property
    def accent(self) -> str:
        """espeak's name of the English that it speaks."""
        return "en-gb" if self.name.startswith("b") else "en-us"

    @property
    def label(self) -> str:
        """For metadata: `af_heart`, or `af_heart 70 %, bf_emma 30 %`."""
        if not self.second:
            return self.name
        return f"{self.name} {1 - self.share:.0%}, {self.second} {self.share:.0%}"


def caveats(used: Iterable[Voice]) -> tuple[str, ...]:
    """What to know of the voices that were used."""
    return (SYNTHETIC, *((RESEARCH,) if any(voice.is_piper for voice in used) else ()))


def checked(name: str, of: dict[str, str]) -> str:
    """The name, if it is one of those. Raises InputError that lists them."""
    if name not in of:
        raise InputError(N_("There is no voice {name} here. Choose one of: {choices}."), name=name, choices=", ".join(of))
    return name


def voice(name: str, second: str = NONE, share: float = 0.0) -> Voice:
    """The voice, blended with a second one where that is one of Kokoro's and another. Raises InputError for unknown names."""
    checked(name, ALL)
    if second in (NONE, "", name) or share <= 0 or name == PIPER:
        return Voice(name)
    return Voice(name, checked(second, {**ENGLISH, **CHINESE}), share)
