"""What each action of `vision.faces` answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core import people, weights
from core.contracts import (
    Boxes,
    Context,
    Curves,
    Gallery,
    Image,
    InputError,
    Matrix,
    Message,
    Metric,
    Metrics,
    Pictures,
    Records,
    Section,
)
from core.language import N_
from core.lifecycle.verification import Calibration
from models.vision.recognition import blazeface, embedders, hiding
from models.vision.recognition.verification import calibration

if TYPE_CHECKING:
    from models.vision.faces import FacesParams

SHOWN = 12  # pictures of a batch
SMALL_PIXELS, FACE_PIXELS = 640, 160
HIDDEN_PIXELS = 2_400  # of the longer side of a picture with hidden faces
MOST_HIDDEN = 1_000  # pictures whose faces are hidden at once: half a gigabyte
MOST_COMPARED = 30  # faces in a table of all with all
FOLDER = "faces"  # of the people who are known
FACE = N_("face")
UNKNOWN = N_("unknown")

Answer = tuple[Message, list[Section]]


@dataclass(frozen=True, eq=False)
class Looked:
    """A picture with its faces; `cut` are the aligned faces, where they are asked for."""

    name: str
    digest: str
    faces: blazeface.Faces
    cut: list[np.ndarray]
    image: Image | None
    pixels: np.ndarray | None = None


def look(given: Pictures, params: FacesParams, context: Context, left_out: list[Message], *, cut: bool = False) -> list[Looked]:
    """All pictures with their faces. Raises InputError where none of them can be opened."""
    from core.intake.pictures import decoded
    from core.visual import draw, encode

    found = []
    many = len(given) > 1
    for place, (picture, pixels) in enumerate(decoded(given, context, left_out)):
        faces = blazeface.find(pixels, params.least, fine=params.detail == "fine")
        image = None
        if not many:
            image = encode.image("", pixels)
        elif place < SHOWN:
            caption = Message(N_("Faces: {count}"), {"count": len(faces.boxes)})
            image = encode.image(picture.name, draw.boxes(pixels, faces.boxes), caption=caption, most=SMALL_PIXELS)
        aligned = [embedders.aligned(pixels, points) for points in faces.points] if cut else []
        found.append(Looked(picture.name, picture.digest, faces, aligned, image))
    if not found:
        raise InputError(N_("None of the pictures can be opened. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    return found


def find(looked: list[Looked], labels: list[list[str]] | None = None, title: str = N_("Faces")) -> list[Section]:
    """The picture with its faces, or a gallery, and a table of all faces; `labels` names them."""
    import pandas as pd

    names = labels or [[FACE] * len(one.faces.boxes) for one in looked]
    if len(looked) == 1:
        (one,) = looked
        assert one.image is not None
        scores = tuple(float(score) for score in one.faces.scores)
        shown: Any = Boxes(title, one.image, one.faces.boxes, tuple(names[0]), scores if labels is None else ())
    else:
        caption = Message(N_("The first {count} pictures."), {"count": SHOWN}) if len(looked) > SHOWN else ""
        shown = Gallery(title, tuple(one.image for one in looked if one.image), caption)
    rows: list[dict[str, Any]] = []
    for one in looked if labels is None else ():
        for number, (box, score) in enumerate(zip(one.faces.boxes.tolist(), one.faces.scores.tolist()), 1):
            row: dict[str, Any] = {N_("Picture"): one.name} if len(looked) > 1 else {}
            row |= {N_("Number"): number, N_("Confidence"): round(100 * score, 1)}
            rows.append(row | {key: round(value, 1) for key, value in zip(("x0", "y0", "x1", "y1"), box)})
    sections = [Section(title, shown)]
    if rows:
        sections.append(Section(N_("Every face"), Records(N_("Every face"), pd.DataFrame(rows), N_("Corners in pixels."))))
    return sections


def found(looked: list[Looked]) -> Message:
    count = sum(len(one.faces.boxes) for one in looked)
    if not count:
        return Message(N_("No face was found. For small faces choose the finer detail."))
    if len(looked) == 1:
        return Message(N_("Faces found: {count}."), {"count": count})
    return Message(N_("Faces found: {count}; pictures: {pictures}."), {"count": count, "pictures": len(looked)})


def compare(looked: list[Looked], params: FacesParams) -> Answer:
    """The largest face of each picture, or all faces of the only one, each with each."""
    if len(looked) == 1:
        (one,) = looked
        cut = one.cut[:MOST_COMPARED]
        names = [f"{FACE} {number}" for number in range(1, len(cut) + 1)]
    else:
        seen = [one for one in looked if one.cut][:MOST_COMPARED]
        cut, names = [one.cut[one.faces.largest()] for one in seen], [one.name for one in seen]
    if len(cut) < 2:
        raise InputError(
            N_("Two faces are needed to compare: give two pictures with a face in each. Found: {count}."), count=len(cut)
        )
    vectors = embedders.embed(cut, params.embedder)
    likeness, known = vectors @ vectors.T, calibration(params.embedder)
    threshold, _is_measured = known.threshold(float(params.false_accepts))
    sections = [Section(N_("The faces, aligned"), _faces(cut, names))]
    if len(cut) == 2:
        message, metrics = _verdict(float(likeness[0, 1]), threshold, known)
        return message, [*sections, Section(N_("How alike"), metrics), Section(N_("Error rates"), _roc(known, params))]
    same = int((np.triu(likeness, 1) >= threshold).sum())
    title = N_("How alike each is to each")
    caption = Message(
        N_("Cosine of the vectors; from {threshold} on they count as one person."), {"threshold": f"{threshold:.2f}"}
    )
    sections.append(Section(title, Matrix(title, tuple(names), tuple(names), likeness.round(2), N_("Face"), N_("Face"), caption)))
    sections.append(Section(N_("Every pair"), _pairs(likeness, names, threshold, known)))
    sections.append(Section(N_("Error rates"), _roc(known, params)))
    values: dict[str, object] = {"same": same, "pairs": len(cut) * (len(cut) - 1) // 2}
    return Message(N_("{same} of {pairs} pairs look like one person."), values), sections


def _faces(cut: list[np.ndarray], names: list[str]) -> Gallery:
    from core.visual import encode

    images = tuple(encode.image(name, face, most=FACE_PIXELS) for name, face in zip(names, cut))
    return Gallery(
        N_("The faces, aligned"), images, N_("Turned and scaled so that the eyes are level: this is what is compared.")
    )


def _verdict(likeness: float, threshold: float, known: Calibration) -> tuple[Message, Metrics]:
    chance = known.probability(likeness)
    metrics = Metrics((
        Metric(N_("Similarity"), round(likeness, 3), N_("cosine"),
               help=N_("1 is the same picture; strangers are mostly below 0.5.")),
        Metric(N_("Probability of one person"), chance,
               help=N_("If one person and two were equally likely before. Calibrated on 20 people of the ORL faces.")),
        Metric(N_("Threshold"), round(threshold, 3), N_("cosine"), help=N_("From the rate of false accepts that was asked for.")),
    ))  # fmt: skip
    values: dict[str, object] = {"likeness": f"{likeness:.2f}", "threshold": f"{threshold:.2f}"}
    if likeness >= threshold:
        return Message(N_("Probably the same person: similarity {likeness}, at least {threshold} is needed."), values), metrics
    return Message(N_("Probably two people: similarity {likeness}, at least {threshold} would be needed."), values), metrics


def _pairs(likeness: np.ndarray, names: list[str], threshold: float, known: Calibration) -> Records:
    import pandas as pd

    one, two = np.triu_indices(len(names), 1)
    values = likeness[one, two]
    order = np.argsort(-values, kind="stable")
    frame = pd.DataFrame({
        N_("First"): [names[one[k]] for k in order], N_("Second"): [names[two[k]] for k in order],
        N_("Similarity"): values[order].round(3).astype(float),
        N_("Probability of one person"): [round(known.probability(float(values[k])), 4) for k in order],
        N_("Over the threshold"): (values[order] >= threshold).tolist(),
    })  # fmt: skip
    return Records(N_("Every pair"), frame, N_("The most alike first. Probabilities are for pairs as likely the same as not."))


def _roc(known: Calibration, params: FacesParams) -> Curves:
    curve = tuple(zip(*known.facts["roc"]))
    at = next(row for row in known.facts["at"] if row["wanted"] == float(params.false_accepts))
    values: dict[str, object] = {
        "wanted": f"{100 * at['wanted']:g}", "accepted": f"{100 * at['accepted_wrongly']:.2g}",
        "refused": f"{100 * at['refused_wrongly']:.2g}",
    }  # fmt: skip
    caption = N_("Of ORL's persons 21 to 40. The threshold for {wanted} % false accepts, chosen on persons 1 to 20, accepted "
                 "{accepted} % of the pairs of two people and refused {refused} % of those of one.")  # fmt: skip
    name = weights.entry(params.embedder).title
    return Curves(N_("Error rates"), {name: (tuple(curve[0]), tuple(curve[1]))}, N_("false accepts"), N_("right accepts"),
                  Message(caption, values), diagonal=True)  # fmt: skip


def enrol(looked: list[Looked], params: FacesParams, left_out: list[Message]) -> Answer:
    """Keeps the face of each picture under the name, where there is exactly one."""
    name = people.clean(params.name)
    if not params.consent:
        raise InputError(N_("Only with consent: confirm that the person has agreed that the face is kept here."))
    good = [one for one in looked if len(one.cut) == 1]
    for one in looked:
        if len(one.cut) != 1:
            sentence = N_("{name} shows {count} faces and was left out: a picture must show the person alone.")
            left_out.append(Message(sentence, {"name": one.name, "count": len(one.cut)}))
    if not good:
        raise InputError(N_("Give pictures that show exactly one face: the one to be kept."))
    vectors = embedders.embed([one.cut[0] for one in good], params.embedder)
    person, fresh = people.remember(FOLDER, name, params.embedder, [(one.digest, vector) for one, vector in zip(good, vectors)])
    values: dict[str, object] = {"name": person.name, "fresh": fresh, "count": len(person.vectors)}
    shown = Section(N_("The faces, aligned"), _faces([one.cut[0] for one in good][:SHOWN], [one.name for one in good][:SHOWN]))
    return Message(N_("{name}: {fresh} new faces kept, {count} in all."), values), [shown, *_known()]


def identify(looked: list[Looked], params: FacesParams) -> Answer:
    """Names the faces of people who are known."""
    import pandas as pd

    known = people.everybody(FOLDER, params.embedder)
    if not known:
        raise InputError(N_("Nobody is known yet. Choose the action that keeps a face, with the person's consent."))
    faces = [face for one in looked for face in one.cut]
    vectors = embedders.embed(faces, params.embedder)
    comparisons = sum(len(person.vectors) for person in known)
    calibrated = calibration(params.embedder)
    threshold, is_measured = calibrated.threshold(float(params.false_accepts), comparisons)
    rows: list[dict[str, Any]] = []
    labels: list[list[str]] = []
    place = 0
    for one in looked:
        labels.append([])
        for number in range(1, len(one.cut) + 1):
            match = people.nearest(vectors[place], known)
            assert match is not None
            person, score = match
            is_known = score >= threshold
            labels[-1].append(person.name if is_known else UNKNOWN)
            row: dict[str, Any] = {N_("Picture"): one.name} if len(looked) > 1 else {}
            rows.append(row | {N_("Number"): number, N_("Name"): person.name if is_known else "",
                               N_("Similarity"): round(score, 3), N_("Nearest"): person.name})  # fmt: skip
            place += 1
    sections = find(looked, labels, N_("Who it may be"))
    if rows:
        values: dict[str, object] = {
            "threshold": f"{threshold:.3f}",
            "count": comparisons,
            "rate": f"{100 * float(params.false_accepts):g}",
        }
        caption = N_(
            "From a similarity of {threshold} on: with {count} kept faces, at most about {rate} % of strangers get a name."
        )
        if not is_measured:
            caption = N_("From a similarity of {threshold} on, the highest seen between two people: so low a rate with {count} "
                         "kept faces could not be measured.")  # fmt: skip
        sections.append(Section(N_("Every face"), Records(N_("Every face"), pd.DataFrame(rows), Message(caption, values))))
    named = sum(label != UNKNOWN for one in labels for label in one)
    return Message(
        N_("{named} of {count} faces look like somebody who is known."), {"named": named, "count": len(faces)}
    ), sections


def forget(params: FacesParams) -> Answer:
    """Deletes a person, and lists who is known still."""
    name = people.clean(params.name)
    people.forget(FOLDER, name)
    return Message(N_("All that was kept of {name} is deleted."), {"name": name}), _known()


def _known() -> list[Section]:
    """Everybody who is kept."""
    import pandas as pd

    kept = people.everybody(FOLDER)
    if not kept:
        return []
    frame = pd.DataFrame({
        N_("Name"): [person.name for person in kept], N_("Faces kept"): [len(person.vectors) for person in kept],
        N_("Agreed on"): [person.agreed[:10] for person in kept], N_("Embedder"): [person.embedder for person in kept],
    })  # fmt: skip
    caption = N_("Kept on this machine as numbers, without pictures, until they are forgotten.")
    return [Section(N_("Who is known here"), Records(N_("Who is known here"), frame, caption))]


def hide(given: Pictures, params: FacesParams, context: Context, left_out: list[Message]) -> Answer:
    """The pictures with their faces hidden; of more than a dozen, the first ones, and all of them as a ZIP."""
    from contextlib import nullcontext

    from core.intake.pictures import decoded
    from core.visual import encode
    from core.visual.pack import PackWriter
    from models.vision.segmentation.matte import shrunk

    images: list[Image] = []
    count = pictures = 0
    many, is_packed = len(given) > 1, len(given) > SHOWN
    first = Pictures(given.items[:MOST_HIDDEN], given.name)
    with PackWriter() if is_packed else nullcontext() as pack:
        for picture, pixels in decoded(first, context, left_out):
            boxes = blazeface.find(pixels, min(params.least, hiding.HINT), fine=params.detail == "fine").boxes
            count, pictures = count + len(boxes), pictures + 1
            hidden = shrunk(hiding.hide(pixels, boxes, params.way), HIDDEN_PIXELS)
            if pack is not None:
                pack.add(picture.name, encode.encode(hidden, kind="jpeg"))
            if len(images) < SHOWN:
                most = SMALL_PIXELS if is_packed else HIDDEN_PIXELS
                images.append(encode.image(picture.name if many else N_("Faces hidden"), hidden, most=most))
    if not images:
        raise InputError(N_("None of the pictures can be opened. Give PNG, JPEG, WebP, BMP, TIFF or GIF files."))
    if len(given) > MOST_HIDDEN:
        sentence = N_("Faces were hidden in the first {shown} pictures; give the others in parts.")
        left_out.append(Message(sentence, {"shown": MOST_HIDDEN}))
    values: dict[str, object] = {"count": count, "pictures": pictures, "shown": len(images)}
    caption = Message(N_("The first {shown} of {pictures} pictures; the download has all."), values) if is_packed else ""
    shown: Any = Gallery(N_("Faces hidden"), tuple(images), caption, pack.file if pack else "") if many else images[0]
    return Message(N_("Faces hidden: {count}; pictures: {pictures}."), values), [Section(N_("Faces hidden"), shown)]
