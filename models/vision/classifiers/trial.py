"""Measured on the sample of faces: do five pictures of each person go further with a pretrained network than with bare pixels?"""

from __future__ import annotations

import numpy as np

from core import samples
from core.contracts import Context, Evidence, Message
from core.language import N_
from core.lifecycle import baselines
from core.lifecycle.answers import pair_sets
from core.lifecycle.bootstrap import LEVEL, RESAMPLES

SAMPLE, SHOTS, SEED = "faces_orl", 5, 0


def five_shot(context: Context) -> Evidence:
    """Accuracy of `frozen` less that of logistic regression on pixels, both from the same five pictures of each person.

    The test rows are the sample's own. Of the seven other pictures of each person the first five are learnt from; the last two
    are where the baseline chooses its C. Ours has nothing to choose: C and augmentation are fixed. The interval is a bootstrap
    over test pictures, of both answers together (paired).
    """
    from models.vision.classifiers.frozen import fit
    from models.vision.classifiers.rows import read_rows
    from models.vision.classify import TrainClassifier

    table = samples.load(SAMPLE)
    frame = table.frame
    place = frame[frame["split"] == "train"].groupby("label").cumcount()
    learnt, spare = frame.loc[place.index[place < SHOTS]], frame.loc[place.index[place >= SHOTS]]
    test = frame[frame["split"] == "test"]
    params = TrainClassifier(picture="picture", target="label", augmentation="photo", strength=0.01, seed=SEED)
    parts = [type(table)(part.drop(columns="split").reset_index(drop=True), SAMPLE) for part in (learnt, learnt.iloc[:0], test)]
    rows, none, labelling = read_rows(parts[0], parts[1], params, context)
    model = fit(rows, none, labelling, params, context)
    truth = [(label,) for label in test["label"]]
    ours = pair_sets(model.predict(parts[2], context), truth).right
    values = [baselines.pixel_values(part["picture"].tolist()) for part in (learnt, spare, test)]
    sets = [[(label,) for label in part["label"]] for part in (learnt, spare)]
    pixels = baselines.pixel_regression((values[0], sets[0]), (values[1], sets[1]), (values[2], ()), test["name"].tolist(), False,
                                        refit=False)  # fmt: skip
    theirs = pair_sets(pixels, truth).right
    gain = ours.astype(float) - theirs
    drawn = np.random.default_rng(SEED).integers(0, len(gain), (RESAMPLES, len(gain)))
    low, high = np.quantile(gain[drawn].mean(1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    context.log(f"from {SHOTS} pictures a person: {ours.mean():.4f}; pixels {theirs.mean():.4f}")
    return Evidence(
        metric=N_("accuracy from 5 pictures a person minus that of pixels"), score=float(gain.mean()),
        interval=(float(low), float(high)), data=SAMPLE, rows=len(gain), answered_by=f"frozen, {params.backbone}",
        caveats=(Message(N_("{ours} against {theirs} of logistic regression on pixels."),
                         {"ours": f"{ours.mean():.3f}", "theirs": f"{theirs.mean():.3f}"}),),
    )  # fmt: skip
