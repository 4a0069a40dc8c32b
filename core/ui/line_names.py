"""Names of learning curves, written out: `validation_accuracy` reads "accuracy, validation rows", in either language."""

from __future__ import annotations

from core.language import N_, translate

_ROWS = {"train": N_("{name}, training rows"), "validation": N_("{name}, validation rows")}
_MEASURES = {
    "loss": N_("loss"),
    "accuracy": N_("accuracy"),
    "ndcg": "NDCG@10",
    "ap50": "AP50",
    "chrf": "chrF",
    "miou": N_("mean intersection over union"),
    "average_precision": N_("average precision"),
    "auc": "AUC",
    "gain": N_("SI-SDR gain, dB"),
    "generator_loss": N_("loss of the generator"),
    "discriminator_loss": N_("loss of the judge"),
    "frechet_distance": N_("Fréchet distance"),
}


def line_name(name: str, language: str) -> str:
    """The name of a line for its reader; what is no name of a curve of learning is translated where it is a sentence of ours."""
    if name in _MEASURES:
        return translate(_MEASURES[name], language)
    rows, _, measure = name.partition("_")
    if rows not in _ROWS or not measure:
        return translate(name, language)
    return translate(_ROWS[rows], language, name=translate(_MEASURES.get(measure, measure.replace("_", " ")), language))
