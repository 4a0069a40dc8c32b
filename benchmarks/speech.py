"""Speech to text, beside openai-whisper as it is on the same weights: `python -m benchmarks speech`.

Both get the same samples, language, beam and number of threads, and take turns in one run. Ours finds the speech, and gives the
times of all words; the peer does neither. Memory is the growth of a process of its own up to its highest point.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from core import device, samples, weights
from core.contracts import Context, Sound
from core.intake.sound import read_sound
from core.intake.sound import samples as decoded
from core.intake.uploads import spool
from core.sound import encode
from models.speech.recognition import engines, reference, scoring
from models.speech.recognition.engines import Asked
from models.speech.recognition.listening import listen

MODEL = "whisper-base"
BEAM = 5
LONG = ("librivox", "inaugural", "cards") * 3  # two and a half minutes of them, for want of a long recording with a known text
LONG_BAR, SHORT_BAR, WER_BAR = 4.0, 1.7, 0.03
TURNS = 3  # for each of the short clips
SESSIONS = 8

_MEMORY = """
{imports}
from core import samples, weights
from core.intake.sound import samples as decoded
sound = samples.sound("inaugural")
heard = decoded(sound)

def peak():  # of this process; what getrusage says may be that of the process which started it
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

before = peak()
{work}
print(peak() - before)
"""
_OURS = """
from core.contracts import Context
listen(sound, engines.library_of("faster", "whisper-base"), engines.Asked(), Context(), language="en")
"""
_OURS_IMPORTS = "from models.speech.recognition import engines\nfrom models.speech.recognition.listening import listen"
_THEIRS = """
reference.load(weights.locate("whisper-base")).transcribe(heard, language="en", beam_size=5, fp16=False)
"""
_THEIRS_IMPORTS = "import torch, whisper\nfrom models.speech.recognition import reference"


def measure() -> list[dict[str, Any]]:
    """Rows of `{"what", "value", "unit", "peer", "ratio", "bar", "met"}`; a ratio above 1 is in our favour."""
    import torch

    torch.set_num_threads(device.cores())
    recogniser = engines.library_of("faster", MODEL)
    peer = reference.load(weights.locate(MODEL))
    _ours(recogniser, samples.sound("inaugural")), _theirs(peer, samples.sound("inaugural"))  # both warm
    return [*_short(recogniser, peer), *_long(recogniser, peer), _memory(), _together(recogniser)]


def _ours(recogniser: Any, sound: Sound) -> tuple[float, str]:
    started = time.perf_counter()
    heard = listen(sound, recogniser, Asked(beam=BEAM), Context(), language="en")
    return time.perf_counter() - started, " ".join(one.text for one in heard.utterances)


def _theirs(peer: Any, sound: Sound) -> tuple[float, str]:
    """openai-whisper with its own defaults; decoding the file counts on both sides."""
    started = time.perf_counter()
    found = peer.transcribe(decoded(sound), language="en", beam_size=BEAM, fp16=False)
    return time.perf_counter() - started, found["text"]


def _short(recogniser: Any, peer: Any) -> list[dict[str, Any]]:
    """The five clips of three to seven seconds, each by itself; the median of the turns of each counts."""
    ours, theirs, ours_said, theirs_said, lengths = 0.0, 0.0, [], [], 0.0
    for clip, said in samples.clips("librivox"):
        turns = [(_ours(recogniser, clip), _theirs(peer, clip)) for _ in range(TURNS)]
        ours += float(np.median([first[0] for first, _ in turns]))
        theirs += float(np.median([second[0] for _, second in turns]))
        ours_said.append((said, turns[0][0][1]))
        theirs_said.append((said, turns[0][1][1]))
        lengths += clip.seconds
    rates = [scoring.score(pairs, "en").rate for pairs in (ours_said, theirs_said)]
    ratio = theirs / ours
    what = f"five clips of 3 to 7 s one by one, beam {BEAM}, int8, {device.cores()} threads"
    return [
        _row(f"{what}: times real time", lengths / ours, "x", lengths / theirs, ratio, SHORT_BAR, ratio >= SHORT_BAR),
        _row("word error rate on them", rates[0], "", rates[1], None, WER_BAR, rates[0] <= WER_BAR),
    ]


def _long(recogniser: Any, peer: Any) -> list[dict[str, Any]]:
    """One recording of two to three minutes, put together from the samples with pauses of half a second."""
    sound = joined(LONG)
    ours, ours_text = _ours(recogniser, sound)
    theirs, theirs_text = _theirs(peer, sound)
    again, _text = _ours(recogniser, sound)
    ours = (ours + again) / 2  # before and after the peer: a machine that grows busy slows both
    rates = [scoring.score([(sound.said, text)], "en").rate for text in (ours_text, theirs_text)]
    ratio = theirs / ours
    what = f"a recording of {sound.seconds:.0f} s, beam {BEAM}, batches of {engines.BATCH}, int8, {device.cores()} threads"
    return [
        _row(f"{what}: times real time", sound.seconds / ours, "x", sound.seconds / theirs, ratio, LONG_BAR, ratio >= LONG_BAR),
        _row("word error rate on it, calls of cards included", rates[0], "", rates[1]),
    ]


def joined(names: tuple[str, ...]) -> Sound:
    """The samples of those names one after the other, as one recording with the text that is said in it."""
    found = [samples.sound(name) for name in names]
    pause = np.zeros(8_000, np.float32)
    whole = np.concatenate([part for sound in found for part in (decoded(sound), pause)])
    sound = read_sound(spool(encode.encode(whole, 16_000, kind="wav"), "long.wav"))
    return Sound(sound.name, sound.path, sound.rate, sound.channels, sound.seconds, sound.digest,
                 said=" ".join(one.said for one in found))  # fmt: skip


def _memory() -> dict[str, Any]:
    grown = []
    for work, imports in ((_OURS, _OURS_IMPORTS), (_THEIRS, _THEIRS_IMPORTS)):
        code = _MEMORY.format(imports=imports, work=work)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
        )
        grown.append(float(done.stdout.split()[-1]))
    return _row("memory while a clip of 11 s is transcribed", grown[0], "MB", grown[1], grown[1] / grown[0])


def _together(recogniser: Any) -> dict[str, Any]:
    """Eight sessions at once, each with a clip: as many texts as differ from those one after another."""
    clips = [clip for name in ("librivox", "cards") for clip, _ in samples.clips(name)][:SESSIONS]
    alone = [_ours(recogniser, clip)[1] for clip in clips]
    found: dict[int, str] = {}
    threads = [threading.Thread(target=lambda k=k: found.update({k: _ours(recogniser, clips[k])[1]})) for k in range(len(clips))]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    different = sum(found.get(k) != text for k, text in enumerate(alone))
    return _row(f"texts of {len(clips)} sessions at once that differ", different, "texts", None, None, 0, different == 0)


def _row(
    what: str, value: float, unit: str, peer: float | None = None, ratio: float | None = None, bar: float | None = None,
    met: bool | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"what": what, "value": value, "unit": unit, "peer": peer, "ratio": ratio, "bar": bar, "met": met}
